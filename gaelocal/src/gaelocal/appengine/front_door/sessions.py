"""Signed cookies of the front door: the signed-in user, and a sign-in in progress."""

import base64
import binascii
import contextlib
import hashlib
import hmac
import json
import re
import secrets
import time
from pathlib import Path
from typing import Any, NamedTuple

from gaelocal.appengine.http import Request
from gaelocal.atomic_write import write_atomically
from gaelocal.state_files import describe, set_aside

KEY_BYTES = 32
KEY_FORM = re.compile(r"[0-9a-f]{64}")


class SignedInUser(NamedTuple):
    """`user_id` is a number of up to 21 digits, as Google's are."""

    email: str
    user_id: str
    is_admin: bool

    @property
    def nickname(self) -> str:
        return self.email.partition("@")[0]


class CookieSealer:
    """Signs cookie values with a key of the data folder; values signed with another key are ignored."""

    def __init__(self, key_file: Path) -> None:
        self._key_file = key_file
        self._loaded: bytes | None = None

    def seal(self, purpose: str, values: dict[str, Any], seconds: int) -> str:
        content = json.dumps({**values, "expires": int(time.time()) + seconds}).encode()
        text = base64.urlsafe_b64encode(content).rstrip(b"=")
        return f"{text.decode()}.{self._signature(purpose, text)}"

    def unseal(self, purpose: str, cookie: str) -> dict[str, Any] | None:
        """Return the values; None where the cookie is forged, for another purpose or expired."""
        text, _, signature = cookie.partition(".")
        if not hmac.compare_digest(self._signature(purpose, text.encode()).encode(), signature.encode()):
            return None
        values: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return values if values["expires"] > time.time() else None

    def _signature(self, purpose: str, text: bytes) -> str:
        return hmac.new(self._key(), purpose.encode() + b"." + text, hashlib.sha256).hexdigest()

    def _key(self) -> bytes:
        if self._loaded is None:
            self._loaded = _load_or_make(self._key_file)
        return self._loaded


def cookie_of(request: Request, name: str) -> str:
    """Return the first cookie of that name; empty where there is none."""
    for pair in request.field(b"cookie").decode("latin-1").split(";"):
        key, _, value = pair.partition("=")
        if key.strip() == name:
            return value.strip().strip('"')
    return ""


def decode_claims(id_token: str) -> dict[str, Any]:
    """Return the claims of a token that came straight from the provider, whose signature is not checked.

    Raises:
        ValueError: it is not a JWT.
    """
    parts = id_token.split(".")
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
    except (IndexError, binascii.Error) as error:
        raise ValueError("not a JWT") from error
    claims: dict[str, Any] = json.loads(payload)
    return claims


def _load_or_make(file: Path) -> bytes:
    try:
        text = file.read_text(encoding="ascii").strip()
        if KEY_FORM.fullmatch(text):
            return bytes.fromhex(text)
        set_aside(file, "it is not a key of 64 hexadecimal digits")
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        set_aside(file, describe(error) if isinstance(error, OSError) else "it is not a key")
    key = secrets.token_bytes(KEY_BYTES)
    with contextlib.suppress(OSError):  # on a full disk users stay signed in until the restart
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, key.hex(), mode=0o600)
    return key
