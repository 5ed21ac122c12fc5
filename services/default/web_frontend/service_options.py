"""The website's service options: credentials, error pages and security headers."""

from flask import Response, render_template, request
from werkzeug import exceptions as http

from timeline.errors import (
    Forbidden,
    ImageMissing,
    ImageUnsupported,
    InvalidCursor,
    NotFound,
    Unauthenticated,
    Unavailable,
)
from timeline.rate_limits.limits import WRITES
from timeline.serving import Problem, ServiceOptions, bearer
from timeline.serving.problems import as_json
from web_frontend.credentials import id_token_field, session_cookie

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: https:; "
    "connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No inline scripts or styles. blob: previews a chosen file; https: allows images from another origin."""

HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
RESPONSE_TYPES = ("application/problem+json", "application/json", "text/html")
"""In order of preference for clients that accept anything, such as curl."""

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
NOT_FOUND = "The address may be wrong, or the photo was deleted."
TEXTS = {
    NotFound.message: NOT_FOUND,
    http.NotFound.description: NOT_FOUND,
    Forbidden.message: "This belongs to another user. If it is yours, sign in with the right account.",
    Unauthenticated.message: "Sign in to continue. You then return to this page.",
    ImageMissing.message: "Choose a photo, then select Post.",
    ImageUnsupported.message: "Choose a JPEG, PNG, WebP, GIF, HEIC or AVIF file.",
    InvalidCursor.message: "This part of the list no longer exists. Start again with the newest photos.",
    Unavailable.message: "The site is having trouble right now. Try again in a moment.",
}
"""Texts for people in place of messages for programs."""


def show_problem(problem: Problem) -> Response:
    """Respond with a page to browsers and problem+json to programs, with the same status."""
    if not wants_page():
        return as_json(problem)
    title = TITLES.get(problem.status, "This did not work")
    page = render_template("problem.html", problem=problem, title=title, text=TEXTS.get(problem.detail))
    response = Response(page, problem.status, problem.headers)
    response.mimetype = "text/html"
    response.headers["Cache-Control"] = "no-store"
    return response


def wants_page() -> bool:
    return request.accept_mimetypes.best_match(RESPONSE_TYPES) == "text/html"


OPTIONS = ServiceOptions(
    credentials=(bearer, id_token_field, session_cookie),
    show=show_problem,
    headers=HEADERS,
    has_sessions=True,
    writes=WRITES,
)
