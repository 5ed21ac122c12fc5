"""How the website differs from its siblings: who it recognises, how it says no, what it lets browsers do."""

from flask import Response, render_template, request
from werkzeug import exceptions as http

from timeline.errors import Forbidden, NotFound
from timeline.rate_limits.limits import WRITES
from timeline.serving import Problem, ServiceOptions, bearer
from timeline.serving.problems import as_json
from web_frontend.credentials import id_token_field, session_cookie

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: https:; "
    "connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline, anywhere. blob: previews a chosen file; https: serves pictures with an own origin."""

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
READABLE = ("application/problem+json", "application/json", "text/html")
"""In the order of preference for a client that takes anything, as curl does."""

TITLES = {
    401: "Sign in first",
    403: "Not yours to do",
    404: "There is nothing here",
    413: "That is too large",
    415: "That is not a picture we can read",
    429: "That was a lot at once",
    500: "Something went wrong on our side",
    503: "One moment, please",
}
NOT_HERE = "The address may be mistyped, or what was here has been deleted by whoever posted it."
WORDS = {
    NotFound.message: NOT_HERE,
    http.NotFound.description: NOT_HERE,
    Forbidden.message: "This belongs to someone else. If it is yours, sign in as whoever posted it.",
}
"""Where people need other words than programs."""


def show_problem(problem: Problem) -> Response:
    """Give a page to people and problem+json to programs, with the same status and code."""
    if not wants_page():
        return as_json(problem)
    title = TITLES.get(problem.status, "That did not work")
    page = render_template("problem.html", problem=problem, title=title, words=WORDS.get(problem.detail))
    response = Response(page, problem.status, problem.headers)
    response.mimetype = "text/html"
    response.headers["Cache-Control"] = "no-store"
    return response


def wants_page() -> bool:
    return request.accept_mimetypes.best_match(READABLE) == "text/html"


MANNERS = ServiceOptions(
    credentials=(bearer, id_token_field, session_cookie),
    show=show_problem,
    headers=HEADERS,
    has_sessions=True,
    writes=WRITES,
)
