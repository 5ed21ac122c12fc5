"""The Datastore as a gRPC server on the loop of its caller."""

from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
import grpc.aio

from gaelocal.datastore.errors import DatastoreError
from gaelocal.datastore.protocol.calls import Calls
from gaelocal.datastore.state.plans import SMALL
from gaelocal.datastore.state.store import Store
from gaelocal.ports import HOST, free_port
from gaelocal.protobuf import datastore_pb2
from gaelocal.sqlite_files import OUTAGE, until_writable
from gaelocal.yaml_files import ConfigError

_SERVICE = "google.datastore.v1.Datastore"
_OPTIONS = (
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
)
_STOP_SECONDS = 1.0
_WRITING = frozenset({"Commit", "AllocateIds", "ReserveIds"})


class DatastoreServer:
    """`counts` tells how often each call was made, by its name (`Lookup`, `RunQuery`, …).

    `small`: how many entities a query rather fetches and sorts than read another index in order.
    """

    def __init__(
        self, data: Path, port: int, consistency: float = 1.0, small: int = SMALL, *, host: str = HOST
    ) -> None:
        self._folder = data
        self._host = host
        self._port = port
        self._consistency = consistency
        self._small = small
        self._server: grpc.aio.Server | None = None
        self._store: Store | None = None
        self.counts: Counter[str] = Counter()

    @property
    def address(self) -> str:
        return f"{self._host}:{self._port}"

    async def start(self) -> None:
        """Open the file and listen.

        Raises:
            ConfigError: the port is taken.
        """
        self._port = free_port(self._port, "--port", self._host)
        self._store = Store(self._folder, self._consistency, self._small)
        self._server = grpc.aio.server(options=_OPTIONS)
        self._server.add_generic_rpc_handlers((self._handlers(Calls(self._store)),))
        try:
            self._server.add_insecure_port(self.address)
        except RuntimeError as error:
            raise ConfigError(
                f"port {self._port} is already in use; choose another one with --port"
            ) from error
        await self._server.start()

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.stop(_STOP_SECONDS)
        if self._store is not None:
            self._store.close()

    def _handlers(self, calls: Calls) -> grpc.GenericRpcHandler:
        methods = {
            "Lookup": calls.lookup,
            "RunQuery": calls.run_query,
            "RunAggregationQuery": calls.run_aggregation_query,
            "BeginTransaction": calls.begin_transaction,
            "Commit": calls.commit,
            "Rollback": calls.rollback,
            "AllocateIds": calls.allocate_ids,
            "ReserveIds": calls.reserve_ids,
        }
        handlers = {name: self._handler(name, method) for name, method in methods.items()}
        return grpc.method_handlers_generic_handler(_SERVICE, handlers)

    def _handler(self, name: str, method: Callable[[Any], Any]) -> grpc.RpcMethodHandler:
        return grpc.unary_unary_rpc_method_handler(
            self._answering(name, method),
            request_deserializer=getattr(datastore_pb2, f"{name}Request").FromString,
            response_serializer=getattr(datastore_pb2, f"{name}Response").SerializeToString,
        )

    def _answering(self, name: str, method: Callable[[Any], Any]) -> Callable[[Any, Any], Awaitable[Any]]:
        async def answer(request: Any, context: Any) -> Any:
            self.counts[name] += 1
            try:
                if name in _WRITING and self._store:
                    await until_writable(self._store.tables.connection)
                return method(request)
            except DatastoreError as error:
                return await context.abort(grpc.StatusCode[error.code.name], error.message)
            except OUTAGE as error:
                return await context.abort(
                    grpc.StatusCode.UNAVAILABLE, f"The Datastore cannot be written: {error}."
                )

        return answer
