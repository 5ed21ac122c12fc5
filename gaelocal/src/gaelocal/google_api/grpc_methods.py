"""Serve the methods of an API over gRPC."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from google.protobuf.message import DecodeError

from gaelocal.google_api.errors import ApiError
from gaelocal.google_api.methods import Method, Service
from gaelocal.http2 import GrpcError, Status
from gaelocal.sqlite_files import OUTAGE, is_outage, outage_message

GrpcMethod = Callable[[bytes], Awaitable[bytes]]


def grpc_methods(service: Service) -> Mapping[str, GrpcMethod]:
    """Return the methods of a service by their paths, as GrpcServer takes them."""
    return {f"/{service.name}/{method.name}": _serialized(service, method) for method in service.methods}


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
    except (OUTAGE, OSError) as error:
        if not is_outage(error):
            raise
        raise ApiError(Status.UNAVAILABLE, outage_message(error)) from error


def _serialized(service: Service, method: Method) -> GrpcMethod:
    async def answer(data: bytes) -> bytes:
        try:
            response = await call(service, method, method.request.FromString(data))
        except ApiError as error:
            raise GrpcError(error.code, error.message) from error
        except DecodeError as error:
            raise GrpcError(Status.INTERNAL, "The request cannot be decoded.") from error
        return bytes(response.SerializeToString())

    return answer
