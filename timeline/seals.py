"""JSON objects with a seal, for the cache: what this application did not write there is not read.

The cache may be shared with other projects and other releases, and a broken one may answer anything. No
check of single fields is complete; a seal tells whether an object is exactly the one that was stored.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

FIELD = "seal"
"""Beside the fields themselves, so that releases that know no seals can read the object."""
SEAL_BYTES = 16


class Unreadable(Exception):
    """It is not what was stored under this name."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Binds objects to the name they are stored under."""

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
