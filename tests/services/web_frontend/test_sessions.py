"""Sign in and out in a browser."""

import dataclasses
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.services.web_frontend.visitors import Person, Site, authorize, come_back
from tests.timeline.factories import a_user, later
from timeline.account_deletion import deletion
from timeline.accounts import sessions
from timeline.errors import Unauthenticated
from timeline.gcp import memcache
from web_frontend import create_app, user_agents
from web_frontend.local_paths import local_path

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends


def test_a_new_person_signs_in_and_has_a_page(site: Site) -> None:
    newcomer = site.sign_in("newcomer")

    page = newcomer.opens("/user/newcomer/")

    assert page.status_code == 200
    assert "Signed in as" in page.text


def test_signing_in_asks_for_a_code_with_pkce_state_and_nonce(stranger: Person) -> None:
    away = urlsplit(stranger.opens("/signin").headers["Location"])

    asked = parse_qs(away.query)

    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert asked["redirect_uri"] == ["http://localhost/signin/done"]


def test_sign_in_returns_to_the_requested_page(stranger: Person) -> None:
    back = authorize(stranger, "ana", onward="/settings")

    assert come_back(stranger, back).headers["Location"] == "/settings"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "evil",
        "",
        "/a\r\nb",
    ],
)
def test_sign_in_never_redirects_to_another_site(elsewhere: str) -> None:
    assert local_path(elsewhere) == "/"


def test_a_sign_in_started_in_another_browser_is_refused(site: Site, stranger: Person) -> None:
    back_of_another_browser = authorize(site.stranger(), "mallory")

    answer = come_back(stranger, back_of_another_browser)

    assert answer.status_code == 401
    assert "Signed in as" not in stranger.opens("/").text


def test_a_code_works_only_once(stranger: Person) -> None:
    back = authorize(stranger, "ana")
    come_back(stranger, back)

    assert come_back(stranger, back).status_code == 401


def test_an_unavailable_identity_provider_is_a_503(backends: "Backends") -> None:
    settings = dataclasses.replace(backends.settings, oidc_issuer="http://127.0.0.1:1")
    browser = create_app(dataclasses.replace(backends, settings=settings)).test_client()

    assert browser.get("/signin").status_code == 503


def test_sign_in_starts_a_new_session(site: Site, stranger: Person) -> None:
    with stranger.browser.session_transaction() as session:
        session["planted"] = "by someone else"

    come_back(stranger, authorize(stranger, "ana"))

    with stranger.browser.session_transaction() as session:
        assert set(session) == {"visitor", "_permanent"}


def test_the_session_cookie_is_http_only_and_same_site(stranger: Person) -> None:
    cookie = come_back(stranger, authorize(stranger, "ana")).headers["Set-Cookie"]

    assert cookie.startswith("session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_over_https_the_cookie_is_bound_to_the_host(site: Site) -> None:
    browser = site.app.test_client()

    cookie = browser.get("/signin", headers={"X-Forwarded-Proto": "https"}).headers["Set-Cookie"]

    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_signing_out_ends_the_session(ana: Person) -> None:
    answer = ana.sends("/signout")

    assert answer.status_code == 303
    assert "Signed in as" not in ana.opens("/").text


def test_another_site_cannot_sign_anyone_out(ana: Person) -> None:
    assert ana.opens("/signout", Sec_Fetch_Site="cross-site").status_code == 403

    assert "Signed in as" in ana.opens("/").text


def test_a_copied_cookie_is_invalid_after_sign_out(ana: Person, site: Site) -> None:
    thief = copy_of(ana, site)

    ana.sends("/signout")

    assert "Signed in as" not in thief.opens("/").text
    assert thief.sends("/settings", {"summary": "daily"}).status_code == 401


def test_signing_in_again_ends_the_previous_session(ana: Person, site: Site) -> None:
    before = copy_of(ana, site)

    come_back(ana, authorize(ana, "ana"))

    assert "Signed in as" in ana.opens("/").text
    assert "Signed in as" not in before.opens("/").text


def test_signing_out_everywhere_ends_every_session_at_once(ana: Person, site: Site) -> None:
    phone, laptop = site.sign_in("ana"), site.sign_in("ana")
    for person in (ana, phone, laptop):
        assert "Signed in as" in person.opens("/").text

    answer = phone.sends("/signout/everywhere")

    assert answer.status_code == 303
    for person in (ana, phone, laptop):
        assert "Signed in as" not in person.opens("/").text
        assert person.sends("/settings", {"summary": "daily"}).status_code == 401


def test_signing_out_everywhere_reaches_other_instances_without_a_cache(
    ana: Person, cloud: "Cloud", backends: "Backends"
) -> None:
    settings = dataclasses.replace(backends.settings, memcache_host="")
    elsewhere = Site(create_app(dataclasses.replace(backends, cache=memcache.connect(settings))), cloud)
    other = copy_of(ana, elsewhere)
    assert "Signed in as" in other.opens("/").text

    ana.sends("/signout/everywhere")

    assert "Signed in as" not in other.opens("/").text


def test_sessions_are_listed_and_can_be_ended(ana: Person, site: Site) -> None:
    phone = site.stranger()
    phone.browser.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0"
    )
    come_back(phone, authorize(phone, "ana"))
    page = ana.opens("/settings").text

    (session,) = re.findall(r'name="session" value="([^"]+)"', page)
    ana.sends("/signout/elsewhere", {"session": session})

    assert "Firefox on Android" in page
    assert "This browser" in page
    assert "Signed in as" not in phone.opens("/").text
    assert "Signed in as" in ana.opens("/").text


