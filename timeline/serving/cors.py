"""CORS: pages of the configured origins may call the API from a browser.

Credentials are never allowed: the API accepts bearer tokens, which the page sends itself, and no cookies.
"""

from flask import Flask, Response, request

METHODS = "GET, HEAD, POST, PATCH, PUT, DELETE"
HEADERS_IN = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match"
HEADERS_OUT = (
    "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, Idempotent-Replayed, X-Request-Id, "
    "WWW-Authenticate"
)
PREFLIGHT_SECONDS = 7_200
"""The longest time for which Chrome caches a preflight."""


def install(app: Flask, origins: frozenset[str], below: tuple[str, ...]) -> None:
    if not origins or not below:
        return

    def is_open() -> bool:
        return any(request.path == path or request.path.startswith(f"{path}/") for path in below)

    def answer_preflight() -> Response | None:
        """Answer before authentication: a browser sends no token with a preflight."""
        is_preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        return Response(status=204) if is_preflight and is_open() else None

    def allow(response: Response) -> Response:
        if is_open():
            response.vary.add("Origin")
            if request.headers.get("Origin") in origins:
                _allow(response, request.headers["Origin"])
        return response

    app.before_request(answer_preflight)
    app.after_request(allow)


def _allow(response: Response, origin: str) -> None:
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = HEADERS_OUT
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = METHODS
        response.headers["Access-Control-Allow-Headers"] = HEADERS_IN
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
