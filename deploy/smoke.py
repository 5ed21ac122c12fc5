"""Smoke test of a version at its own address before it gets traffic."""

import http.client
import json
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 180.0
"""A new version may return 5xx while its first instance starts and its address is propagated."""
PAUSE_SECONDS = 2.0
ANSWER_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The identity that /whoami reports; a service that only the platform may call answers 403."""

    service: str
    version: str


def failure_of(url: str, expected: Expected, timeout: float = TIMEOUT_SECONDS) -> str | None:
    """Request /healthz, /readyz and /whoami until all succeed; return the last error, or None."""
    deadline = time.monotonic() + timeout
    while True:
        wrong = _first_wrong(url, expected)
        if wrong is None or time.monotonic() > deadline:
            return wrong
        time.sleep(PAUSE_SECONDS)


def _first_wrong(url: str, expected: Expected) -> str | None:
    checks: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
        ("/healthz", lambda _: True),
        ("/readyz", lambda _: True),
        ("/whoami", lambda content: _is(content, expected)),
    )
    for path, is_right in checks:
        try:
            status, content = _get(url, path)
        except (OSError, http.client.HTTPException) as error:
            return f"{url}{path}: {error}"
        if path == "/whoami" and status == http.client.FORBIDDEN:
            continue
        if status != http.client.OK or not is_right(content):
            return f"{url}{path} answered {status}: {content[:200].decode(errors='replace')}"
    return None


def _is(content: bytes, expected: Expected) -> bool:
    try:
        who = json.loads(content)
    except ValueError:
        return False
    return bool(who.get("service") == expected.service and who.get("version") == expected.version)


def _get(url: str, path: str) -> tuple[int, bytes]:
    """Request a path. Names below `localhost` are this machine (RFC 6761); not all resolvers support them."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    host = "127.0.0.1" if name.endswith(".localhost") else name
    connection = (
        http.client.HTTPSConnection(
            host, parts.port, timeout=ANSWER_SECONDS, context=ssl.create_default_context()
        )
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, parts.port, timeout=ANSWER_SECONDS)
    )
    try:
        connection.request("GET", path, headers={"Host": parts.netloc, "User-Agent": "deploy-smoke-test"})
        answer = connection.getresponse()
        return answer.status, answer.read(10_000)
    finally:
        connection.close()
