"""The authorization endpoint: valid requests, errors, and redirects."""

from urllib.parse import urlencode

import pytest
import requests
from tests.identity.conftest import CALLBACK, Client, answer_of


def test_a_good_request_gets_the_page(client: Client) -> None:
    page = client.authorize()

    assert page.status_code == 200
    assert "Sign in as" in page.text
    assert "photo-timeline" in page.text
    assert "localhost:8080" in page.text


def test_signing_in_sends_code_state_and_issuer_back(client: Client) -> None:
    response = client.sign_in()

    assert response.headers["Location"].startswith(CALLBACK + "?")
    answer = answer_of(response)
    assert answer["state"] == "s t&=ä"
    assert answer["iss"] == client.issuer
    assert len(answer["code"]) >= 32


def test_an_answer_keeps_the_query_of_the_redirect_uri(client: Client) -> None:
    answer = answer_of(client.sign_in(redirect_uri="http://app.localhost:1/cb?tab=1"))

    assert answer["tab"] == "1"
    assert "code" in answer


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "sing"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"request": "e30"}, "request_not_supported"),
        ({"request_uri": "urn:x"}, "request_uri_not_supported"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_a_fault_goes_back_to_the_client(client: Client, changes: dict[str, str | None], error: str) -> None:
    answer = answer_of(client.authorize(**changes))

    assert answer["error"] == error
    assert answer["error_description"]
    assert answer["state"] == "s t&=ä"
    assert answer["iss"] == client.issuer
    assert "code" not in answer


def test_the_sign_in_form_checks_the_request_again(client: Client) -> None:
    answer = answer_of(client.sign_in(code_challenge_method="plain"))

    assert answer["error"] == "invalid_request"


def test_a_parameter_given_twice_is_refused(client: Client) -> None:
    query = [*client.asked().items(), ("scope", "openid")]

    response = client.browser.get(f"{client.issuer}/authorize", params=query, allow_redirects=False)

    assert answer_of(response)["error"] == "invalid_request"


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "http://example.com/callback",
        "https://localhost.example.com/",
        "http://localhost@example.com/",
        "http://example.com\\@localhost/",
        "http://localhost\\@example.com/",
        "http://localhost:80@example.com/",
        "http://localhost/#here",
        "http://local host/",
        "http://localhost/\r\nX: y",
        "//localhost/callback",
        "javascript:alert(1)",
        "myapp://callback",
        "http://127.0.0.2/",
        "http://xlocalhost/",
        "http://localhost/" + "a" * 2000,
    ],
)
def test_an_address_elsewhere_gets_an_error_page_and_no_redirect(client: Client, address: str | None) -> None:
    for response in (client.authorize(redirect_uri=address), client.sign_in(redirect_uri=address)):
        assert response.status_code == 400
        assert "Location" not in response.headers
        assert "cannot be answered" in response.text


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost",
        "https://localhost/cb",
        "http://127.0.0.1:49152/cb",
        "http://api-backend.localhost:8080/cb?x=1",
    ],
)
def test_any_address_of_this_machine_is_taken(client: Client, address: str) -> None:
    assert client.sign_in(redirect_uri=address).headers["Location"].startswith(address)


@pytest.mark.parametrize("client_id", [None, "", "two words", "x" * 201])
def test_a_request_without_a_client_gets_an_error_page(client: Client, client_id: str | None) -> None:
    response = client.authorize(client_id=client_id)

    assert response.status_code == 400
    assert "Location" not in response.headers


def test_a_request_may_be_posted(client: Client) -> None:
    page = client.browser.post(f"{client.issuer}/authorize", data=client.asked(), allow_redirects=False)

    assert page.status_code == 200
    assert "Sign in as" in page.text


def test_cancelling_is_access_denied(client: Client) -> None:
    address = f"{client.issuer}/signin?{urlencode(client.asked())}"

    response = client.browser.post(address, data={"user": "", "cancel": "yes"}, allow_redirects=False)

    assert answer_of(response)["error"] == "access_denied"


@pytest.mark.parametrize(
    "name", ["", "two words", "a" * 65, "<script>", "ana@", "@example.com", "å", "ana@b@c.d"]
)
def test_a_bad_name_gets_the_page_again(client: Client, name: str) -> None:
    page = client.sign_in(name)

    assert page.status_code == 400
    assert 'aria-invalid="true"' in page.text
    assert "Not a valid name" in page.text
    assert "<script>" not in page.text


def test_another_site_cannot_sign_a_browser_in(client: Client) -> None:
    address = f"{client.issuer}/signin?{urlencode(client.asked())}"

    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
        response = client.browser.post(address, data={"user": "ana"}, headers=header, allow_redirects=False)
        assert response.status_code == 403


def test_a_foreign_host_name_is_refused(client: Client) -> None:
    for path in ("/authorize", "/token?user=ana", "/jwks.json"):
        response = requests.get(client.issuer + path, headers={"Host": "evil.example"}, timeout=60)
        assert response.status_code == 421
