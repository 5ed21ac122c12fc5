"""The gRPC status that stands for an HTTP response in the last attempt of a task or job."""

from typing import Any

import grpc

from gaelocal.protobuf import rpc_pb2

NO_ANSWER = 0
"""The status of an attempt without a response."""

OF_HTTP: dict[int, Any] = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    409: grpc.StatusCode.ABORTED,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    500: grpc.StatusCode.INTERNAL,
    501: grpc.StatusCode.UNIMPLEMENTED,
    503: grpc.StatusCode.UNAVAILABLE,
    504: grpc.StatusCode.DEADLINE_EXCEEDED,
}


def status_message(http_status: int) -> Any:
    if http_status == NO_ANSWER:
        return _status(grpc.StatusCode.DEADLINE_EXCEEDED, "no response")
    code = OF_HTTP.get(http_status, grpc.StatusCode.UNKNOWN)
    return _status(code, f"HTTP status code {http_status}")


def _status(code: Any, text: str) -> Any:
    number = code.value[0]
    return rpc_pb2.Status(code=number, message=f"{code.name}({number}): {text}")
