"""Codes and tokens: their validity and audience."""

from pathlib import Path

import jwt
import pytest
import requests
from tests.identity.conftest import CALLBACK, VERIFIER, Client, Clock
from tests.serving_thread import serving

from gaelocal.identity import IdentityServer, InvalidName
from gaelocal.ports import listening_socket


def read(server_url: str, token: str, audience: str = "photo-timeline") -> dict:
    """Check a token as a client does: by discovery and the key set."""
    keys = requests.get(f"{server_url}/.well-known/openid-configuration", timeout=60).json()["jwks_uri"]
    key = jwt.PyJWKClient(keys).get_signing_key_from_jwt(token)
    return jwt.decode(token, key, algorithms=["RS256"], audience=audience, issuer=server_url)


def test_an_id_token_says_who_when_and_for_whom(client: Client) -> None:
    tokens = client.fetch_tokens(client.code("ana.lopez")).json()

    claims = read(client.issuer, tokens["id_token"])

    assert claims["preferred_username"] == "ana.lopez"
    assert claims["name"] == "Ana Lopez"
    assert claims["email"] == "ana.lopez@example.com"
    assert claims["email_verified"] is True
    assert claims["nonce"] == "n-1"
    assert claims["exp"] - claims["iat"] == tokens["expires_in"]
    assert claims["auth_time"] <= claims["iat"]


def test_a_subject_is_the_same_for_ever_and_different_for_everyone(client: Client) -> None:
    def subject(user: str) -> str:
        return read(client.issuer, client.fetch_tokens(client.code(user)).json()["id_token"])["sub"]

    assert subject("ana") == subject("ana") == subject("ana@example.com")
    assert len({subject("ana"), subject("ana@mail.org"), subject("ben")}) == 3


def test_capitals_make_no_other_person(client: Client, server: IdentityServer) -> None:
    typed = ("ana", "Ana", "ANA", "Ana@Example.COM")

    users = [read(server.url, server.token_for(name)) for name in typed]

    assert len({user["sub"] for user in users}) == 1
    assert {user["preferred_username"] for user in users} == {"ana"}
    assert {user["email"] for user in users} == {"ana@example.com"}


def test_a_mail_address_is_a_person_too(server: IdentityServer) -> None:
    claims = read(server.url, server.token_for("ana+x@mail.org"))

    assert claims["email"] == "ana+x@mail.org"
    assert claims["preferred_username"] == "ana+x"


def test_userinfo_agrees_with_the_id_token(client: Client) -> None:
    tokens = client.fetch_tokens(client.code()).json()
    authorization = {"Authorization": f"Bearer {tokens['access_token']}"}

    me = requests.get(f"{client.issuer}/userinfo", headers=authorization, timeout=60).json()

    claims = read(client.issuer, tokens["id_token"])
    assert me == {name: claims[name] for name in me}
    assert me["sub"]


def test_userinfo_takes_access_tokens_only(client: Client, server: IdentityServer) -> None:
    refused = [None, "Bearer x", f"Bearer {server.token_for('ana', audience=server.url)}", "Basic YTpi"]
    for authorization in refused:
        headers = {"Authorization": authorization} if authorization else {}
        response = requests.get(f"{client.issuer}/userinfo", headers=headers, timeout=60)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_access_token_is_not_an_id_token(client: Client) -> None:
    access = client.fetch_tokens(client.code()).json()["access_token"]

    with pytest.raises(jwt.InvalidAudienceError):
        read(client.issuer, access)


def test_a_code_is_good_once(client: Client) -> None:
    code = client.code()
    assert client.fetch_tokens(code).status_code == 200

    again = client.fetch_tokens(code)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert again.headers["Cache-Control"] == "no-store"


def test_a_code_is_good_for_a_minute(client: Client, clock: Clock) -> None:
    fresh, stale = client.code(), client.code()

    clock.now += 59
    assert client.fetch_tokens(fresh).status_code == 200
    clock.now += 1
    assert client.fetch_tokens(stale).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "other"}, "invalid_grant"),
        ({"redirect_uri": CALLBACK + "/"}, "invalid_grant"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"code": "made-up"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": None}, "invalid_request"),
    ],
)
def test_a_code_is_bound_to_its_request(client: Client, changes: dict[str, str | None], error: str) -> None:
    response = client.fetch_tokens(**{"code": client.code(), **changes})

    assert response.status_code == 400
    assert response.json()["error"] == error


