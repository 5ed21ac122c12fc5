"""JSON requests to the emulators."""

import json
import urllib.error
import urllib.request
from typing import Any

from gaelocal.direct_http import open_directly
from gaelocal.yaml_files import ConfigError

SECONDS = 120.0
"""A large object, or a page of entities on a busy machine, takes less."""


class Refused(ConfigError):
    """An emulator answered with an error."""


def ask(url: str, body: Any = None) -> Any:
    """Send JSON and return the parsed answer: a POST if there is a body, else a GET."""
    data = None if body is None else json.dumps(body).encode()
    return json.loads(send(url, data, "application/json") or b"{}")


def send(url: str, data: bytes | None = None, content_type: str = "") -> bytes:
    """Return the body of the answer.

    Raises:
        Refused: the emulator refuses the request.
        ConfigError: it does not answer.
    """
    headers = {"Content-Type": content_type} if content_type else {}
    request = urllib.request.Request(url, data, headers)  # noqa: S310 - an emulator of this machine
    try:
        with open_directly(request, timeout=SECONDS) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        raise Refused(f"{url.partition('?')[0]} answered {error.code}: {_reason(error)}") from error
    except OSError as error:
        raise ConfigError(f"{url.partition('?')[0]} does not answer: {error}") from error


def _reason(error: urllib.error.HTTPError) -> str:
    text = error.read().decode(errors="replace")
    try:
        return str(json.loads(text)["error"]["message"])
    except (ValueError, LookupError, TypeError):
        return text[:200]
