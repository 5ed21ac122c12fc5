"""Sealed JSON objects for the cache: only objects that this application stored are read back.

Other projects and releases may share the cache, and a faulty one may return any bytes. Checks of single
fields are never complete; a seal tells whether an object is exactly the one that was stored.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

FIELD = "seal"
"""A field of the object, so that releases without seals can read the object too."""
SEAL_BYTES = 16


class Unreadable(Exception):
    """The bytes are not an object that was stored under this name."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Binds objects to the name under which they are stored."""

    secret_key: str
    name: str

    def write(self, fields: dict[str, Any]) -> bytes:
        return json.dumps({**fields, FIELD: self._digest(fields)}).encode()

    def read(self, stored: bytes) -> dict[str, Any]:
        """Raises Unreadable."""
        try:
            fields: dict[str, Any] = json.loads(stored)
            seal = fields.pop(FIELD)
            is_ours = hmac.compare_digest(seal, self._digest(fields))
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
            raise Unreadable from error
        if not is_ours:
            raise Unreadable
        return fields

    def _digest(self, fields: dict[str, Any]) -> str:
        key = hashlib.sha256(self.secret_key.encode()).digest()
        text = json.dumps([self.name, fields]).encode()
        return hashlib.blake2b(text, digest_size=SEAL_BYTES, key=key).hexdigest()
