"""Every refusal of the storage stand-in, with the status and the reason that Cloud Storage gives for it."""


class Refusal(Exception):
    """A request that is not obeyed; `reason` is the word of the JSON API, `code` that of the XML API."""

    status = 400
    reason = "invalid"
    code = "InvalidArgument"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(Refusal):
    pass


class NotFound(Refusal):
    status = 404
    reason = "notFound"
    code = "NoSuchKey"


class BucketNotFound(NotFound):
    code = "NoSuchBucket"

    def __init__(self) -> None:
        super().__init__("The specified bucket does not exist.")


class Conflict(Refusal):
    status = 409
    reason = "conflict"
    code = "BucketNotEmpty"


class PreconditionFailed(Refusal):
    status = 412
    reason = "conditionNotMet"
    code = "PreconditionFailed"

    def __init__(self) -> None:
        super().__init__("At least one of the pre-conditions you specified did not hold.")


class NotModified(Refusal):
    status = 304
    reason = "notModified"
    code = "NotModified"

    def __init__(self) -> None:
        super().__init__("Not Modified")


class RangeNotSatisfiable(Refusal):
    status = 416
    reason = "requestedRangeNotSatisfiable"
    code = "InvalidRange"

    def __init__(self, size: int) -> None:
        super().__init__("Request range not satisfiable")
        self.size = size


class Forbidden(Refusal):
    status = 403
    reason = "forbidden"
    code = "AccessDenied"

    def __init__(self, message: str, code: str = "AccessDenied") -> None:
        super().__init__(message)
        self.code = code


class Expired(Refusal):
    code = "ExpiredToken"


class NotOffered(Refusal):
    """Cloud Storage can do it, this stand-in does not: better refused than silently left out."""

    status = 501
    reason = "notImplemented"
    code = "NotImplemented"


class Unavailable(Refusal):
    """The disk is full or the database is locked; clients of Cloud Storage try again after a 503."""

    status = 503
    reason = "backendError"
    code = "ServiceUnavailable"
