"""Every operation on resources of ana, called by ben and without a token."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urljoin

import pytest
import requests

from tests.journeys.conformance.callers import ANSWER_SECONDS, Caller
from tests.journeys.conformance.resources import Request, requests_for, secrets_of, settle, state_of
from tests.journeys.conformance.surface import Surface


@pytest.fixture(scope="module")
def owner(as_: Callable[[str], Caller], url: str, is_own_platform: bool) -> Iterator[Caller]:
    ana = as_("ana")
    before = ana.get("/api/v1/me").json()["timezone"]
    settle(ana)
    if is_own_platform:
        sign_in_by_browser(url, ana.handle())
    yield ana
    ana.ask("PATCH", "/api/v1/me", json={"timezone": before})


@pytest.fixture(scope="module")
def requests_for_anas(surface: Surface, owner: Caller) -> list[Request]:
    operations = surface.operations()
    found = [request for each in operations for request in requests_for(surface, each, owner)]
    assert found
    return found


def test_an_anonymous_caller_cannot_reach_private_resources(
    requests_for_anas: list[Request], owner: Caller, nobody: Caller
) -> None:
    before, secrets = state_of(owner), secrets_of(owner)

    for request in requests_for_anas:
        answer = request.sent_by(nobody)

        assert (answer.status_code == 401) == request.operation.is_private, request.path
        assert not _told(answer, secrets), request.path
    assert state_of(owner) == before


def test_another_user_cannot_reach_private_resources(
    requests_for_anas: list[Request], owner: Caller, as_: Callable[[str], Caller], is_own_platform: bool
) -> None:
    before, secrets = state_of(owner), secrets_of(owner)

    for request in requests_for_anas:
        if _erases(request) and not is_own_platform:
            continue  # whose tokens they are should keep the account
        ben = as_(f"ben-{request.operation.name.replace('_', '-')}" if is_own_platform else "ben")
        answer = request.sent_by(ben)

        if request.operation.is_private and request.is_about_something:
            assert answer.status_code in (403, 404), (request.path, answer.status_code)
        assert answer.status_code < 500, request.path
        assert not _told(answer, secrets), request.path
        assert state_of(owner) == before, request.path


def test_the_original_of_a_photo_is_for_its_owner(
    owner: Caller, as_: Callable[[str], Caller], nobody: Caller
) -> None:
    image = _with_a_comment()
    photo = owner.post_photo(image, "private in its original").json()

    for caller in (nobody, as_("ben")):
        answer = caller.get(photo["image_url"])
        assert COMMENT not in answer.content


def test_the_owner_can_reach_every_resource(
    requests_for_anas: list[Request], owner: Caller, is_own_platform: bool
) -> None:
    """The same requests succeed for ana, so they are refused to others for the right reason."""
    reached = {
        request.operation.name: request.sent_by(owner).status_code
        for request in requests_for_anas
        if request.operation.is_private and not _erases(request)
    }

    if not is_own_platform:
        reached.pop("remove_session", None)  # nobody signs in by browser there
    assert {name: status for name, status in reached.items() if status >= 400} == {}


def sign_in_by_browser(url: str, user: str) -> None:
    """Sign in at the local identity provider to create a session."""
    browser = requests.Session()
    page = browser.get(f"{url}/signin", timeout=ANSWER_SECONDS)
    action = re.search(r'<form[^>]*action="([^"]*)"', page.text)
    assert action is not None
    where = urljoin(page.url, action[1].replace("&amp;", "&"))
    assert browser.post(where, data={"user": user}, timeout=ANSWER_SECONDS).status_code == 200


COMMENT = b"taken at home by ana"


def _with_a_comment() -> bytes:
    """A JPEG with a comment segment after its first marker."""
    from tests import pictures

    image = pictures.a_jpeg()
    return image[:2] + b"\xff\xfe" + (len(COMMENT) + 2).to_bytes(2, "big") + COMMENT + image[2:]


def _erases(request: Request) -> bool:
    return request.operation.method == "DELETE" and not request.is_about_something


def _told(answer: object, secrets: set[str]) -> set[str]:
    """Return the secrets that appear in the headers or the body of a response."""
    head = str(getattr(answer, "headers", ""))
    text = str(getattr(answer, "text", ""))
    return {secret for secret in secrets if secret in text or secret in head}
