"""`login:` of app.yaml: allowed users, redirects to sign-in, and forged cookies."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests
from tests.appengine.running import Running, StartEngine, a_service
from tests.serving_thread import serving

from gaelocal.appengine import Layout
from gaelocal.appengine.front_door.sign_in import IdentityProvider
from gaelocal.delivery import Delivery
from gaelocal.identity import IdentityServer
from gaelocal.ports import listening_socket

HANDLERS = """
app_engine_apis: true
handlers:
  - {url: /admin/.*, script: auto, login: admin}
  - {url: /members/.*, script: auto, login: required}
  - {url: /api/.*, script: auto, login: required, auth_fail_action: unauthorized}
  - {url: /files, static_dir: files, login: required}
  - {url: /.*, script: auto}
"""


@dataclass
class Browser:
    """Keeps cookies, as a browser does."""

    engine: Running
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, *, follow: bool = False) -> requests.Response:
        address = f"http://localhost:{self.engine.port}{path}"
        return self.session.get(address, allow_redirects=follow, timeout=60)

    def sign_in(self, path: str, user: str, **checked: str) -> requests.Response:
        page = self.get(path, follow=True)
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert action
        provider = page.url.partition("/authorize")[0]
        return self.session.post(provider + html.unescape(action[1]), {"user": user, **checked}, timeout=60)


@pytest.fixture(scope="module")
def front_door(tmp_path_factory: pytest.TempPathFactory, start_engine: StartEngine) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("login")
    provider = IdentityServer(folder / "identity", listening_socket(0, "--oidc-port"), "demo")
    service = a_service(folder / "app", "default", HANDLERS)
    (service / "files").mkdir()
    (service / "files" / "plan.txt").write_text("secret plan")
    with serving(provider):
        identity = IdentityProvider(provider.url, provider.url)
        yield start_engine(folder / "app", layout=Layout(identity=identity))


@pytest.fixture
def browser(front_door: Running) -> Browser:
    return Browser(front_door)


@pytest.mark.parametrize("path", ["/admin/x", "/members/x", "/files/plan.txt"])
def test_a_signed_out_client_is_redirected_to_the_sign_in_page(browser: Browser, path: str) -> None:
    response = browser.get(path)

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/_ah/login?continue=")
    assert "Sign in as" in browser.get(path, follow=True).text


def test_a_signed_out_client_gets_401_with_auth_fail_action_unauthorized(browser: Browser) -> None:
    assert browser.get("/api/x").status_code == 401


def test_other_pages_need_no_sign_in(browser: Browser) -> None:
    assert browser.get("/headers").status_code == 200


def test_signing_in_leads_back_to_the_page_and_names_the_user(browser: Browser) -> None:
    page = browser.sign_in("/members/echo?a=1", "ana")

    assert page.url.endswith("/members/echo?a=1")
    assert browser.get("/files/plan.txt").text == "secret plan"
    seen = browser.get("/headers").json()
    assert seen["HTTP_X_APPENGINE_USER_EMAIL"] == "ana@example.com"
    assert seen["HTTP_X_APPENGINE_USER_ID"].isdigit()
    assert seen["HTTP_X_APPENGINE_USER_IS_ADMIN"] == "0"


def test_only_an_administrator_sees_pages_for_administrators(browser: Browser) -> None:
    refused = browser.sign_in("/admin/echo", "ana")
    allowed = browser.sign_in("/_ah/login?continue=/admin/echo", "ana", admin="yes")

    assert refused.status_code == 401
    assert allowed.url.endswith("/admin/echo")
    assert allowed.status_code != 401
    assert browser.get("/headers").json()["HTTP_X_APPENGINE_USER_IS_ADMIN"] == "1"


def test_signing_out_ends_the_session_and_never_leaves_this_machine(browser: Browser) -> None:
    browser.sign_in("/members/echo", "ana")

    away = browser.get("/_ah/logout?continue=//evil.example/")

    assert away.headers["Location"] == "/"
    assert browser.get("/members/echo").status_code == 302


@pytest.mark.parametrize("change", [("^.", "_"), (".$", "g"), ("[.].*", ""), ("^[^.]*", ""), (".*", "")])
def test_a_changed_cookie_is_worth_nothing(browser: Browser, change: tuple[str, str]) -> None:
    browser.sign_in("/admin/echo", "ana", admin="yes")
    cookie = browser.session.cookies.get("gaelocal_session") or ""

    forged = browser.engine.ask("/admin/echo", Cookie=f"gaelocal_session={re.sub(*change, cookie)}")

    assert forged.status == 302


def test_the_cookie_of_a_sign_in_under_way_is_no_session(browser: Browser) -> None:
    browser.get("/admin/x", follow=True)
    under_way = next(cookie.value for cookie in browser.session.cookies if cookie.name == "gaelocal_sign_in")

    reply = browser.engine.ask("/admin/x", Cookie=f"gaelocal_session={under_way}")

    assert reply.status == 302


def test_a_code_without_the_cookie_of_its_sign_in_is_refused(front_door: Running) -> None:
    assert front_door.ask("/_ah/login?code=abc&state=def").status == 400


def test_user_headers_of_a_client_do_not_arrive(browser: Browser) -> None:
    reply = browser.engine.ask("/headers", X_AppEngine_User_Is_Admin="1", X_AppEngine_User_Email="eve@x.org")

    assert b"eve@x.org" not in reply.body
    assert reply.json["HTTP_X_APPENGINE_USER_IS_ADMIN"] == "0"


def test_tasks_and_cron_pass_pages_for_administrators(front_door: Running) -> None:
    delivered = front_door.run(front_door.engine.send(Delivery(path="/admin/echo", service="default")))

    assert delivered.status != 401
    assert delivered.status != 302
