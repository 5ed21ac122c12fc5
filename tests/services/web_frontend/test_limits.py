"""Limits of the website: signing in and posting end somewhere, reading and unsubscribing do not."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.services.web_frontend.visitors import Person, Site
from web_frontend import create_app

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends

SCALE = 0.01
"""Of every limit: three sign-ins a minute for an address."""


@pytest.fixture
def site(backends: "Backends", cloud: "Cloud") -> Site:
    settings = replace(backends.settings, rate_limit_scale=SCALE)
    return Site(create_app(replace(backends, settings=settings)), cloud)


def test_signing_in_over_and_over_ends(site: Site) -> None:
    """Twice as often as allowed, so that the turn of a minute in between changes nothing."""
    answers = [site.stranger().opens("/signin") for _ in range(7)]

    (*_, refused) = [answer for answer in answers if answer.status_code == 429]
    assert "Too many requests" in refused.text
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert answers[0].status_code == 302


def test_posting_with_bad_tokens_ends_too(site: Site) -> None:
    answers = [site.curl("/post/ana/", id_token="nonsense") for _ in range(7)]

    codes = [(answer.status_code, answer.get_json()["code"]) for answer in answers]
    assert codes[0] == (401, "unauthenticated")
    assert (429, "rate_limited") in codes


@pytest.mark.parametrize("path", ["/", "/user/ana/json/", "/image/nonsense/"])
def test_looking_is_not_counted(site: Site, path: str) -> None:
    stranger: Person = site.stranger()

    assert 429 not in {stranger.opens(path).status_code for _ in range(100)}


def test_mail_programs_unsubscribe_as_many_as_they_like(site: Site) -> None:
    """Those of a large provider all come from a few addresses (RFC 8058)."""
    assert {site.curl("/unsubscribe/nonsense").status_code for _ in range(20)} == {404}
