"""The website's service options: credentials, error pages and security headers."""

from urllib.parse import quote, urlsplit

from flask import Response, render_template, request, session

from timeline.accounts.sessions import ENDED
from timeline.accounts.users import ACCOUNT_DELETED
from timeline.rate_limits.limits import WRITES
from timeline.serving import Problem, ServiceOptions, bearer
from timeline.serving.problems import as_json
from timeline.settings import Settings
from web_frontend import browser_sessions
from web_frontend.credentials import id_token_field, session_cookie
from web_frontend.error_texts import text_of, title_of
from web_frontend.local_paths import local_path

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' blob: data: https:; connect-src 'self' STORAGE; form-action 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No inline scripts or styles. blob: previews a chosen file, data: contains the blurred
placeholders of photos, and https: allows images from another origin. STORAGE is the origin to which
pages send large photos."""

HEADERS = {
    "Cache-Control": "private, no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
SESSION_IS_OVER = frozenset({ENDED, ACCOUNT_DELETED})
NEXT = "next"
"""The key in the session of the page to open after sign-in."""
RESPONSE_TYPES = ("application/problem+json", "application/json", "text/html")
"""In order of preference for clients that accept anything, such as curl."""


def show_problem(problem: Problem) -> Response:
    """Respond with a page to browsers and problem+json to programs, with the same status."""
    if not wants_page():
        return as_json(problem, message=text_of(problem))
    if problem.detail in SESSION_IS_OVER:
        browser_sessions.forget()
    page = render_template(
        "problem.html",
        problem=problem,
        title=title_of(problem),
        text=text_of(problem),
        sign_in=f"/signin?next={quote(page_after_sign_in())}" if problem.code == "unauthenticated" else "",
        form=page_after_sign_in() if request.method == "POST" else "",
    )
    response = Response(page, problem.status, problem.headers)
    response.mimetype = "text/html"
    response.headers["Cache-Control"] = "no-store"
    return response


def page_after_sign_in() -> str:
    """Return the page that the visitor wanted, or, after a form, the page of that form."""
    if request.path == "/signin/done":
        return local_path(session.get(NEXT))
    if request.method == "GET":
        return local_path(request.full_path.removesuffix("?"))
    if request.path.startswith("/post/"):
        return "/post/"
    form = urlsplit(request.headers.get("Referer", ""))
    return local_path(form.path) if form.netloc == request.host else "/"


def wants_page() -> bool:
    return request.accept_mimetypes.best_match(RESPONSE_TYPES) == "text/html"


def options_for(settings: Settings) -> ServiceOptions:
    policy = POLICY.replace("STORAGE", settings.storage_origin)
    return ServiceOptions(
        credentials=(bearer, id_token_field, session_cookie),
        show=show_problem,
        headers=HEADERS | {"Content-Security-Policy": policy},
        has_sessions=True,
        writes=WRITES,
        cross_origin=("/image",),
    )
