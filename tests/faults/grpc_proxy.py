"""A gRPC proxy in front of Datastore or Cloud Tasks that injects faults into unary calls."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

import grpc

from tests.faults.faults import Fault, Kind, Plan, no_faults

THREADS = 64
CALL_SECONDS = 60.0
GARBAGE_BYTES = 40
HOP_HEADERS = ("grpc-", "user-agent", ":")


class GrpcProxy:
    """Forwards to `upstream` (host:port). `plan` may be replaced while it runs; calls are named `Commit`."""

    def __init__(self, upstream: str, plan: Plan = no_faults) -> None:
        self.plan = plan
        self._channel = grpc.insecure_channel(upstream)
        self._stopping = threading.Event()
        self._server = grpc.server(ThreadPoolExecutor(THREADS))
        self._server.add_generic_rpc_handlers((_Forwarder(self),))
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.stop(0.5).wait()
        self._channel.close()

    def call(self, method: str, message: bytes, context: grpc.ServicerContext) -> bytes:
        fault = self.plan(method.rpartition("/")[2])
        if fault is None:
            return self._forward(method, message, context)
        if fault.kind in (Kind.ERROR, Kind.DROP):
            _abort(context, fault)
        if fault.kind is Kind.HANG:
            self._stopping.wait(context.time_remaining() or CALL_SECONDS)
            _abort(context, fault)
        if fault.kind is Kind.DELAY:
            self._stopping.wait(fault.seconds)
        reply = self._forward(method, message, context)
        if fault.kind is Kind.LOST:
            _abort(context, fault)
        return os.urandom(GARBAGE_BYTES) if fault.kind is Kind.GARBAGE else reply

    def _forward(self, method: str, message: bytes, context: grpc.ServicerContext) -> bytes:
        sent = [(name, value) for name, value in context.invocation_metadata() if not _is_hop(name)]
        timeout = min(context.time_remaining() or CALL_SECONDS, CALL_SECONDS)
        call = self._channel.unary_unary(method, _same, _same)
        try:
            return bytes(call(message, timeout=timeout, metadata=sent))
        except grpc.RpcError as error:
            failed: Any = error
            context.abort(failed.code(), failed.details())
            raise  # abort has raised already


class _Forwarder(grpc.GenericRpcHandler):  # type: ignore[misc]
    def __init__(self, proxy: GrpcProxy) -> None:
        self._proxy = proxy

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        method = handler_call_details.method
        return grpc.unary_unary_rpc_method_handler(
            lambda message, context: self._proxy.call(method, message, context), _same, _same
        )


def _abort(context: grpc.ServicerContext, fault: Fault) -> None:
    context.abort(grpc.StatusCode[fault.grpc_status], f"injected: {fault.kind}")


def _is_hop(name: str) -> bool:
    return name.startswith(HOP_HEADERS)


def _same(message: bytes) -> bytes:
    return message
