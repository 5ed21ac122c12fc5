"""The ways in which a call of a bundled service fails."""

from enum import IntEnum


class RpcCode(IntEnum):
    """The error codes of remote_api that are used here."""

    UNKNOWN = 0
    CALL_NOT_FOUND = 1
    PARSE_ERROR = 2
    SECURITY_VIOLATION = 3
    REQUEST_TOO_LARGE = 5


class RpcError(Exception):
    """The call does not reach a service."""

    def __init__(self, code: RpcCode, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class ApplicationError(Exception):
    """The service refuses the call; `code` is one of the service's own numbers."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
