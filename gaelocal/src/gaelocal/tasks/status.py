"""How an HTTP answer is told as a gRPC status in a task's last attempt."""

from http import HTTPStatus
from typing import Any

import grpc

from gaelocal.tasks import wire
from gaelocal.tasks.stored_task import NO_ANSWER

OF_HTTP: dict[int, Any] = {
    HTTPStatus.BAD_REQUEST: grpc.StatusCode.INVALID_ARGUMENT,
    HTTPStatus.UNAUTHORIZED: grpc.StatusCode.UNAUTHENTICATED,
    HTTPStatus.FORBIDDEN: grpc.StatusCode.PERMISSION_DENIED,
    HTTPStatus.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    HTTPStatus.CONFLICT: grpc.StatusCode.ABORTED,
    HTTPStatus.TOO_MANY_REQUESTS: grpc.StatusCode.RESOURCE_EXHAUSTED,
    HTTPStatus.INTERNAL_SERVER_ERROR: grpc.StatusCode.INTERNAL,
    HTTPStatus.NOT_IMPLEMENTED: grpc.StatusCode.UNIMPLEMENTED,
    HTTPStatus.SERVICE_UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT: grpc.StatusCode.DEADLINE_EXCEEDED,
}


def status_message(http_status: int) -> Any:
    """Give the Status of an answer, or of none."""
    if http_status == NO_ANSWER:
        return _status(grpc.StatusCode.DEADLINE_EXCEEDED, "no response")
    code = OF_HTTP.get(http_status, grpc.StatusCode.UNKNOWN)
    return _status(code, f"HTTP status code {http_status}")


def _status(code: Any, what: str) -> Any:
    number = code.value[0]
    return wire.message_type("Status")(code=number, message=f"{code.name}({number}): {what}")
