"""Headers that the front door passes on in both directions, and those it adds."""

import re
from email.utils import parsedate_to_datetime
from functools import lru_cache

from gaelocal.appengine.front_door.trace import Trace
from gaelocal.appengine.http import Headers, Request, Response, field

PLATFORM = (b"x-appengine", b"x-google", b"x-cloudtasks", b"x-cloudscheduler", b"x-gaelocal")
HOP_BY_HOP = frozenset(
    (
        *(b"connection", b"keep-alive", b"proxy-connection", b"proxy-authenticate", b"proxy-authorization"),
        *(b"te", b"trailer", b"transfer-encoding", b"upgrade"),
    )
)
OWN = frozenset(
    (
        *(b"content-length", b"expect", b"forwarded", b"host", b"proxy", b"traceparent"),
        *(b"x-cloud-trace-context", b"x-forwarded-for", b"x-forwarded-proto"),
    )
)
BODILESS = (204, 304)
STRICT = re.compile(rb"(?:^|[\s,])(?:private|no-store|no-cache)\b", re.I)
SHARED = re.compile(rb"(?:public\b|s-maxage\b)", re.I)
CONSTANT = (
    b"X-Appengine-Country: ZZ\r\nX-Appengine-Region: ?\r\nX-Appengine-City: ?\r\n"
    b"X-Appengine-CityLatLong: 0.000000,0.000000\r\nX-Appengine-Https: off\r\nX-Forwarded-Proto: http\r\n"
)


@lru_cache(maxsize=512)
def passes(name: bytes) -> bool:
    """Return whether a client's header is passed to the instance.

    None with an underscore does: WSGI makes `X_Appengine_Cron` and `X-Appengine-Cron` the same variable,
    and gunicorn trusts a `SCRIPT_NAME` header that comes from this machine.
    """
    lower = name.lower()
    return not (b"_" in lower or lower in HOP_BY_HOP or lower in OWN or lower.startswith(PLATFORM))


@lru_cache(maxsize=512)
def returns(name: bytes) -> bool:
    lower = name.lower()
    return not (
        lower in HOP_BY_HOP or lower in (b"content-length", b"server") or lower.startswith(b"x-appengine-")
    )


def request_head(request: Request, trace: Trace, main_host: str, more: bytes = b"") -> bytes:
    """Return the request line and headers as the instance gets them; `more` are further lines."""
    named = _named_by_connection(request.field(b"connection").lower())
    kept = [
        name + b": " + value
        for name, value in request.headers
        if passes(name) and not (named and name.lower() in named)
    ]
    host = request.field(b"host") or main_host.encode()
    return b"\r\n".join(
        (
            f"{request.method} {request.target} HTTP/1.1".encode("latin-1"),
            b"Host: " + host,
            *kept,
            CONSTANT + more + _added(request, trace, main_host).encode("latin-1"),
            b"",
        )
    )


def clean_answer(request: Request, response: Response, date: bytes) -> None:
    """Remove hop-by-hop headers from the response and add those of the front door."""
    length = _length(request, response)
    fields = {name.lower(): value for name, value in response.headers}
    named = _named_by_connection(fields.get(b"connection", b"").lower())
    kept = [
        (name, value)
        for name, value in response.headers
        if returns(name) and not (named and name.lower() in named)
    ]
    if b"date" not in fields:
        kept.append((b"Date", date))
    if b"set-cookie" in fields:
        kept = _private(kept, date)
    kept += [(b"Server", b"gaelocal"), (b"X-Cloud-Trace-Context", request.trace.encode())]
    response.headers = [*kept, (b"Content-Length", length)] if length else kept


def _private(headers: Headers, date: bytes) -> Headers:
    """Keep a response with a cookie out of shared caches, as App Engine does.

    Cache-Control becomes private unless it is stricter already, and Expires is not in the future.
    """
    control = field(headers, b"cache-control")
    if not STRICT.search(control):
        kept = [part.strip() for part in control.split(b",") if not SHARED.match(part.strip())]
        control = b", ".join([b"private", *filter(None, kept)])
    expires = field(headers, b"expires")
    others = [(name, value) for name, value in headers if name.lower() not in (b"cache-control", b"expires")]
    is_past = bool(expires) and _seconds(expires) <= _seconds(date)
    return [*others, (b"Cache-Control", control), (b"Expires", expires if is_past else date)]


def _seconds(date: bytes) -> float:
    """Return the time of an HTTP date; an invalid one means the past (RFC 9111, 5.3)."""
    try:
        return parsedate_to_datetime(date.decode("latin-1")).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _length(request: Request, response: Response) -> bytes:
    """Return the length; for HEAD that of the GET response, if the service sent it."""
    if response.status in BODILESS:
        return b""
    sent_length = field(response.headers, b"content-length") if request.method == "HEAD" else b""
    return sent_length or (
        b"%d" % response.body.size if response.body.size or request.method != "HEAD" else b""
    )


def _named_by_connection(value: bytes) -> set[bytes]:
    if value in (b"", b"keep-alive", b"close"):
        return set()
    return {name.strip() for name in value.split(b",")}


def _added(request: Request, trace: Trace, main_host: str) -> str:
    forwarded = request.field(b"x-forwarded-for").decode("latin-1")
    length = request.body.size
    has_body = length or request.method in ("POST", "PUT", "PATCH")
    return (
        f"X-Appengine-User-IP: {request.peer}\r\n"
        f"X-Appengine-Default-Version-Hostname: {main_host}\r\n"
        f"X-Appengine-Request-Log-Id: {request.request_id}\r\n"
        f"X-Cloud-Trace-Context: {trace.cloud}\r\n"
        f"traceparent: {trace.w3c}\r\n"
        f"X-Forwarded-For: {f'{forwarded}, ' if forwarded else ''}{request.peer}\r\n"
        f'Forwarded: for="{request.peer}";proto=http\r\n'
        + (f"Content-Length: {length}\r\n" if has_body else "")
    )
