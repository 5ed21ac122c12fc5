"""The error of an API call: a canonical code and a sentence."""

from http import HTTPStatus

from gaelocal.http2 import Status

HTTP_STATUSES: dict[Status, int] = {
    Status.INVALID_ARGUMENT: HTTPStatus.BAD_REQUEST,
    Status.FAILED_PRECONDITION: HTTPStatus.BAD_REQUEST,
    Status.OUT_OF_RANGE: HTTPStatus.BAD_REQUEST,
    Status.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    Status.PERMISSION_DENIED: HTTPStatus.FORBIDDEN,
    Status.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Status.ALREADY_EXISTS: HTTPStatus.CONFLICT,
    Status.ABORTED: HTTPStatus.CONFLICT,
    Status.RESOURCE_EXHAUSTED: HTTPStatus.TOO_MANY_REQUESTS,
    Status.UNIMPLEMENTED: HTTPStatus.NOT_IMPLEMENTED,
    Status.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Status.DEADLINE_EXCEEDED: HTTPStatus.GATEWAY_TIMEOUT,
}


class ApiError(Exception):
    """A refused call. The message is safe to show."""

    def __init__(self, code: Status, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def http_status(self) -> int:
        return HTTP_STATUSES.get(self.code, HTTPStatus.INTERNAL_SERVER_ERROR)


def invalid(message: str) -> ApiError:
    return ApiError(Status.INVALID_ARGUMENT, message)


def failed_precondition(message: str) -> ApiError:
    return ApiError(Status.FAILED_PRECONDITION, message)


def not_found(message: str) -> ApiError:
    return ApiError(Status.NOT_FOUND, message)


def already_exists(message: str) -> ApiError:
    return ApiError(Status.ALREADY_EXISTS, message)


def permission_denied(message: str) -> ApiError:
    return ApiError(Status.PERMISSION_DENIED, message)


def unimplemented(message: str) -> ApiError:
    return ApiError(Status.UNIMPLEMENTED, message)
