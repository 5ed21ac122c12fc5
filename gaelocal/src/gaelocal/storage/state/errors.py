"""The errors of the Cloud Storage emulator, with the status and reason that Cloud Storage has for each."""


class StorageError(Exception):
    """A request that is refused; `reason` is the word of the JSON API, `code` that of the XML API.

    `location` is the parameter of the query that is wrong, if the answer names it.
    """

    status = 400
    reason = "invalid"
    code = "InvalidArgument"

    def __init__(self, message: str, *, reason: str = "", code: str = "", location: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason or self.reason
        self.code = code or self.code
        self.location = location


class Invalid(StorageError):
    pass


class Unauthenticated(StorageError):
    status = 401
    reason = "required"
    code = "AuthenticationRequired"


class Forbidden(StorageError):
    status = 403
    reason = "forbidden"
    code = "AccessDenied"


class NotFound(StorageError):
    status = 404
    reason = "notFound"
    code = "NoSuchKey"


class BucketNotFound(NotFound):
    code = "NoSuchBucket"

    def __init__(self) -> None:
        super().__init__("The specified bucket does not exist.")


class MethodNotAllowed(StorageError):
    status = 405
    reason = "methodNotAllowed"
    code = "MethodNotAllowed"


class RequestTimeout(StorageError):
    status = 408
    reason = "requestTimeout"
    code = "RequestTimeout"


class Conflict(StorageError):
    status = 409
    reason = "conflict"
    code = "BucketNotEmpty"


class PreconditionFailed(StorageError):
    status = 412
    reason = "conditionNotMet"
    code = "PreconditionFailed"

    def __init__(
        self, message: str = "At least one of the pre-conditions you specified did not hold."
    ) -> None:
        super().__init__(message)


class NotModified(StorageError):
    status = 304
    reason = "notModified"
    code = "NotModified"

    def __init__(self) -> None:
        super().__init__("Not Modified")


class RangeNotSatisfiable(StorageError):
    status = 416
    reason = "requestedRangeNotSatisfiable"
    code = "InvalidRange"

    def __init__(self, size: int) -> None:
        super().__init__("Request range not satisfiable")
        self.size = size


class Expired(StorageError):
    code = "ExpiredToken"


class Unsupported(StorageError):
    """Cloud Storage can do it, the emulator cannot: it says so instead of leaving it out silently."""

    status = 501
    reason = "notImplemented"
    code = "NotImplemented"


class Unavailable(StorageError):
    """The disk is full or the database is locked; clients of Cloud Storage try again after a 503."""

    status = 503
    reason = "backendError"
    code = "ServiceUnavailable"
