"""Refuse the gRPC methods of APIs that are not emulated, with a sentence and without a retry."""

from collections.abc import Collection
from typing import Any

import grpc

from gaelocal.unsupported_apis import refusal_of_method


class UnsupportedApis(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Answers for every service that is not among `known`; register it last.

    The code is FAILED_PRECONDITION, because clients retry UNAVAILABLE for minutes.
    """

    def __init__(self, known: Collection[str]) -> None:
        self._known = known

    def service(self, handler_call_details: Any) -> grpc.RpcMethodHandler | None:
        method = str(handler_call_details.method)
        if method.strip("/").partition("/")[0] in self._known:
            return None

        async def refuse(_requests: Any, context: Any) -> None:
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, refusal_of_method(method))

        return grpc.stream_stream_rpc_method_handler(refuse)
