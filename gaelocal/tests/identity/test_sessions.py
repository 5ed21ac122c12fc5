"""Browser sessions: silent sign-in, known names, signing out."""

import re
import time
from pathlib import Path

import jwt
import requests
from tests.full_disk import fill_disk_for, needs_full_device
from tests.identity.conftest import Client, answer_of

from gaelocal.identity import IdentityServer
from gaelocal.identity.tokens import SignIn
from gaelocal.identity.users import User


def test_who_signed_in_once_is_signed_in_silently(client: Client) -> None:
    client.sign_in("ana")

    answer = answer_of(client.authorize(prompt="none"))

    tokens = client.fetch_tokens(answer["code"]).json()
    me = requests.get(f"{client.issuer}/userinfo", headers=bearer(tokens["access_token"]), timeout=60)
    assert me.json()["preferred_username"] == "ana"


@needs_full_device
def test_a_token_needs_no_room_in_the_list_of_known_users(client: Client, tmp_path: Path) -> None:
    fill_disk_for(tmp_path / "identity" / "recent.json")

    assert requests.get(f"{client.issuer}/token?user=ana", timeout=10).status_code == 200


def test_silent_sign_in_keeps_the_time_of_the_real_one(client: Client, server: IdentityServer) -> None:
    signed_in_at = int(time.time()) - 1000
    session = server._tokens.session(SignIn(User("ana"), signed_in_at))
    client.browser.cookies.set("gaelocal_identity", session)

    fresh_enough = answer_of(client.authorize(prompt="none", max_age="2000"))
    too_old = answer_of(client.authorize(prompt="none", max_age="999"))

    token = client.fetch_tokens(fresh_enough["code"]).json()["id_token"]
    assert jwt.decode(token, options={"verify_signature": False})["auth_time"] == signed_in_at
    assert too_old["error"] == "login_required"


def test_silent_sign_in_is_for_the_person_hinted_at(client: Client, server: IdentityServer) -> None:
    client.sign_in("ana")

    for hint in (
        {"login_hint": "ben"},
        {"id_token_hint": server.token_for("ben")},
        {"id_token_hint": "x.y.z"},
    ):
        assert answer_of(client.authorize(prompt="none", **hint))["error"] == "login_required"
    for hint in ({"login_hint": "ana@example.com"}, {"id_token_hint": server.token_for("ana", lifetime=-60)}):
        assert "code" in answer_of(client.authorize(prompt="none", **hint))


def test_a_forged_session_is_ignored(client: Client, server: IdentityServer) -> None:
    client.browser.cookies.set("gaelocal_identity", server.token_for("ana", audience=server.url))

    assert answer_of(client.authorize(prompt="none"))["error"] == "login_required"


def test_the_session_cookie_is_closed_to_scripts(client: Client) -> None:
    cookie = client.sign_in().headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_known_names_are_buttons_the_latest_first(client: Client) -> None:
    for name in ("ana", "ben", "ana", "cy@mail.org"):
        client.sign_in(name)

    page = client.authorize().text

    assert re.findall(r'<button class="person"[^>]* value="([^"]*)"', page) == ["cy@mail.org", "ana", "ben"]


def test_a_login_hint_is_typed_already(client: Client) -> None:
    assert 'value="&lt;b&gt;&quot;"' in client.authorize(login_hint='<b>"').text


def test_signing_out_ends_the_session_and_returns(client: Client) -> None:
    client.sign_in("ana")
    back = {"post_logout_redirect_uri": "http://localhost:8080/", "state": "x"}

    response = client.browser.get(f"{client.issuer}/logout", params=back, allow_redirects=False)

    assert response.headers["Location"] == "http://localhost:8080/?state=x"
    assert answer_of(client.authorize(prompt="none"))["error"] == "login_required"


def test_signing_out_with_nowhere_to_go_shows_a_page(client: Client) -> None:
    page = client.browser.post(f"{client.issuer}/logout", data={})

    assert page.status_code == 200
    assert "Signed out" in page.text


def test_signing_out_never_leads_elsewhere(client: Client) -> None:
    back = {"post_logout_redirect_uri": "https://example.com/"}

    response = client.browser.get(f"{client.issuer}/logout", params=back, allow_redirects=False)

    assert response.status_code == 400
    assert "Location" not in response.headers


def test_the_page_needs_nothing_from_outside_and_runs_no_script(client: Client) -> None:
    page = client.authorize()

    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script" not in policy
    assert "<script" not in page.text
    assert re.findall(r'(?:src|href)="([^"]*)"', page.text) == ["/figtree-latin.woff2", "/signin.css"]
    assert client.browser.get(f"{client.issuer}/signin.css").headers["Content-Type"] == "text/css"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
