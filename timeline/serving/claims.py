"""Claims from the payload of a verified ID token, whose types and values may be anything that JSON can write.

A claim that identifies must be what the specifications say, or the token is refused. A claim that describes
a person is left out where it is not text, so that an odd name keeps nobody from signing in.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from timeline.accounts.users import Claims

MAX_SUBJECT = 255
"""OpenID Connect Core, 2."""
MAX_TEXT = 320
"""No name, username or mail address is longer."""
LATEST_SECONDS = 253_402_300_799
"""The last second that a datetime can hold: 9999-12-31T23:59:59Z."""


def claims_of(payload: Mapping[str, Any], fingerprint: str = "") -> Claims:
    """Raises ValueError for a payload that does not say who was identified by whom, and when."""
    return Claims(
        issuer=_issuer(payload.get("iss")),
        subject=_subject(payload.get("sub")),
        issued=datetime.fromtimestamp(seconds_of(payload, "iat"), UTC),
        preferred_username=_text(payload, "preferred_username"),
        email=_email(payload),
        email_verified=payload.get("email_verified") is True,
        name=_text(payload, "name"),
        fingerprint=fingerprint,
    )


def seconds_of(payload: Mapping[str, Any], name: str) -> float:
    """Return a NumericDate (RFC 7519, 2). Raises ValueError for anything else, or a moment before 1970."""
    value = payload.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LATEST_SECONDS:
        raise ValueError(f"{name} is not a moment")
    return float(value)


def _issuer(value: object) -> str:
    if not isinstance(value, str) or not _is_unicode(value):
        raise ValueError("iss is not a text")
    return value


def _subject(value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_SUBJECT or not _is_unicode(value):
        raise ValueError("sub names nobody")
    return value


def _text(payload: Mapping[str, Any], name: str) -> str:
    """An identity provider that shortens names may cut an emoji in half; the half is left out."""
    value = payload.get(name)
    return value[:MAX_TEXT].encode(errors="ignore").decode() if isinstance(value, str) else ""


def _email(payload: Mapping[str, Any]) -> str:
    """Never part of an address: that would be another person's."""
    value = payload.get("email")
    is_whole = isinstance(value, str) and len(value) <= MAX_TEXT and _is_unicode(value)
    return str(value) if is_whole else ""


def _is_unicode(text: str) -> bool:
    """JSON can write one half of a surrogate pair, which no encoding of Unicode has."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
