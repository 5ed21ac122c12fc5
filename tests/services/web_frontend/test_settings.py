"""The settings page and one-click unsubscription."""

import io
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.services.web_frontend.visitors import Person, Site
from timeline.accounts import users
from timeline.digests import sending
from web_frontend.timezones import zones_by_region

if TYPE_CHECKING:
    from timeline.interfaces import Backends


def test_settings_are_saved(ana: Person, backends: "Backends") -> None:
    wanted = {"display_name": "Ana Sofía", "timezone": "Europe/Lisbon", "summary": "weekly"}

    answer = ana.sends("/settings", wanted)

    assert answer.status_code == 303
    user = users.get_user(backends, "ana")
    assert (user.display_name, user.timezone, user.summary) == ("Ana Sofía", "Europe/Lisbon", "weekly")
    assert "Ana Sofía" in ana.opens("/user/ana/").text


def test_photos_show_a_new_name_at_once(ana: Person, stranger: Person) -> None:
    ana.posts()
    pages = ("/", "/user/ana/")
    before = [stranger.opens(path).text for path in pages]

    ana.sends("/settings", {"display_name": "Ana Sofía"})

    link = '<a href="/user/ana/" dir="auto">Ana Sofía</a>'
    assert not any(link in page for page in before)
    assert all(link in stranger.opens(path).text for path in pages)


def test_a_text_that_is_too_long_is_named_as_on_the_page(ana: Person) -> None:
    answer = ana.sends("/settings", {"bio": "a" * 161})

    assert answer.status_code == 422
    assert "The text about you must have at most 160 characters." in answer.text


def test_refused_settings_are_shown_again_as_they_were_typed(ana: Person, backends: "Backends") -> None:
    typed = {"display_name": "\u200b", "bio": "By the <sea>", "timezone": "Asia/Kolkata", "summary": "weekly"}

    page = ana.sends("/settings", typed).text

    assert 'id="display_name_error" role="alert">The display name must have 1 to 80 characters.' in page
    assert 'aria-describedby="display_name_error about_name" aria-invalid="true" autofocus' in page
    assert 'value="By the &lt;sea&gt;"' in page
    assert re.search(r'<option value="Asia/Kolkata" selected>', page)
    assert 'value="weekly" checked' in page
    assert page.count('role="alert"') == 1
    assert users.get_user(backends, "ana").bio == ""


def test_a_refused_picture_is_named_beside_its_field(ana: Person) -> None:
    answer = ana.sends("/settings/picture", {"image": (io.BytesIO(b"no picture"), "me.jpg")})

    assert answer.status_code == 415
    assert 'id="image_error" role="alert">This file is not a supported image.' in answer.text
    assert '<input type="text" id="display_name" name="display_name" value="Ana"' in answer.text


def test_a_program_gets_the_problem_of_refused_settings(ana: Person) -> None:
    answer = ana.sends("/settings", {"display_name": ""}, Accept="application/json")

    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


@pytest.mark.parametrize(
    "wanted", [{"summary": "hourly"}, {"timezone": "Atlantis/Capital"}, {"display_name": ""}]
)
def test_invalid_settings_are_refused(ana: Person, wanted: dict[str, str]) -> None:
    assert ana.sends("/settings", wanted).status_code == 422


def test_settings_are_for_those_signed_in(stranger: Person) -> None:
    assert stranger.opens("/settings").headers["Location"] == "/signin?next=/settings"

    assert stranger.sends("/settings", {"summary": "daily"}).status_code == 401


def test_time_zones_are_listed_with_their_offsets(ana: Person) -> None:
    page = ana.opens("/settings").text

    assert '<optgroup label="Europe">' in page
    assert re.search(r'<option value="Asia/Kolkata">Kolkata \(UTC\+5:30\)</option>', page)
    assert "US/Pacific" not in page


def test_a_time_zone_with_an_old_name_stays_selected(ana: Person) -> None:
    ana.sends("/settings", {"timezone": "US/Pacific"})

    assert re.search(r'<option value="US/Pacific" selected>', ana.opens("/settings").text)


def test_offsets_are_formatted() -> None:
    zones = zones_by_region("UTC", datetime(2026, 1, 15, tzinfo=UTC))

    assert ("America/St_Johns", "St Johns (UTC\N{MINUS SIGN}3:30)") in zones["America"]
    assert ("Pacific/Auckland", "Auckland (UTC+13)") in zones["Pacific"]
    assert ("Europe/London", "London (UTC)") in zones["Europe"]
    assert ("UTC", "UTC") in zones["Other"]


def test_reading_the_unsubscribe_page_changes_nothing(
    ana: Person, stranger: Person, backends: "Backends"
) -> None:
    ana.sends("/settings", {"summary": "daily"})

    page = stranger.opens(f"/unsubscribe/{sending.unsubscribe_token(backends, 'ana')}")

    assert page.status_code == 200
    assert users.get_user(backends, "ana").summary == "daily"


def test_one_click_unsubscribes(ana: Person, site: Site, backends: "Backends") -> None:
    ana.sends("/settings", {"summary": "daily"})
    address = f"/unsubscribe/{sending.unsubscribe_token(backends, 'ana')}"

    answer = site.curl(address, **{"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert users.get_user(backends, "ana").summary == "off"


def test_an_invalid_token_unsubscribes_nobody(site: Site) -> None:
    assert site.curl("/unsubscribe/made-up").status_code == 404
