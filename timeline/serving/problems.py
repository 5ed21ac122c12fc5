"""Map domain errors and unexpected exceptions to HTTP statuses, as problem+json (RFC 9457)."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from timeline.errors import TimelineError
from timeline.serving.logs import current_request_id

STATUSES = {
    "busy": 503,
    "caption_too_long": 422,
    "forbidden": 403,
    "full_sync_required": 410,
    "idempotency_in_flight": 409,
    "idempotency_mismatch": 422,
    "image_broken": 422,
    "image_missing": 400,
    "image_too_complex": 422,
    "image_too_large": 413,
    "image_too_many_pixels": 422,
    "image_unsupported": 415,
    "invalid_account": 422,
    "invalid_cursor": 400,
    "invalid_idempotency_key": 400,
    "invalid_limit": 400,
    "invalid_request": 400,
    "mail_refused": 502,
    "mail_uncertain": 502,
    "method_not_allowed": 405,
    "not_found": 404,
    "precondition_failed": 412,
    "quota_exceeded": 429,
    "rate_limited": 429,
    "request_too_large": 413,
    "unauthenticated": 401,
    "unavailable": 503,
    "unsupported_media_type": 415,
    "upload_unfinished": 409,
}
CODES_OF_HTTP = {
    400: "invalid_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "request_too_large",
}
INTERNAL = "internal_error"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An error as clients see it."""

    code: str
    status: int
    detail: str
    request_id: str
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        return title_of(self.status)

    @property
    def is_temporary(self) -> bool:
        """Tell whether a retry may succeed; queues retry only then."""
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


Show = Callable[[Problem], Response]


def title_of(status: int) -> str:
    """Werkzeug's phrase, which its status line has too: those of http.HTTPStatus differ between Pythons."""
    return HTTP_STATUS_CODES.get(status, "Unknown")


def as_json(problem: Problem, **extensions: str) -> Response:
    """`extensions` are further members, which RFC 9457 allows."""
    content = {
        "type": f"/api/docs#{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "request_id": problem.request_id,
        **extensions,
    }
    response = Response(json.dumps(content), problem.status, mimetype="application/problem+json")
    response.headers.extend(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def install(app: Flask, show: Show) -> None:
    """Render every error of this app with `show`."""

    def on_domain_error(error: TimelineError) -> Response:
        return show(problem_of(error))

    def on_http(error: HTTPException) -> Response:
        return show(_of_http(error))

    def on_unexpected_error(error: Exception) -> Response:
        log.error("unexpected %s", type(error).__name__, exc_info=error)
        return show(
            _problem(
                INTERNAL,
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "An unexpected error occurred. Try again, and quote the request ID if it happens again.",
            )
        )

    app.register_error_handler(TimelineError, on_domain_error)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Exception, on_unexpected_error)


def problem_of(error: TimelineError) -> Problem:
    headers = []
    if error.retry_after is not None:
        headers.append(("Retry-After", str(error.retry_after)))
    if error.code == "unauthenticated":
        headers.append(("WWW-Authenticate", 'Bearer realm="photo-timeline"'))
    status = STATUSES.get(error.code, HTTPStatus.BAD_REQUEST)
    return _problem(error.code, status, str(error), tuple(headers))


def _of_http(error: HTTPException) -> Problem:
    """Keep Allow, Location and Retry-After, which redirects and other HTTP errors of Flask need."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    code = CODES_OF_HTTP.get(status, title_of(status).lower().replace(" ", "_"))
    kept = tuple(
        (name, value) for name, value in error.get_headers() if name in {"Allow", "Location", "Retry-After"}
    )
    return _problem(code, status, error.description or title_of(status), kept)


def _problem(code: str, status: int, detail: str, headers: tuple[tuple[str, str], ...] = ()) -> Problem:
    return Problem(
        code=code, status=int(status), detail=detail, request_id=current_request_id(), headers=headers
    )
