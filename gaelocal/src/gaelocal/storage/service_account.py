"""The service account that signs URLs, so that no Google account is needed."""

import base64
import json
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaelocal.atomic_write import write_atomically
from gaelocal.credentials import SERVICE_ACCOUNT
from gaelocal.state_files import read_json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

PEM = re.compile(r"-----BEGIN PRIVATE KEY-----\n([A-Za-z0-9+/=\n]+)-----END PRIVATE KEY-----\n")
DER_SEQUENCE = b"\x30\x82"
EMAIL = SERVICE_ACCOUNT


class ServiceAccount:
    """Its key is generated once; cryptography is only imported to generate it or to check a signature."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def write(self, token_uri: str) -> None:
        """Write the JSON key file that google-auth reads; a first key takes a tenth of a second."""
        key = self._kept_key() or _new_key()
        text = json.dumps(_key_file(key, token_uri), indent=2)
        write_atomically(self.file, text, mode=0o600)

    def verify(self, email: str, signature: bytes, text: bytes) -> bool:
        """Return whether this account has signed the text (RSA PKCS#1 v1.5, SHA-256)."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415

        if email != EMAIL:
            return False
        try:
            self._public_key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    @cached_property
    def _public_key(self) -> "RSAPublicKey":
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

        key = load_pem_private_key((self._kept_key() or "").encode(), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError(f"{self.file} does not hold an RSA key")
        return key.public_key()

    def _kept_key(self) -> str | None:
        return read_json(self.file, _key_of, None)


def _key_of(kept: Any) -> str:
    """Return the key; checked for its form alone, because cryptography takes long to import."""
    key = str(kept["private_key"])
    form = PEM.fullmatch(key)
    der = base64.b64decode(form[1]) if form else b""
    # A DER sequence of more than 255 bytes: its length is in the bytes after `30 82`.
    if der[:2] != DER_SEQUENCE or len(der) != int.from_bytes(der[2:4]) + 4:
        raise ValueError("no private key in it")
    return key


def _new_key() -> str:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode()


def _key_file(key: str, token_uri: str) -> dict[str, str]:
    return {
        "type": "service_account",
        "project_id": "gaelocal",
        "private_key_id": "gaelocal",
        "private_key": key,
        "client_email": EMAIL,
        "client_id": "0",
        "token_uri": token_uri,
    }
