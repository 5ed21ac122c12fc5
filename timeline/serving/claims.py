"""Read claims from the payload of a verified ID token, whose values may have any JSON type.

Identifying claims must conform to the specifications, or the token is refused. Descriptive claims are
ignored unless they are text, so that an odd name does not prevent a sign-in.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from timeline.accounts.users import Claims

MAX_SUBJECT = 255
"""OpenID Connect Core, 2."""
MAX_TEXT = 320
"""Longer than any real name, username or email address."""
LATEST_SECONDS = 253_402_300_799
"""The last second that a datetime can hold: 9999-12-31T23:59:59Z."""


def claims_of(payload: Mapping[str, Any], fingerprint: str = "") -> Claims:
    """Raises ValueError if issuer, subject or time is missing or invalid."""
    return Claims(
        issuer=_issuer(payload.get("iss")),
        subject=_subject(payload.get("sub")),
        issued=datetime.fromtimestamp(seconds_of(payload, "iat"), UTC),
        preferred_username=_text(payload, "preferred_username"),
        email=_email(payload),
        email_verified=_is_true(payload.get("email_verified")),
        name=_text(payload, "name"),
        fingerprint=fingerprint,
    )


def seconds_of(payload: Mapping[str, Any], name: str) -> float:
    """Return a NumericDate (RFC 7519, 2). Raises ValueError for other values and times before 1970."""
    value = payload.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LATEST_SECONDS:
        raise ValueError(f"{name} is not a timestamp")
    return float(value)


def _issuer(value: object) -> str:
    if not isinstance(value, str) or not _is_unicode(value):
        raise ValueError("iss is not text")
    return value


def _subject(value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_SUBJECT or not _is_unicode(value):
        raise ValueError("sub is missing or invalid")
    return value


def _text(payload: Mapping[str, Any], name: str) -> str:
    """Drop half an emoji at the end, which some identity providers leave when they shorten a name."""
    value = payload.get(name)
    return value[:MAX_TEXT].encode(errors="ignore").decode() if isinstance(value, str) else ""


def _is_true(value: object) -> bool:
    """Apple and Amazon Cognito send text, although OpenID Connect Core, 5.1, requires a boolean."""
    return value is True or value == "true"


def _email(payload: Mapping[str, Any]) -> str:
    """Return the whole address or none: a cut one could belong to another person."""
    value = payload.get("email")
    is_whole = isinstance(value, str) and len(value) <= MAX_TEXT and _is_unicode(value)
    return str(value) if is_whole else ""


def _is_unicode(text: str) -> bool:
    """JSON can contain single surrogates, which are not valid Unicode text."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
