"""Identity providers for tests: local servers that publish keys, count who asks, and may fall silent."""

import json
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider(ThreadingHTTPServer):
    """`key_ids` are those it publishes, all of one key; while `is_broken` it answers 500 to everything."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: Counter[str] = Counter()
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.keys_url = f"{self.issuer}/keys"
        self.key_ids = ["known"]
        self.is_broken = False

    def documents(self) -> dict[str, Any]:
        public = RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"use": "sig", "alg": "RS256"}
        return {
            "/.well-known/openid-configuration": {"jwks_uri": self.keys_url},
            "/keys": {"keys": [public | {"kid": key_id} for key_id in self.key_ids]},
        }


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        self.server.asked[self.path] += 1
        self.send_response(500 if self.server.is_broken else 200)
        self.end_headers()
        self.wfile.write(json.dumps(self.server.documents()[self.path]).encode())

    def log_message(self, *_: object) -> None:
        return


def a_token(provider: Provider, kid: str = "known", **changes: Any) -> str:
    """A good token for the audience `app`, but for the changes; None leaves a claim out."""
    now = int(time.time())
    claims = {"iss": provider.issuer, "aud": "app", "sub": "1", "iat": now, "exp": now + 60} | changes
    given = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(given, KEY, "RS256", {"kid": kid})
