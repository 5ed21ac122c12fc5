"""Customer-supplied encryption keys (cloud.google.com/storage/docs/encryption/customer-supplied-keys).

An object written with a key is only read with the same key. Its bytes on the local disk are not encrypted.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping

from gaelocal.storage.state.errors import Invalid
from gaelocal.storage.state.records import Fields, StoredObject

KEY_BYTES = 32


class CustomerKey:
    """Reads the key of a request, of which only the SHA-256 is kept."""

    @staticmethod
    def in_headers(headers: Mapping[str, str], prefix: str = "x-goog-") -> str | None:
        """Return the SHA-256 of the key in base64.

        Raises:
            Invalid: the three headers do not belong together.
        """
        algorithm, key, digest = (
            headers.get(f"{prefix}encryption-{name}") for name in ("algorithm", "key", "key-sha256")
        )
        if key is None and digest is None:
            return None
        if algorithm != "AES256":
            raise Invalid(
                "Missing or unknown encryption algorithm: only AES256 is supported.",
                reason="customerEncryptionAlgorithmIsInvalid",
            )
        decoded = _decoded(key or "")
        if len(decoded) != KEY_BYTES:
            raise Invalid(
                "Missing an encryption key, or it is not a base64 encoded AES256 key.",
                reason="customerEncryptionKeyFormatIsInvalid",
            )
        calculated = base64.b64encode(hashlib.sha256(decoded).digest()).decode()
        if digest != calculated:
            raise Invalid(
                "Missing a SHA256 hash of the encryption key, or it does not match the key.",
                reason="customerEncryptionKeySha256IsInvalid",
            )
        return calculated


def demand_key(found: StoredObject, key: str | None) -> None:
    """Raise Invalid unless the key is the one with which the object was written."""
    wanted = key_of(found)
    if wanted == key:
        return
    if wanted is None:
        raise Invalid(
            "The target object is not encrypted by a customer-supplied encryption key.",
            reason="resourceNotEncryptedWithCustomerEncryptionKey",
            code="ResourceNotEncryptedWithCustomerEncryptionKey",
        )
    if key is None:
        raise Invalid(
            "The target object is encrypted by a customer-supplied encryption key.",
            reason="resourceIsEncryptedWithCustomerEncryptionKey",
            code="ResourceIsEncryptedWithCustomerEncryptionKey",
        )
    raise Invalid(
        "The provided encryption key is incorrect.",
        reason="customerEncryptionKeyIsIncorrect",
        code="CustomerEncryptionKeyIsIncorrect",
    )


def key_of(found: StoredObject) -> str | None:
    encryption = found.fields.get("customerEncryption") or {}
    return encryption.get("keySha256")


def encryption_fields(key: str | None) -> Fields:
    return {"customerEncryption": {"encryptionAlgorithm": "AES256", "keySha256": key}} if key else {}


def _decoded(key: str) -> bytes:
    try:
        return base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return b""
