"""The gRPC status that stands for an HTTP response in the last attempt of a task or job."""

from typing import Any

from gaelocal.http2 import Status
from gaelocal.protobuf import rpc_pb2

NO_ANSWER = 0
"""The status of an attempt without a response."""

OF_HTTP: dict[int, Status] = {
    400: Status.INVALID_ARGUMENT,
    401: Status.UNAUTHENTICATED,
    403: Status.PERMISSION_DENIED,
    404: Status.NOT_FOUND,
    409: Status.ABORTED,
    429: Status.RESOURCE_EXHAUSTED,
    500: Status.INTERNAL,
    501: Status.UNIMPLEMENTED,
    503: Status.UNAVAILABLE,
    504: Status.DEADLINE_EXCEEDED,
}


def status_message(http_status: int) -> Any:
    if http_status == NO_ANSWER:
        return _status(Status.DEADLINE_EXCEEDED, "no response")
    code = OF_HTTP.get(http_status, Status.UNKNOWN)
    return _status(code, f"HTTP status code {http_status}")


def _status(code: Status, text: str) -> Any:
    return rpc_pb2.Status(code=code, message=f"{code.name}({int(code)}): {text}")
