"""The error that ends a call: one of Google's status codes and a message."""

from enum import Enum


class Code(Enum):
    """Status codes, named as in gRPC."""

    INVALID_ARGUMENT = "invalid argument"
    NOT_FOUND = "not found"
    ALREADY_EXISTS = "already exists"
    ABORTED = "aborted"
    FAILED_PRECONDITION = "failed precondition"
    UNIMPLEMENTED = "unimplemented"
    UNAVAILABLE = "unavailable"


class DatastoreError(Exception):
    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid_argument(message: str) -> DatastoreError:
    return DatastoreError(Code.INVALID_ARGUMENT, message)
