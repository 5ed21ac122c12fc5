"""Answer the first pages of streams before Flask builds a request, which takes longer than all the rest.

The answers equal those of the views (tests compare every header). Everything unusual goes to Flask: other
methods, paths and queries, unusual conditions, refused callers, and errors.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from flask import Flask
from werkzeug.http import http_date

from api_backend.photos import encoded_page
from timeline.accounts.users import Claims
from timeline.errors import TimelineError
from timeline.ids import is_handle
from timeline.interfaces import Backends
from timeline.rate_limits.counters import Quota, RateLimitCounters, Usage
from timeline.rate_limits.limits import READS
from timeline.serving import logs, rate_limits
from timeline.serving.http_values import link_to_next
from timeline.serving.service import HSTS, STRICT
from timeline.serving.tokens import Tokens
from timeline.streams import pages
from timeline.streams.pages import CACHED_PAGES, Page

EVERYONE = "/api/v1/photos"
IS_STREAM = re.compile(r"/api/v1/users/([^/]+)/photos")
IS_ONE_ETAG = re.compile(r'(?:W/)?"([^",]*)"')
UNUSUAL = frozenset(
    ["HTTP_RANGE", "HTTP_IF_RANGE", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE"]
)
"""Conditions that Flask evaluates."""
FIXED = [*STRICT.items(), ("Cache-Control", "no-cache")]

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Headers = list[tuple[str, str]]
Answer = tuple[str, Headers, bytes]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def install(app: Flask) -> None:
    """Pages of other origins need headers of their own, so with CORS_ORIGINS everything goes to Flask."""
    backends: Backends = app.extensions["backends"]
    if not backends.settings.origins:
        app.wsgi_app = FirstPages(app, backends, app.wsgi_app)  # type: ignore[method-assign]


class FirstPages:
    """A WSGI application in front of that of Flask."""

    def __init__(self, app: Flask, backends: Backends, flask: Application) -> None:
        self.flask = flask
        self._backends = backends
        self._tokens: Tokens = app.extensions["tokens"]
        self._counters: RateLimitCounters | None = app.extensions.get(rate_limits.COUNTERS)
        self._quotas: Mapping[bool, Sequence[Quota]] = {
            is_person: rate_limits.quotas_of(READS, backends.settings, is_person=is_person)
            for is_person in (False, True)
        }

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        read = self._reader_of(environ)
        etag = _etag_of(environ)
        answer = None if read is None or etag is None else self._answer(environ, read, etag)
        if answer is None:
            return self.flask(environ, start_response)
        status, headers, body = answer
        start_response(status, headers)
        return [body]

    def _answer(self, environ: Environ, read: Callable[[], Page], etag: str) -> Answer | None:
        """Return None for a refused caller and after an error: Flask shows and logs it."""
        began = time.perf_counter()
        request_id = logs.enter(environ)
        path = environ["PATH_INFO"]
        try:
            usages = environ[rate_limits.USAGES] = self._count(environ)
            if any(usage.is_over for usage in usages):
                return None
            page = read()
            encoded = encoded_page(page)
            headers = [*_fixed_headers(page, path), *rate_limits.headers_of(usages)]
            headers += [("Date", _date_of(int(time.time()))), ("X-Request-Id", request_id)]
            if environ.get("HTTP_X_APPENGINE_HTTPS") == "on":
                headers.append(("Strict-Transport-Security", HSTS))
            if etag == encoded.digest:
                logs.log_request("GET", path, 304, 0, time.perf_counter() - began)
                return "304 NOT MODIFIED", headers, b""
            size = len(encoded.content)
            logs.log_request("GET", path, 200, size, time.perf_counter() - began)
        except Exception:  # noqa: BLE001 - Flask reads the page again
            return None
        finally:
            logs.leave()
        headers += [("Content-Type", "application/json"), ("Content-Length", str(size))]
        return "200 OK", headers, encoded.content

    def _reader_of(self, environ: Environ) -> Callable[[], Page] | None:
        is_plain = (
            environ["REQUEST_METHOD"] == "GET"
            and not environ.get("QUERY_STRING")
            and not environ.get("SCRIPT_NAME")
            and environ.keys().isdisjoint(UNUSUAL)
        )
        if not is_plain:
            return None
        if environ["PATH_INFO"] == EVERYONE:
            return partial(pages.everyone, self._backends)
        stream = IS_STREAM.fullmatch(environ["PATH_INFO"])
        if stream is None or not is_handle(stream[1]):
            return None
        return partial(pages.stream_of, self._backends, stream[1])

    def _count(self, environ: Environ) -> Sequence[Usage]:
        if self._counters is None:
            return []
        claims = self._claims(environ)
        caller = claims or rate_limits.address_of(environ)
        quotas = self._quotas[claims is not None]
        return rate_limits.count_quotas(self._counters, self._backends, quotas, caller)

    def _claims(self, environ: Environ) -> Claims | None:
        """Return None for an invalid token too: reading needs no sign-in."""
        scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            return self._tokens.verify(token.strip())
        except TimelineError:
            return None


def _etag_of(environ: Environ) -> str | None:
    """Return the only ETag of If-None-Match, "" without the header, and None for anything else."""
    condition = environ.get("HTTP_IF_NONE_MATCH", "")
    if not condition:
        return ""
    found = IS_ONE_ETAG.fullmatch(condition)
    return found[1] if found else None


@lru_cache(maxsize=CACHED_PAGES)
def _fixed_headers(page: Page, path: str) -> Sequence[tuple[str, str]]:
    """Return the headers that only the page determines. The cache returns the same page object again."""
    link = link_to_next(path, {}, page.next_cursor)
    return [*FIXED, ("ETag", f'"{encoded_page(page).digest}"'), *link.items()]


@lru_cache(maxsize=2)
def _date_of(second: int) -> str:
    return http_date(second)
