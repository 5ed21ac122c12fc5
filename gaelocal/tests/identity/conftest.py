"""A running provider, and a client that follows its protocol step by step."""

import base64
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
from tests.serving_thread import serving

from gaelocal.identity import IdentityServer
from gaelocal.identity.keys import load_or_make
from gaelocal.ports import listening_socket

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
CALLBACK = "http://localhost:8080/callback"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Client:
    """A relying party and the browser in front of it; keeps cookies."""

    issuer: str
    browser: requests.Session = field(default_factory=requests.Session)

    def asked(self, **changes: str | None) -> dict[str, str]:
        query = {
            "response_type": "code",
            "client_id": "photo-timeline",
            "redirect_uri": CALLBACK,
            "scope": "openid profile email",
            "state": "s t&=ä",
            "nonce": "n-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        } | changes
        return {name: value for name, value in query.items() if value is not None}

    def authorize(self, **changes: str | None) -> requests.Response:
        return self.browser.get(
            f"{self.issuer}/authorize", params=self.asked(**changes), allow_redirects=False
        )

    def sign_in(self, user: str = "ana", **changes: str | None) -> requests.Response:
        address = f"{self.issuer}/signin?{urlencode(self.asked(**changes))}"
        return self.browser.post(address, data={"user": user}, allow_redirects=False)

    def code(self, user: str = "ana", **changes: str | None) -> str:
        return answer_of(self.sign_in(user, **changes))["code"]

    def fetch_tokens(self, code: str, **changes: str | None) -> requests.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "client_id": "photo-timeline",
            "code_verifier": VERIFIER,
        } | changes
        return requests.post(f"{self.issuer}/token", data=form, timeout=60)


def answer_of(response: requests.Response) -> dict[str, str]:
    """The query parameters of a redirect."""
    assert response.status_code == 303, response.text
    return dict(parse_qsl(urlsplit(response.headers["Location"]).query))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key made once: making one takes longer than most tests here."""
    file = tmp_path_factory.mktemp("identity") / "key.pem"
    load_or_make(file)
    return file


@pytest.fixture
def server(tmp_path: Path, key_file: Path, clock: Clock) -> Iterator[IdentityServer]:
    (tmp_path / "identity").mkdir()
    shutil.copy(key_file, tmp_path / "identity")
    sock = listening_socket(0, "--oidc-port")
    with serving(IdentityServer(tmp_path / "identity", sock, "photo-timeline", clock=clock)) as running:
        yield running


@pytest.fixture
def client(server: IdentityServer) -> Iterator[Client]:
    client = Client(server.url)
    with client.browser:
        yield client
