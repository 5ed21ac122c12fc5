"""Cursors: the last position of a scan, signed and bound to its query."""

from itsdangerous import BadSignature, URLSafeSerializer

from timeline.errors import InvalidCursor

MAX_CHARACTERS = 300
"""A position is a photo ID of at most 49 characters, so a valid cursor is much shorter."""


def sign_cursor(secret_key: str, query: str, position: str) -> str:
    return str(_signer(secret_key, query).dumps(position))


def open_cursor(secret_key: str, query: str, cursor: str | None) -> str | None:
    """Return the position. Raises InvalidCursor for an altered cursor or one of another query."""
    if cursor is None:
        return None
    if len(cursor) > MAX_CHARACTERS:
        raise InvalidCursor
    try:
        position = str(_signer(secret_key, query).loads(cursor))
    except BadSignature as error:
        raise InvalidCursor from error
    # Base64 has unused bits and padding: several texts decode to the signed one.
    if sign_cursor(secret_key, query, position) != cursor:
        raise InvalidCursor
    return position


def _signer(secret_key: str, query: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=f"cursor:{query}")
