"""The HTTP requests that tasks and jobs describe: their checks, their tokens and their headers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from gaelocal.credentials import Credentials
from gaelocal.google_api.errors import invalid

MAX_URL = 2083
MAX_HEADERS = 80 * 1024
METHODS = {0: "POST", 1: "POST", 2: "GET", 3: "HEAD", 4: "PUT", 5: "DELETE", 6: "PATCH", 7: "OPTIONS"}
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
LINE_BREAK = re.compile(r"[\r\n\0]")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
DEFAULT_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
NOT_FOR_CALLERS = ("x-google-", "x-appengine-", "x-cloudtasks-", "x-cloudscheduler")
NAMESPACE = "x-appengine-current-namespace"
"""By this header google.appengine.api.taskqueue carries the namespace from a request to its task."""
COMPUTED = ("host", "content-length", "transfer-encoding", "connection")


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A request as it is sent: the task's own, changed by what its queue overrides."""

    url: str
    method: str
    headers: dict[str, str] = field(default_factory=dict)
    token: Any = None
    """An OidcToken or OAuthToken, or None."""


def check_url(url: str) -> None:
    """Check the URL of an HTTP task.

    Raises:
        ApiError: it is not an absolute `http` or `https` URL with a host.
    """
    if not url.startswith(("http://", "https://")):
        raise invalid('HttpRequest.url must begin with "http://" or "https://".')
    if len(url) > MAX_URL:
        raise invalid(f"HttpRequest.url must not be longer than {MAX_URL} characters.")
    try:
        parts = urlsplit(url)
        is_valid = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_valid = False
    if not is_valid or not url.isprintable() or " " in url:
        raise invalid(f'HttpRequest.url "{url[:100]}" is not a valid URL.')


def check_method(method: int, body: bytes, with_body: tuple[str, ...]) -> None:
    if method not in METHODS:
        raise invalid(f"HttpMethod {method} does not exist.")
    if body and METHODS[method] not in with_body:
        raise invalid(f"A body is allowed only if the HTTP method is one of {', '.join(with_body)}.")


def check_headers(headers: Any) -> None:
    for name, value in headers.items():
        if not HEADER_NAME.fullmatch(name) or LINE_BREAK.search(value):
            raise invalid(f'"{name}" is not a valid HTTP header, or its value spans several lines.')
    if sum(len(name) + len(value) for name, value in headers.items()) > MAX_HEADERS:
        raise invalid(f"The headers must not be larger than {MAX_HEADERS // 1024} KB.")


def check_tokens(request: Any) -> None:
    """Check the token of an HttpRequest or HttpTarget.

    Raises:
        ApiError: the service account is not a mail address.
    """
    kind = request.WhichOneof("authorization_header")
    if kind is None:
        return
    if not EMAIL.fullmatch(getattr(request, kind).service_account_email):
        name = "oidcToken" if kind == "oidc_token" else "oauthToken"
        raise invalid(f"HttpRequest.{name}.serviceAccountEmail must be the email of a service account.")


def authorization(call: HttpCall, credentials: Credentials | None) -> dict[str, str]:
    """Return the Authorization header of a call; the default audience is its URL."""
    token = call.token
    if token is None or credentials is None:
        return {}
    email = token.service_account_email
    if token.DESCRIPTOR.name == "OidcToken":
        signed = credentials.service_account_id_token(email, token.audience or call.url)
    else:
        signed = credentials.service_account_access_token(email, token.scope or DEFAULT_SCOPE)
    return {"Authorization": f"Bearer {signed}"}


def own_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the caller's headers in one spelling, without those that only the platform may set."""
    own = {name.title(): value for name, value in headers.items()}
    return {
        name: value
        for name, value in own.items()
        if name.lower() == NAMESPACE
        or (not name.lower().startswith(NOT_FOR_CALLERS) and name.lower() not in COMPUTED)
    }
