"""The titles and texts of error pages, for people: what happened, and what to do next."""

from werkzeug import exceptions as http

from timeline.accounts.sessions import ENDED
from timeline.accounts.users import ACCOUNT_DELETED
from timeline.errors import Forbidden, NotFound
from timeline.serving import Problem
from web_frontend.oidc import NO_IDENTITY, NOT_COMPLETED

TITLES = {
    401: "Sign in to continue",
    403: "You don't have permission",
    404: "Page not found",
    413: "This file is too large",
    415: "This file is not a supported image",
    429: "Too many requests",
    500: "Something went wrong",
    503: "Temporarily unavailable",
}
OTHER_TITLE = "This did not work"

SIGN_IN = "Sign in to continue. You then return to this page."
ABOUT_SIGN_IN = frozenset({ENDED, ACCOUNT_DELETED, NOT_COMPLETED, NO_IDENTITY})
"""Details that tell a person why to sign in again. The others describe tokens and headers."""

RELOAD = "The page sent something that this site does not understand. Reload the page and try again."
TROUBLE = "The site is having trouble right now. Try again in a moment."
LIST_ENDED = "This part of the list no longer exists. Start again with the newest photos."
TEXTS = {
    "busy": "Many changes arrived at the same moment. Try again.",
    "caption_too_long": "A caption can have at most 500 characters.",
    "full_sync_required": RELOAD,
    "idempotency_in_flight": "This photo is being posted already. Reload the page in a moment to see it.",
    "idempotency_mismatch": "This photo was sent before with another caption. Choose the photo again.",
    "image_broken": "This photo is cut off or damaged. Save it again, or choose another one.",
    "image_missing": "Choose a photo first.",
    "image_too_complex": "This photo takes too long to process. Save it as a JPEG and post that.",
    "image_too_many_pixels": "This photo has more than 50 megapixels. Choose a smaller one.",
    "image_unsupported": (
        "This file is not a supported image. Choose a JPEG, PNG, WebP, GIF, HEIC or AVIF file."
    ),
    "internal_error": "Something went wrong. Try again in a moment.",
    "invalid_cursor": LIST_ENDED,
    "invalid_idempotency_key": RELOAD,
    "invalid_limit": LIST_ENDED,
    "invalid_request": RELOAD,
    "mail_refused": "The email could not be sent.",
    "mail_uncertain": "The email may not have been sent.",
    "method_not_allowed": "This page cannot do that. Go back and try again.",
    "precondition_failed": "The photo was changed in the meantime. Reload the page and try again.",
    "quota_exceeded": "You have reached the limit for today. Try again tomorrow.",
    "request_too_large": "A text in the form is too long. Shorten it and try again.",
    "unavailable": TROUBLE,
    "unsupported_media_type": RELOAD,
    "upload_unfinished": "The photo was not sent completely. Try again.",
}
FIELDS = {
    "bio": "The text about you",
    "display_name": "The display name",
    "email": "Your email address",
    "summary": "The choice of summary emails",
    "timezone": "The time zone",
}
"""Details about an account begin with the name of a field."""
NOT_FOUND = "The address may be wrong, or the photo was deleted."
FORBIDDEN = "This belongs to another user. If it is yours, sign in with the right account."


def title_of(problem: Problem) -> str:
    return TITLES.get(problem.status, OTHER_TITLE)


def text_of(problem: Problem) -> str:
    """Return the text for a person, in place of a detail that describes the API."""
    if problem.code in TEXTS:
        return TEXTS[problem.code]
    reader = READERS.get(problem.code)
    if reader is not None:
        return reader(problem)
    return TROUBLE if problem.is_temporary else RELOAD


def _of_account(problem: Problem) -> str:
    field, _, rest = problem.detail.partition(" ")
    return f"{FIELDS.get(field, field)} {rest}"


def _of_size(problem: Problem) -> str:
    """The limit depends on the way in which the photo was sent."""
    return f"{problem.detail} Choose a smaller one."


def _of_sign_in(problem: Problem) -> str:
    return problem.detail if problem.detail in ABOUT_SIGN_IN else SIGN_IN


def _of_permission(problem: Problem) -> str:
    return FORBIDDEN if problem.detail == Forbidden.message else problem.detail


def _of_address(problem: Problem) -> str:
    return NOT_FOUND if problem.detail in (NotFound.message, http.NotFound.description) else problem.detail


def _of_rate(problem: Problem) -> str:
    seconds = dict(problem.headers).get("Retry-After", "60")
    return f"You did this too often. Try again in {seconds} seconds."


READERS = {
    "forbidden": _of_permission,
    "image_too_large": _of_size,
    "invalid_account": _of_account,
    "not_found": _of_address,
    "rate_limited": _of_rate,
    "unauthenticated": _of_sign_in,
}
