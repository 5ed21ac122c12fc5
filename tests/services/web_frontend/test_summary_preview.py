"""The sandboxed preview of the summary email."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.services.web_frontend.visitors import Person


def test_the_preview_is_the_mail_in_a_sandbox(
    ana: Person, ben: Person, make_ready: Callable[[], None]
) -> None:
    ben.posts(caption="For the preview")
    make_ready()

    page, mail = ana.opens("/settings/summary"), ana.opens("/settings/summary/mail")

    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "For the preview" in page.text
    assert "For the preview" in mail.text
    assert "sandbox" in mail.headers["Content-Security-Policy"]
    assert "script-src" not in mail.headers["Content-Security-Policy"]
    assert mail.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_no_other_page_may_be_framed(ana: Person) -> None:
    for path in ("/settings", "/settings/summary", "/settings/delete"):
        assert "frame-ancestors 'none'" in ana.opens(path).headers["Content-Security-Policy"]


def test_an_empty_preview_says_so(ana: Person) -> None:
    assert "no email would be sent" in ana.opens("/settings/summary").text


def test_the_preview_is_for_those_signed_in(stranger: Person) -> None:
    assert stranger.opens("/settings/summary").headers["Location"] == "/signin?next=/settings/summary"
    assert stranger.opens("/settings/summary/mail").status_code == 401


def test_the_preview_shows_the_email_of_an_earlier_day(
    ana: Person, ben: Person, make_ready: Callable[[], None]
) -> None:
    ben.posts(caption="Posted today")
    make_ready()
    earlier = (datetime.now(UTC).date() - timedelta(days=20)).isoformat()

    then, weekly = (ana.opens(f"/settings/summary/mail?day={earlier}{more}") for more in ("", "&kind=weekly"))
    page = ana.opens(f"/settings/summary?day={earlier}&kind=weekly")

    assert (then.status_code, weekly.status_code) == (200, 200)
    assert "Posted today" not in then.text
    assert f'src="/settings/summary/mail?day={earlier}&amp;kind=weekly"' in page.text
    assert "no email would be sent" in page.text
    assert "Posted today" in ana.opens("/settings/summary/mail").text


@pytest.mark.parametrize("query", ["day=tomorrow", "day=9999-01-01", "day=2026-02-30", "kind=hourly"])
def test_an_invalid_day_or_kind_is_refused(ana: Person, query: str) -> None:
    assert ana.opens(f"/settings/summary/mail?{query}").status_code == 400


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31"])
def test_a_day_before_the_first_photo_could_exist_is_refused(ana: Person, day: str) -> None:
    assert ana.opens(f"/settings/summary?day={day}").status_code == 400


def test_the_form_says_which_days_it_accepts(ana: Person) -> None:
    answer = ana.opens("/settings/summary?day=9999-01-01")

    assert answer.status_code == 400
    assert "Choose a day from 1970-01-01 up to today." in answer.text
    assert 'type="date" name="day" min="1970-01-01"' in answer.text
    assert "<iframe" not in answer.text


@pytest.mark.parametrize("kind", ["daily", "weekly"])
def test_the_first_day_has_a_preview(ana: Person, kind: str) -> None:
    assert ana.opens(f"/settings/summary?day=1970-01-01&kind={kind}").status_code == 200
