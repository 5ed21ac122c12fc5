"""Serve the methods of an API over gRPC."""

import inspect
from typing import Any

import grpc

from gaelocal.google_api.errors import ApiError
from gaelocal.google_api.methods import Method, Service
from gaelocal.sqlite_files import OUTAGE


def grpc_handlers(service: Service) -> grpc.GenericRpcHandler:
    """Return the handlers of a service; gRPC itself answers UNIMPLEMENTED to every other method."""
    handlers = {method.name: _handler(service, method) for method in service.methods}
    return grpc.method_handlers_generic_handler(service.name, handlers)


async def call(service: Service, method: Method, request: Any) -> Any:
    """Call a method.

    Raises:
        ApiError: it refuses the request, or its database cannot be written now.
    """
    try:
        if method.is_writing and service.until_writable:
            await service.until_writable()
        result = method.handler(request)
        return await result if inspect.isawaitable(result) else result
    except OUTAGE as error:
        raise ApiError(grpc.StatusCode.UNAVAILABLE, f"The data cannot be written: {error}.") from error


def _handler(service: Service, method: Method) -> grpc.RpcMethodHandler:
    async def answer(request: Any, context: Any) -> Any:
        try:
            return await call(service, method, request)
        except ApiError as error:
            return await context.abort(error.code, error.message)

    return grpc.unary_unary_rpc_method_handler(
        answer, request_deserializer=method.request.FromString, response_serializer=_serialize
    )


def _serialize(message: Any) -> bytes:
    return bytes(message.SerializeToString())
