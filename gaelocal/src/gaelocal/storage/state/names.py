"""The names that buckets and objects may have (cloud.google.com/storage/docs/buckets#naming)."""

import re

from gaelocal.storage.state.errors import Invalid

MAX_OBJECT_NAME = 1024
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_BUCKET_COMPONENT = 63
_RESERVED_BUCKET = re.compile(r"goog.*|[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
"""Google's own names, and IP addresses."""


def checked_bucket_name(name: str) -> str:
    fits = _BUCKET.fullmatch(name) and ".." not in name and not _RESERVED_BUCKET.fullmatch(name)
    if not fits or max(map(len, name.split("."))) > _BUCKET_COMPONENT:
        raise Invalid(f"Invalid bucket name: '{name}'")
    return name


def checked_object_name(name: str) -> str:
    if not name:
        raise Invalid("Required parameter: name")
    if name in (".", "..") or "\r" in name or "\n" in name or name.startswith(".well-known/acme-challenge/"):
        raise Invalid(f"Disallowed object name: {name!r}")
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise Invalid("The name of an object must be valid UTF-8.") from None
    if size > MAX_OBJECT_NAME:
        raise Invalid("The maximum object length is 1024 characters.")
    return name