def test_a_wrong_proof_spends_the_code(client: Client) -> None:
    code = client.code()
    client.fetch_tokens(code, code_verifier="w" * 43)

    assert client.fetch_tokens(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("form", "basic", "status"),
    [
        ({"client_id": "photo-timeline"}, None, 200),
        ({"client_id": "photo-timeline", "client_secret": "s"}, None, 200),
        ({}, ("photo-timeline", "s"), 200),
        ({"client_id": "photo-timeline"}, ("photo-timeline", "s"), 200),
        ({}, None, 401),
        ({"client_id": "other"}, ("photo-timeline", "s"), 401),
        ({"client_secret": "s"}, ("photo-timeline", "s"), 400),
        ({}, ("other", "s"), 400),
    ],
)
def test_a_client_names_itself_in_three_ways(
    client: Client, form: dict[str, str], basic: tuple[str, str] | None, status: int
) -> None:
    grant = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}

    response = requests.post(
        f"{client.issuer}/token", data=grant | {"code": client.code()} | form, auth=basic, timeout=60
    )

    assert response.status_code == status, response.text


@pytest.mark.parametrize("header", ["Bearer x", "Basic !", "Basic YQ==", "Basic"])
def test_a_broken_authorization_header_is_an_invalid_client(client: Client, header: str) -> None:
    form = {"grant_type": "authorization_code", "code": client.code()}

    response = requests.post(
        f"{client.issuer}/token", data=form, headers={"Authorization": header}, timeout=60
    )

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert response.headers["WWW-Authenticate"] == "Basic"


def test_a_token_comes_as_text_for_the_command_line(server: IdentityServer) -> None:
    token = requests.get(f"{server.url}/token", params={"user": "ana"}, timeout=60).text

    assert read(server.url, token)["preferred_username"] == "ana"


def test_the_command_line_reports_an_invalid_name(server: IdentityServer) -> None:
    response = requests.get(f"{server.url}/token", params={"user": "no one"}, timeout=60)

    assert response.status_code == 400
    assert "user name" in response.text


def test_another_site_gets_no_token(server: IdentityServer) -> None:
    for site in ("cross-site", "same-site"):
        address = f"{server.url}/token?user=ana"
        assert requests.get(address, headers={"Sec-Fetch-Site": site}, timeout=60).status_code == 403


def test_another_site_that_opens_the_address_of_a_token_adds_no_name_to_the_sign_in(
    server: IdentityServer,
) -> None:
    opened = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}

    requests.get(f"{server.url}/token?user=pushed", headers=opened, timeout=60)
    requests.get(f"{server.url}/token?user=asked", timeout=60)

    page = requests.get(server.url, timeout=60).text
    assert ("pushed" in page, "asked" in page) == (False, True)


def test_tokens_can_be_expired_or_for_another_audience(server: IdentityServer) -> None:
    with pytest.raises(jwt.ExpiredSignatureError):
        read(server.url, server.token_for("ana", lifetime=-1))
    with pytest.raises(jwt.InvalidAudienceError):
        read(server.url, server.token_for("ana", audience="another"))
    with pytest.raises(InvalidName):
        server.token_for("no one")


def test_key_and_recent_names_survive_a_restart(tmp_path: Path) -> None:
    def provider() -> IdentityServer:
        return IdentityServer(tmp_path / "identity", listening_socket(0, "--oidc-port"), "photo-timeline")

    with serving(provider()) as first:
        before = requests.get(f"{first.url}/jwks.json", timeout=60).json()
        requests.get(f"{first.url}/token", params={"user": "ana"}, timeout=60)
    with serving(provider()) as second:
        after = requests.get(f"{second.url}/jwks.json", timeout=60).json()
        page = Client(second.url).authorize().text

    assert after == before
    assert 'value="ana"' in page
    assert (tmp_path / "identity" / "key.pem").stat().st_mode & 0o077 == 0


def test_the_key_set_shows_no_private_part(server: IdentityServer) -> None:
    (key,) = requests.get(f"{server.url}/jwks.json", timeout=60).json()["keys"]

    assert key.keys() == {"kty", "use", "alg", "kid", "n", "e"}


@pytest.mark.parametrize("path", ["/token", "/authorize", "/logout"])
@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=x",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
    ],
)
def test_a_malformed_form_is_a_bad_request(client: Client, path: str, kind: str) -> None:
    response = requests.post(client.issuer + path, b"a=\xff", headers={"Content-Type": kind}, timeout=60)

    assert response.status_code == 400
