"""ID tokens: whose keys are asked for, and how often."""

import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from timeline.errors import Unauthenticated, Unavailable
from timeline.serving.tokens import Tokens

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "known", "use": "sig", "alg": "RS256"}


class Provider(ThreadingHTTPServer):
    """An identity provider that counts who asks for what."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked: Counter[str] = Counter()
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        import json

        self.server.asked[self.path] += 1
        documents = {
            "/.well-known/openid-configuration": {"jwks_uri": f"{self.server.issuer}/keys"},
            "/keys": {"keys": [PUBLIC]},
        }
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(documents[self.path]).encode())

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def a_token(provider: Provider, kid: str = "known") -> str:
    now = int(time.time())
    claims = {"iss": provider.issuer, "aud": "app", "sub": "1", "iat": now, "exp": now + 60}
    return jwt.encode(claims, KEY, "RS256", {"kid": kid})


def test_keys_are_fetched_once(provider: Provider) -> None:
    tokens = Tokens(provider.issuer, "app")

    subjects = {tokens.verify(a_token(provider)).subject for _ in range(20)}

    assert subjects == {"1"}
    assert set(provider.asked.values()) == {1}


def test_unknown_key_ids_cause_no_flood(provider: Provider) -> None:
    tokens = Tokens(provider.issuer, "app")

    for number in range(20):
        with pytest.raises(Unauthenticated):
            tokens.verify(a_token(provider, kid=f"unknown-{number}"))

    assert provider.asked["/keys"] <= 2


def test_a_provider_that_is_gone_is_no_fault_of_the_caller(provider: Provider) -> None:
    token = a_token(provider)

    with pytest.raises(Unavailable):
        Tokens("http://127.0.0.1:1", "app").verify(token)
