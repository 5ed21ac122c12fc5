"""Every refusal of the domain, named for the fact; none of them knows HTTP."""


class Refusal(Exception):
    """The request cannot be granted. `code` is stable, the message is safe to show to anyone."""

    code = "refused"
    message = "The request was refused."
    retry_after: int | None = None

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)


class Unauthenticated(Refusal):
    code = "unauthenticated"
    message = "Sign in first: no valid ID token came with the request."


class Forbidden(Refusal):
    code = "forbidden"
    message = "This is not yours to do."


class NotFound(Refusal):
    code = "not_found"
    message = "There is nothing here."


class InvalidRequest(Refusal):
    code = "invalid_request"
    message = "The request cannot be understood."


class RequestTooLarge(Refusal):
    code = "request_too_large"
    message = "The request is larger than this service takes."


class UnsupportedMediaType(Refusal):
    code = "unsupported_media_type"
    message = "The body is of a type that is not taken here; see Content-Type."


class InvalidLimit(Refusal):
    code = "invalid_limit"
    message = "limit must be a whole number from 1 to 100."


class InvalidCursor(Refusal):
    code = "invalid_cursor"
    message = "This cursor was not made for this list."


class ImageMissing(Refusal):
    code = "image_missing"
    message = "Send the picture as a file in the multipart field 'image'."


class ImageTooLarge(Refusal):
    code = "image_too_large"
    message = "The picture is larger than 20 MB."


class ImageUnsupported(Refusal):
    code = "image_unsupported"
    message = "This is not a picture of a format we read."


class ImageTooManyPixels(Refusal):
    code = "image_too_many_pixels"
    message = "The picture has more than 50 megapixels."


class ImageBroken(Refusal):
    code = "image_broken"
    message = "The picture is cut off or damaged."


class UploadUnfinished(Refusal):
    code = "upload_unfinished"
    message = "Not all bytes of this upload have arrived; send the rest to its upload_url first."


class FullSyncRequired(Refusal):
    """What was deleted since then is not known any more."""

    code = "full_sync_required"
    message = "This token is too old: begin again without `since`, and drop what does not come."


class CaptionTooLong(Refusal):
    code = "caption_too_long"
    message = "A caption has at most 500 characters."


class InvalidAccount(Refusal):
    code = "invalid_account"
    message = "These account settings cannot be taken."


class InvalidIdempotencyKey(Refusal):
    code = "invalid_idempotency_key"
    message = "Idempotency-Key must be 1 to 200 visible ASCII characters."


class IdempotencyMismatch(Refusal):
    code = "idempotency_mismatch"
    message = "This Idempotency-Key was used for another picture or caption."


class IdempotencyInFlight(Refusal):
    code = "idempotency_in_flight"
    message = "A request with this Idempotency-Key is still being worked on."
    retry_after = 1


class PreconditionFailed(Refusal):
    code = "precondition_failed"
    message = "It has changed since you read it."


class RateLimited(Refusal):
    """`retry_after` is when the window ends."""

    code = "rate_limited"
    message = "That was too much in a short time."

    def __init__(self, message: str | None = None, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QuotaExceeded(Refusal):
    """The same, for a whole day."""

    code = "quota_exceeded"
    message = "That was all there is for one day."

    def __init__(self, message: str | None = None, retry_after: int = 3600) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Busy(Refusal):
    """Too many writers at once; the same request will do in a moment."""

    code = "busy"
    message = "Too much is going on here right now; try again in a moment."
    retry_after = 1


class Unavailable(Refusal):
    """A service behind us does not answer."""

    code = "unavailable"
    message = "A service behind this one does not answer; try again soon."
    retry_after = 5


class MailRefused(Refusal):
    """The mail server said no for good: another try would be refused as well."""

    code = "mail_refused"
    message = "The mail server refused this mail."


class MailUncertain(Refusal):
    """The connection broke after the mail was handed over: sent or not, nobody can tell; never resend."""

    code = "mail_uncertain"
    message = "Nobody can tell whether this mail was sent."
