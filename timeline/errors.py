"""The errors of the domain, each named for its cause; serving/problems.py maps them to HTTP."""


class TimelineError(Exception):
    """The base class. `code` is stable, and the message is safe to show to clients."""

    code = "refused"
    message = "The request was refused."
    retry_after: int | None = None

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)


class Unauthenticated(TimelineError):
    code = "unauthenticated"
    message = "Sign in first."


class Forbidden(TimelineError):
    code = "forbidden"
    message = "You don't have permission to do this."


class NotFound(TimelineError):
    code = "not_found"
    message = "Not found."


class InvalidRequest(TimelineError):
    code = "invalid_request"
    message = "The request is not valid."


class RequestTooLarge(TimelineError):
    code = "request_too_large"
    message = "The request is too large."


class UnsupportedMediaType(TimelineError):
    code = "unsupported_media_type"
    message = "The body has an unsupported Content-Type."


class InvalidLimit(TimelineError):
    code = "invalid_limit"
    message = "limit must be a whole number from 1 to 100."


class InvalidCursor(TimelineError):
    code = "invalid_cursor"
    message = "This cursor is not valid for this list. Start again without a cursor."


class ImageMissing(TimelineError):
    code = "image_missing"
    message = "The image is missing. Send it as a file in the multipart field 'image'."


class ImageTooLarge(TimelineError):
    code = "image_too_large"
    message = "The image is larger than 20 MB."


class ImageUnsupported(TimelineError):
    code = "image_unsupported"
    message = "The file is not a supported image. Send JPEG, PNG, WebP, GIF, HEIC or AVIF."


class ImageTooManyPixels(TimelineError):
    code = "image_too_many_pixels"
    message = "The image has more than 50 megapixels."


class ImageTooComplex(TimelineError):
    code = "image_too_complex"
    message = "Decoding the image takes too much CPU time. Save it as a JPEG and post that."


class ImageBroken(TimelineError):
    code = "image_broken"
    message = "The image is cut off or damaged."


class UploadUnfinished(TimelineError):
    code = "upload_unfinished"
    message = "The upload is not complete. Send the remaining bytes to its upload_url first."


class FullSyncRequired(TimelineError):
    """The deletions since the token are no longer known."""

    code = "full_sync_required"
    message = "This token is too old. Sync again without `since`, and delete photos that are not returned."


class CaptionTooLong(TimelineError):
    code = "caption_too_long"
    message = "A caption can have at most 500 characters."


class InvalidAccount(TimelineError):
    code = "invalid_account"
    message = "The account settings are not valid."


class InvalidIdempotencyKey(TimelineError):
    code = "invalid_idempotency_key"
    message = "Idempotency-Key must be 1 to 200 visible ASCII characters."


class IdempotencyMismatch(TimelineError):
    code = "idempotency_mismatch"
    message = "This Idempotency-Key was used for a different image or caption. Use a new key."


class IdempotencyInFlight(TimelineError):
    code = "idempotency_in_flight"
    message = "A request with this Idempotency-Key is in progress. Retry in a second."
    retry_after = 1


class PreconditionFailed(TimelineError):
    code = "precondition_failed"
    message = "The photo has changed since you read it. Read it again, then retry."


class RateLimited(TimelineError):
    """`retry_after` is the number of seconds until the window ends."""

    code = "rate_limited"
    message = "Too many requests."

    def __init__(self, message: str | None = None, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QuotaExceeded(TimelineError):
    """A daily limit was reached."""

    code = "quota_exceeded"
    message = "The daily limit is reached."

    def __init__(self, message: str | None = None, retry_after: int = 3600) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Busy(TimelineError):
    """Too many concurrent writers; the same request can be retried."""

    code = "busy"
    message = "Too many requests are changing this at once. Retry in a second."
    retry_after = 1


class Unavailable(TimelineError):
    """A backend service does not respond."""

    code = "unavailable"
    message = "A backend service does not respond. Retry in a few seconds."
    retry_after = 5


class MailRefused(TimelineError):
    """The mail server refused the email permanently; a retry would be refused too."""

    code = "mail_refused"
    message = "The mail server refused this email."


class MailUncertain(TimelineError):
    """The connection broke after the email was handed over. The server may have it: never resend."""

    code = "mail_uncertain"
    message = "It is unknown whether this email was sent."
