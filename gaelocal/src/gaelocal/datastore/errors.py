"""What the Datastore answers instead of a result: one of Google's status codes and a sentence."""

from enum import Enum


class Code(Enum):
    """The names are those of gRPC."""

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
