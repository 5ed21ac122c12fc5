"""The provider's signing key, kept in a file that only its owner can read."""

from pathlib import Path
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from jwt.types import Options
from jwt.utils import base64url_encode

from gaelocal.atomic_write import write_atomically
from gaelocal.state_files import describe, set_aside, why_unreadable

ALGORITHM = "RS256"
BITS = 2048

Signed = dict[str, Any]  # with `header` and `payload`


class SigningKey:
    """Signs and checks tokens with one RSA key, named by its thumbprint (RFC 7638)."""

    def __init__(self, private: rsa.RSAPrivateKey) -> None:
        self._private = private
        self._public = private.public_key()
        numbers = RSAAlgorithm.to_jwk(self._public, as_dict=True)
        self.key_id = _thumbprint(str(numbers["e"]), str(numbers["n"]))
        self.public_jwk: dict[str, Any] = {
            "kty": "RSA",
            "use": "sig",
            "alg": ALGORITHM,
            "kid": self.key_id,
            "n": numbers["n"],
            "e": numbers["e"],
        }

    def sign(self, claims: dict[str, Any], kind: str) -> str:
        headers = {"kid": self.key_id, "typ": kind}
        return jwt.encode(claims, self._private, algorithm=ALGORITHM, headers=headers)

    def read(
        self, token: str, *, issuer: str, audience: str | None = None, at_any_age: bool = False
    ) -> Signed:
        """Read a token of our own; `audience` None means any.

        Raises:
            jwt.InvalidTokenError: it has another issuer or audience, or it is expired.
        """
        options: Options = {
            "require": ["exp", "sub", "aud"],
            "verify_exp": not at_any_age,
            "verify_aud": audience is not None,
        }
        return jwt.decode_complete(
            token, self._public, algorithms=[ALGORITHM], audience=audience, issuer=issuer, options=options
        )


def load_or_make(file: Path) -> SigningKey:
    """Read the key; create and store a new one if there is no valid one."""
    try:
        return SigningKey(_read(file))
    except FileNotFoundError:
        pass
    except OSError as error:
        set_aside(file, describe(error))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        set_aside(file, why_unreadable(file, error))
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    write_atomically(file, _pem(private), mode=0o600)
    return SigningKey(private)


def _read(file: Path) -> rsa.RSAPrivateKey:
    pem = file.read_bytes()
    private = serialization.load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError("not an RSA key")
    return private


def _pem(private: rsa.RSAPrivateKey) -> str:
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _thumbprint(exponent: str, modulus: str) -> str:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(f'{{"e":"{exponent}","kty":"RSA","n":"{modulus}"}}'.encode())
    return base64url_encode(digest.finalize()).decode()
