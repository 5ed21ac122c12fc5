"""Error pages for people: no wording of the API, and always a next step."""

import re
from typing import TYPE_CHECKING

import pytest
from urllib3 import encode_multipart_formdata

from tests import pictures
from tests.services.web_frontend.visitors import OWN_PAGE, READS_PAGES, Person, Site, authorize, come_back
from timeline import errors
from timeline.accounts import sessions
from timeline.errors import TimelineError
from timeline.serving.problems import STATUSES, Problem, problem_of
from web_frontend.error_texts import text_of

if TYPE_CHECKING:
    from timeline.interfaces import Backends

WORDS_OF_THE_API = re.compile(
    r"multipart|token|header|bearer|cursor|idempotency|json|upload_url|field '|_|\bURL\b|ISO|retry in",
    re.IGNORECASE,
)
ERRORS = [error for error in vars(errors).values() if isinstance(error, type) and "code" in vars(error)]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_no_error_has_wording_of_the_api_on_a_page(site: Site, error: type[TimelineError]) -> None:
    with site.app.test_request_context():
        text = text_of(problem_of(error()))

    assert WORDS_OF_THE_API.search(text) is None, text
    assert text.endswith(".")


@pytest.mark.parametrize("code", [*STATUSES, "internal_error", "a_code_of_tomorrow"])
def test_a_detail_for_programs_is_replaced(code: str) -> None:
    problem = Problem(code=code, status=STATUSES.get(code, 500), detail="the ID token is odd", request_id="")

    if code not in ("forbidden", "image_too_large", "invalid_account", "not_found"):
        assert "token" not in text_of(problem)


@pytest.mark.parametrize(
    ("detail", "text"),
    [
        ("display_name must have 1 to 80 characters.", "The display name must have 1 to 80 characters."),
        ("timezone must be a time zone name.", "The time zone must be a time zone name."),
    ],
)
def test_fields_of_an_account_have_their_names_on_the_page(detail: str, text: str) -> None:
    problem = Problem(code="invalid_account", status=422, detail=detail, request_id="")

    assert text_of(problem) == text


def test_a_refused_form_leads_back_to_its_page(ana: Person, ben: Person) -> None:
    address = f"/photo/{ben.posts()}/"
    form = {"Referer": f"http://localhost{address}"}

    refused = ana.sends(f"{address}caption", {"caption": "mine"}, **form).text
    elsewhere = ana.sends(f"{address}caption", {"caption": "mine"}, Referer="https://other.example/x").text
    read = ana.opens("/user/nobody/").text

    assert f'<a class="button" href="{address}">Go back</a>' in refused
    assert "Go back" not in elsewhere + read


def test_scripts_get_the_text_for_people_beside_the_detail(ana: Person) -> None:
    answer = ana.sends("/post/ana/", {"caption": "x"}, Accept="application/problem+json")

    assert answer.json is not None
    assert "multipart field" in answer.json["detail"]
    assert answer.json["message"] == "Choose a photo first."


@pytest.mark.parametrize(("before", "after"), [("/photo/x/", "/photo/x/"), ("/post/", "/"), (None, "/")])
def test_a_cancelled_sign_in_returns_with_a_message(stranger: Person, before: str | None, after: str) -> None:
    stranger.opens(f"/signin?next={before}" if before else "/signin")

    answer = stranger.opens("/signin/done?error=access_denied&state=x")

    assert (answer.status_code, answer.headers["Location"]) == (303, after)
    assert "Sign-in was cancelled." in stranger.opens("/").text


def test_a_failed_sign_in_offers_another_one_to_the_same_page(stranger: Person) -> None:
    stranger.opens("/signin?next=/settings")

    answer = stranger.opens("/signin/done?error=server_error&state=x")

    assert answer.status_code == 401
    assert 'href="/signin?next=/settings"' in answer.text


def test_a_form_after_the_end_of_the_session_offers_to_sign_in(ana: Person, backends: "Backends") -> None:
    ana.opens("/settings")
    for session in sessions.list_sessions(backends, "ana"):
        backends.entities.delete(sessions.key_of("ana", session.id))  # leaves the cache as it is

    answer = ana.sends("/settings", {"summary": "off"}, Referer="http://localhost/settings?x=1")

    assert answer.status_code == 401
    assert "Your session has ended" in answer.text
    assert 'href="/signin?next=/settings"' in answer.text
    assert "Signed in as" not in answer.text


def test_signing_in_returns_to_a_page_with_its_query(stranger: Person) -> None:
    away = stranger.opens("/post/?share=abc").headers["Location"]

    assert away == "/signin?next=/post/%3Fshare%3Dabc"
    back = authorize(stranger, "ana", away.partition("next=")[2])
    assert come_back(stranger, back).headers["Location"] == "/post/?share=abc"


@pytest.mark.parametrize(
    ("image", "status", "text"),
    [
        (pictures.a_text_named_jpg(), 415, "not a supported image"),
        (b"", 400, "Choose a photo"),
        (b"\xff\xd8\xff" + bytes(25 * 1024 * 1024), 413, "larger than 20 MB"),
    ],
)
def test_without_scripts_a_refused_file_leads_back_to_the_form(
    ana: Person, image: bytes, status: int, text: str
) -> None:
    # werkzeug's client would leave its temporary copy of a large file open
    body, content_type = encode_multipart_formdata({"caption": "The sea", "image": ("photo.jpg", image)})

    answer = ana.browser.post(
        "/post/ana/", data=body, content_type=content_type, headers=READS_PAGES | OWN_PAGE
    )

    assert answer.status_code == status
    assert re.search(f'role="alert">[^<]*{text}', answer.text)
    assert 'method="post" action="/post/ana/"' in answer.text
    assert status == 413 or ">The sea</textarea>" in answer.text
