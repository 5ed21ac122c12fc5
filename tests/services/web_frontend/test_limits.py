"""Rate limits of the website: sign-ins and posts are limited, reads and unsubscriptions are not."""

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


def test_sign_ins_are_limited(site: Site) -> None:
    """Send twice the limit, so that the start of a new minute does not matter."""
    answers = [site.stranger().opens("/signin") for _ in range(7)]

    (*_, refused) = [answer for answer in answers if answer.status_code == 429]
    assert "Too many requests" in refused.text
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert answers[0].status_code == 302


def test_anonymous_callers_cannot_fill_the_log_with_errors(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """One request a minute: every response but the first of each minute is refused."""
    statuses = [site.stranger().opens("/logging/").status_code for _ in range(7)]

    criticals = [record for record in caplog.records if record.levelname == "CRITICAL"]
    assert statuses[0] == 200
    assert statuses.count(429) >= 5
    assert len(criticals) == statuses.count(200)


def test_posts_with_invalid_tokens_are_limited(site: Site) -> None:
    answers = [site.curl("/post/ana/", id_token="nonsense") for _ in range(7)]

    codes = [(answer.status_code, answer.get_json()["code"]) for answer in answers]
    assert codes[0] == (401, "unauthenticated")
    assert (429, "rate_limited") in codes


@pytest.mark.parametrize("path", ["/", "/user/ana/json/", "/image/nonsense/"])
def test_reading_pages_is_not_limited(site: Site, path: str) -> None:
    stranger: Person = site.stranger()

    assert 429 not in {stranger.opens(path).status_code for _ in range(100)}


def test_unsubscribing_is_not_limited(site: Site) -> None:
    """Requests of a large mail provider come from few addresses (RFC 8058)."""
    assert {site.curl("/unsubscribe/nonsense").status_code for _ in range(20)} == {404}
