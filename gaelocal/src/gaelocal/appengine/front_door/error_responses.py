"""Error responses of the front door: HTML for browsers, problem+json for programs."""

import json
from html import escape
from http import HTTPStatus

from gaelocal.appengine.http import Body, Headers, Request, Response
from gaelocal.reason_phrases import reason_phrase

CODES = {
    413: "request_too_large",
    414: "address_too_long",
    431: "headers_too_large",
    502: "bad_gateway",
    503: "service_unavailable",
}
ALL_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{status} {title}</title>
<style>body{{font:1rem/1.5 system-ui;max-width:48rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}}
pre{{overflow:auto;font-size:.85rem}}</style>
<h1>{title}</h1><p>{detail}</p>{lines}<p><small>{status} · request {request_id}</small></p></html>
"""


def error_response(
    request: Request, status: int, detail: str, lines: list[str] | None = None, allow: bytes = ALL_METHODS
) -> Response:
    if b"text/html" in request.field(b"accept"):
        kind, content = "text/html; charset=utf-8", _page(request, status, detail, lines or [])
    else:
        kind, content = "application/problem+json", _problem(request, status, detail, lines or [])
    headers: Headers = [
        (b"Content-Type", kind.encode()),
        (b"Cache-Control", b"no-store"),
        (b"X-Request-Id", request.request_id.encode()),
    ]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"Retry-After", b"2"))
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append((b"Allow", allow))
    return Response(status, headers, Body(content.encode()), refusal=detail)


def _page(request: Request, status: int, detail: str, lines: list[str]) -> str:
    log_block = f"<pre>{escape(chr(10).join(lines))}</pre>" if lines else ""
    title = reason_phrase(status)
    return PAGE.format(
        status=status, title=title, detail=escape(detail), lines=log_block, request_id=request.request_id
    )


def _problem(request: Request, status: int, detail: str, lines: list[str]) -> str:
    title = reason_phrase(status)
    problem: dict[str, object] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": CODES.get(status, title.lower().replace(" ", "_")),
        "detail": detail,
        "request_id": request.request_id,
    }
    return json.dumps({**problem, "log": lines} if lines else problem) + "\n"
