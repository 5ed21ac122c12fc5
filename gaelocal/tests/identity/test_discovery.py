"""Discovery when browsers and services reach the provider by different addresses."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.serving_thread import serving

from gaelocal.identity import IdentityServer
from gaelocal.ports import listening_socket

FOR_BROWSERS = "http://localhost:8085"


@pytest.fixture
def address(tmp_path: Path, key_file: Path) -> Iterator[str]:
    (tmp_path / "key.pem").write_bytes(key_file.read_bytes())
    sock = listening_socket(0, "--oidc-port")
    with serving(IdentityServer(tmp_path, sock, "photo-timeline", issuer=FOR_BROWSERS)):
        yield "http://{}:{}".format(*sock.getsockname())


def document(address: str, host: str) -> dict[str, Any]:
    answer = requests.get(f"{address}/.well-known/openid-configuration", headers={"Host": host}, timeout=60)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_service_in_a_container_goes_on_with_the_address_it_asked_at(address: str) -> None:
    found = document(address, "emulators:8085")

    assert found["token_endpoint"] == "http://emulators:8085/token"
    assert found["jwks_uri"] == "http://emulators:8085/jwks.json"
    assert found["userinfo_endpoint"] == "http://emulators:8085/userinfo"


@pytest.mark.parametrize("host", ["emulators:8085", "127.0.0.1:8085", "identity.localhost:8085"])
def test_a_browser_is_always_sent_to_the_issuer(address: str, host: str) -> None:
    found = document(address, host)

    assert found["issuer"] == FOR_BROWSERS
    assert found["authorization_endpoint"] == f"{FOR_BROWSERS}/authorize"
    assert found["end_session_endpoint"] == f"{FOR_BROWSERS}/logout"


def test_on_this_machine_everything_is_at_the_issuer(address: str) -> None:
    found = document(address, "127.0.0.1:8085")

    assert found["token_endpoint"] == f"{FOR_BROWSERS}/token"
    assert found["jwks_uri"] == f"{FOR_BROWSERS}/jwks.json"


@pytest.mark.parametrize("host", ["evil.example", "emulators.example:8085", "a@localhost", ""])
def test_a_name_that_a_website_can_own_is_refused(address: str, host: str) -> None:
    answer = requests.get(f"{address}/jwks.json", headers={"Host": host}, timeout=60)

    assert answer.status_code in (400, 421)
