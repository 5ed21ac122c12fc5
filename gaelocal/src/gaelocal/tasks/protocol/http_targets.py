"""The settings by which a queue overrides the HTTP requests of its tasks."""

import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from gaelocal.google_api.errors import invalid
from gaelocal.google_api.http_requests import METHODS, HttpCall, check_headers, check_tokens
from gaelocal.protobuf import tasks_pb2

HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")
MOST_PORT = 65535
SCHEMES = {tasks_pb2.UriOverride.Scheme.HTTP: "http", tasks_pb2.UriOverride.Scheme.HTTPS: "https"}
IF_NOT_EXISTS = tasks_pb2.UriOverride.UriOverrideEnforceMode.IF_NOT_EXISTS


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
