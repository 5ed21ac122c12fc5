"""HTTP requests of tasks: their checks, and the settings of a queue that override them."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from gaelocal.google_api.errors import invalid
from gaelocal.protobuf import tasks_pb2

MAX_URL = 2083
MAX_HEADERS = 80 * 1024
METHODS = {0: "POST", 1: "POST", 2: "GET", 3: "HEAD", 4: "PUT", 5: "DELETE", 6: "PATCH", 7: "OPTIONS"}
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
LINE_BREAK = re.compile(r"[\r\n\0]")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")
GOOGLE_API = re.compile(r"https?://[^/?#]*\.googleapis\.com(?:[/?#:]|$)", re.IGNORECASE)
MOST_PORT = 65535
SCHEMES = {tasks_pb2.UriOverride.Scheme.HTTP: "http", tasks_pb2.UriOverride.Scheme.HTTPS: "https"}
IF_NOT_EXISTS = tasks_pb2.UriOverride.UriOverrideEnforceMode.IF_NOT_EXISTS


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


def check_http_target(target: Any) -> None:
    """Check the HttpTarget of a queue.

    Raises:
        ApiError: a value is not valid.
    """
    override = target.uri_override
    if target.http_method not in METHODS:
        raise invalid(f"HttpMethod {target.http_method} does not exist.")
    if override.HasField("host") and not HOST.fullmatch(override.host):
        raise invalid(
            f'UriOverride.host "{override.host}" must be a host name, without scheme, port or path.'
        )
    if override.HasField("port") and not 0 <= override.port <= MOST_PORT:
        raise invalid(f"UriOverride.port must be between 0 and {MOST_PORT}.")
    check_headers({each.header.key: each.header.value for each in target.header_overrides})
    check_tokens(target)


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A request as it is sent: the task's own, changed by what its queue overrides."""

    url: str
    method: str
    headers: dict[str, str] = field(default_factory=dict)
    token: Any = None
    """An OidcToken or OAuthToken, or None."""


def effective_call(request: Any, target: Any | None) -> HttpCall:
    """Return the call for a task's HttpRequest under its queue's HttpTarget."""
    headers = dict(request.headers)
    kind = request.WhichOneof("authorization_header")
    token = getattr(request, kind) if kind else None
    method = request.http_method
    if target is None:
        return HttpCall(request.url, METHODS[method], headers, token)
    names = {name.lower(): name for name in headers}
    for each in target.header_overrides:
        headers.pop(names.get(each.header.key.lower(), ""), None)
        headers[each.header.key] = each.header.value
    queue_kind = target.WhichOneof("authorization_header")
    token = getattr(target, queue_kind) if queue_kind else token
    return HttpCall(
        overridden_url(request.url, target.uri_override),
        METHODS[target.http_method or method],
        headers,
        token,
    )


def overridden_url(url: str, override: Any) -> str:
    """Return the URL with the parts that the queue overrides.

    In the mode IF_NOT_EXISTS a queue fills in only what the task's URL lacks.
    """
    parts = urlsplit(url)
    only_missing = override.uri_override_enforce_mode == IF_NOT_EXISTS
    scheme = _part(parts.scheme, SCHEMES.get(override.scheme, ""), only_missing=only_missing) or "https"
    host = _part(parts.hostname or "", override.host, only_missing=only_missing)
    port = _part(str(parts.port or ""), str(override.port or ""), only_missing=only_missing)
    path = _part(parts.path, _absolute(override.path_override.path), only_missing=only_missing)
    query = _part(parts.query, override.query_override.query_params, only_missing=only_missing)
    return urlunsplit((scheme, f"{host}:{port}" if port else host, path or "/", query, ""))


def _part(own: str, override: str, *, only_missing: bool) -> str:
    return (own or override) if only_missing else (override or own)


def _absolute(path: str) -> str:
    return f"/{path}" if path and not path.startswith("/") else path
