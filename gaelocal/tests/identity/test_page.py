"""The page "sign in as …" in a real browser, with a client waiting for the answer."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from tests.identity.conftest import Client


class Callback(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<title>back</title>")

    def log_message(self, *_args: object) -> None:
        """Log nothing."""


@pytest.fixture
def callback() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Callback)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/callback"
    server.shutdown()
    server.server_close()
    thread.join(90)


def test_tools_in_the_browser_may_ask_whether_search_engines_list_the_page(
    browser: Browser, client: Client
) -> None:
    """As Lighthouse does; the security policy of the page applies to it."""
    page = browser.new_page()
    page.goto(client.issuer)
    session = page.context.new_cdp_session(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    options = {"disableCache": True, "includeCredentials": True}

    answer = session.send(
        "Network.loadNetworkResource",
        {"frameId": frame, "url": f"{client.issuer}/robots.txt", "options": options},
    )

    assert answer["resource"]["httpStatusCode"] == 404


def test_the_home_page_shows_the_known_users(browser: Browser, client: Client) -> None:
    for name in ("Ana", "ana", "ben"):
        client.sign_in(name)
    page = browser.new_page(viewport={"width": 320, "height": 640})
    page.goto(client.issuer)

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.get_by_role("listitem").all_inner_texts() == ["ben", "ana"]
    page.get_by_role("link", name="discovery document").click()
    assert client.issuer in page.content()
    page.close()


@pytest.mark.parametrize("name", ["José", "a b"])
def test_an_invalid_name_shows_the_allowed_characters(client: Client, name: str) -> None:
    page = client.sign_in(name)

    assert page.status_code == 400
    assert page.text.count("letters from a to z") + page.text.count("Letters from a to z") == 2
    assert page.text.count("no spaces") == page.text.count("no accents") == 2


def test_typing_a_name_leads_back_to_the_client(browser: Browser, client: Client, callback: str) -> None:
    page = browser.new_page()
    page.goto(f"{client.issuer}/authorize?{urlencode(client.asked(redirect_uri=callback))}")
    expect(page.get_by_label("User name or mail address")).to_be_focused()

    page.keyboard.type("ana")
    page.keyboard.press("Enter")

    page.wait_for_url(f"{callback}?code=*")
    expect(page).to_have_title("back")
    page.close()


def test_a_name_used_lately_is_one_click(browser: Browser, client: Client, callback: str) -> None:
    client.sign_in("ben")
    page = browser.new_page()
    page.goto(f"{client.issuer}/authorize?{urlencode(client.asked(redirect_uri=callback))}")

    page.get_by_role("button", name="ben").click()

    expect(page).to_have_title("back")
    page.close()


def test_everyone_who_signed_in_or_got_a_token_is_listed(
    browser: Browser, client: Client, callback: str
) -> None:
    for number in range(12):
        client.sign_in(f"user-{number:02}")
    client.browser.get(f"{client.issuer}/token", params={"user": "by-command"})
    page = browser.new_page()
    page.goto(f"{client.issuer}/authorize?{urlencode(client.asked(redirect_uri=callback))}")

    expect(page.get_by_role("button", name="by-command")).to_be_visible()
    expect(page.get_by_role("button", name="user-00")).to_be_hidden()
    page.get_by_text("5 more").click()
    page.get_by_role("button", name="user-00").click()

    expect(page).to_have_title("back")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_is_accessible_and_fits(browser: Browser, client: Client, width: int, scheme: str) -> None:
    for name in ("ana", "a" * 64):
        client.sign_in(name)
    page = browser.new_page(viewport={"width": width, "height": 640}, color_scheme=scheme)
    page.goto(f"{client.issuer}/authorize?{urlencode(client.asked())}")

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_the_page_has_the_typeface_of_the_photo_timeline(client: Client) -> None:
    css = client.browser.get(f"{client.issuer}/signin.css").text
    font = client.browser.get(f"{client.issuer}/figtree-latin.woff2")

    assert "Figtree" in css
    assert font.content.startswith(b"wOF2")
    assert "font-src 'self'" in client.authorize().headers["Content-Security-Policy"]