def test_a_user_cannot_end_the_session_of_another(ana: Person, ben: Person) -> None:
    with ben.browser.session_transaction() as session:
        theirs = session["visitor"]["session"]

    ana.sends("/signout/elsewhere", {"session": theirs})

    assert "Signed in as" in ben.opens("/").text
    assert ana.sends("/signout/elsewhere", {"session": "../x"}).status_code == 404


def test_a_cookie_of_an_older_release_is_ignored(ana: Person) -> None:
    with ana.browser.session_transaction() as session:
        session["visitor"] = {name: session["visitor"][name] for name in ("handle", "issuer", "subject")}

    assert ana.opens("/").status_code == 200
    assert "Signed in as" not in ana.opens("/").text


def test_a_cookie_with_another_handle_is_refused(ana: Person, ben: Person) -> None:
    with ben.browser.session_transaction() as session:
        theirs = session["visitor"]
    with ana.browser.session_transaction() as session:
        session["visitor"] = session["visitor"] | {"handle": "ben", "session": theirs["session"]}

    assert ana.sends("/settings", {"display_name": "Mallory"}).status_code == 401


def test_a_session_ends_after_a_month(backends: "Backends") -> None:
    a_user(backends)
    session = sessions.open_session(backends, "ana", "Chrome on Linux")

    assert sessions.list_sessions(later(backends, days=29), "ana") != []
    assert sessions.list_sessions(later(backends, days=31), "ana") == []
    assert sessions.delete_expired(later(backends, days=31)) == 1
    assert backends.entities.get(sessions.key_of("ana", session)) == [None]


def test_the_oldest_session_is_closed_at_the_maximum(backends: "Backends") -> None:
    a_user(backends)
    first = sessions.open_session(backends, "ana", "first")

    for number in range(sessions.MAX_SESSIONS):
        sessions.open_session(backends, "ana", f"{number}")

    assert len(sessions.list_sessions(backends, "ana")) == sessions.MAX_SESSIONS
    assert not sessions.is_open(backends, "ana", first)


def test_a_deleted_account_gets_no_session(backends: "Backends") -> None:
    deletion.delete_account(backends, a_user(backends))

    with pytest.raises(Unauthenticated):
        sessions.open_session(backends, "ana", "late")


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36",
            "Chrome on Linux",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
            "Edge on Windows",
        ),
        ("curl/8.5", "A browser"),
    ],
)
def test_browsers_have_readable_names(user_agent: str, name: str) -> None:
    assert user_agents.name_of(user_agent) == name


def copy_of(person: Person, site: Site) -> Person:
    """Return another browser with the same cookie."""
    other = site.stranger()
    with person.browser.session_transaction() as kept, other.browser.session_transaction() as session:
        session.update(kept)
    return other
