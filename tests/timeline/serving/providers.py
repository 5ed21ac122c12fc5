"""Identity providers for tests: local servers that publish keys, count requests, and can fail."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider(ThreadingHTTPServer):
    """`key_ids` are those it publishes, all of one key; while `is_broken` it answers 500 to everything.

    `token_answer` is the body with which it trades any code for tokens.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: Counter[str] = Counter()
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.keys_url = f"{self.issuer}/keys"
        self.key_ids = ["known"]
        self.is_broken = False
        self.token_answer = b"{}"

    def documents(self) -> dict[str, Any]:
        public = RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"use": "sig", "alg": "RS256"}
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer,
                "jwks_uri": self.keys_url,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "id_token_signing_alg_values_supported": ["RS256"],
            },
            "/keys": {"keys": [public | {"kid": key_id} for key_id in self.key_ids]},
        }


@contextmanager
def running_provider() -> Iterator[Provider]:
    with Provider() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        self.server.asked[self.path] += 1
        self.send_response(500 if self.server.is_broken else 200)
        self.end_headers()
        self.wfile.write(json.dumps(self.server.documents()[self.path]).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(self.server.token_answer)

    def log_message(self, *_: object) -> None:
        return


def a_token(provider: Provider, kid: str = "known", **changes: Any) -> str:
    """Return a valid token for the audience `app` except for the changes; None removes a claim."""
    now = int(time.time())
    claims = {"iss": provider.issuer, "aud": "app", "sub": "1", "iat": now, "exp": now + 60} | changes
    given = {name: value for name, value in claims.items() if value is not None}
    return signed(json.dumps(given).encode(), kid)


def signed(payload: bytes, kid: str = "known") -> str:
    """Sign any bytes, which PyJWT refuses to do for claims of the wrong type."""
    return jwt.PyJWS().encode(payload, KEY, "RS256", {"kid": kid})
