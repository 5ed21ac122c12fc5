"""Serves static files of handlers in app.yaml without the service's program."""

import mimetypes
import os
import re
import stat
import time
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import IO

from gaelocal.appengine.http import Body, Headers, Request, Response
from gaelocal.appengine.project.handlers import Handler

mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".mjs")


def serve_file(request: Request, handler: Handler) -> Response | int:
    """Return the response, or the status of the error."""
    if request.method not in ("GET", "HEAD"):
        return 405
    path = handler.file_for(request.path)
    file = _opened(path) if path else None
    if path is None or file is None:
        return 404
    facts = os.fstat(file.fileno())
    headers = _headers(path, handler, facts)
    if _is_unchanged(request, headers, facts):
        file.close()
        return Response(304, headers, Body(), withheld=facts.st_size)
    return Response(200, headers, Body.of_file(file, facts.st_size))


def _opened(path: Path) -> IO[bytes] | None:
    try:
        file = path.open("rb")
    except OSError:
        return None
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    return None


def _headers(path: Path, handler: Handler, facts: os.stat_result) -> Headers:
    own = {name.lower(): (name, value) for name, value in handler.headers}
    usual = {
        "Content-Type": handler.mime_type or _type(path),
        "Cache-Control": f"public, max-age={handler.max_age}",
        "Expires": _expiry(own.get("cache-control", ("", f"max-age={handler.max_age}"))[1]),
        "ETag": f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"',
        "Last-Modified": formatdate(facts.st_mtime, usegmt=True),
    }
    chosen = [(name, value) for name, value in usual.items() if value and name.lower() not in own]
    return [(name.encode(), value.encode("latin-1")) for name, value in (*chosen, *own.values())]


def _expiry(cache_control: str) -> str:
    """Return the time that corresponds to the max-age of Cache-Control; empty without one."""
    seconds = re.search(r"\bmax-age\s*=\s*(\d{1,10})", cache_control)
    return formatdate(time.time() + int(seconds[1]), usegmt=True) if seconds else ""


def _type(path: Path) -> str:
    guessed, encoding = mimetypes.guess_type(path.name)
    if guessed is None or encoding:
        return "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed


def _is_unchanged(request: Request, headers: Headers, facts: os.stat_result) -> bool:
    """Check If-None-Match if it is sent, else If-Modified-Since (RFC 9110, 13.2.2)."""
    known = request.field(b"if-none-match")
    if known:
        etag = dict(headers).get(b"ETag", b"")
        return known.strip() == b"*" or etag in re.findall(rb'"[^"]*"', known)
    return _is_since(request.field(b"if-modified-since").decode("latin-1"), int(facts.st_mtime))


def _is_since(written: str, modified: int) -> bool:
    try:
        return modified <= parsedate_to_datetime(written).timestamp()
    except (ValueError, OverflowError):
        return False
