"""Without a connection in a real browser: the last timeline is readable, and posts are sent later, once."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import CHROMIUM, WAIT_MILLISECONDS
from tests.pictures import a_jpeg
from tests.services.web_frontend.chromium import DEFAULTS, Tunnel, Window, served
from tests.services.web_frontend.visitors import Person
from tests.waiting import eventually
from timeline import idempotency
from timeline.interfaces import Scan

if TYPE_CHECKING:
    from timeline.interfaces import Backends

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

MakeReady = Callable[[], None]
CONTROLLED = """() => new Promise((done) => {
    if (navigator.serviceWorker.controller) done();
    else navigator.serviceWorker.addEventListener("controllerchange", () => done(), {once: true});
})"""
SAVED_PATHS = """async () => {
    const names = await caches.keys();
    const paths = [];
    for (const name of names.filter((name) => ["pages", "images"].includes(name))) {
        for (const {url} of await (await caches.open(name)).keys()) paths.push(new URL(url).pathname);
    }
    return paths;
}"""
STORED_POSTS = """() => new Promise((done) => {
    const opening = indexedDB.open("photo-timeline");
    opening.onsuccess = () => {
        const all = opening.result.transaction("posts").objectStore("posts").getAll();
        all.onsuccess = () => {
            opening.result.close();
            done(all.result.map(({user, state}) => `${user} ${state}`));
        };
    };
})"""
SENT_YESTERDAY = """() => new Promise((done) => {
    const opening = indexedDB.open("photo-timeline");
    opening.onsuccess = () => {
        const writing = opening.result.transaction("posts", "readwrite");
        const posts = writing.objectStore("posts");
        posts.getAll().onsuccess = ({target}) => {
            for (const post of target.result) posts.put({...post, firstSent: Date.now() - 25 * 3600 * 1000});
        };
        writing.oncomplete = () => { opening.result.close(); done(); };
    };
})"""
BREAK_THE_DATABASE = """() => {
    const fail = () => { throw new DOMException("Internal error opening backing store.", "UnknownError"); };
    Object.assign(indexedDB, {open: fail});
    Object.assign(IDBDatabase.prototype, {transaction: fail});
}"""
"""Fail as a browser does whose profile is damaged or on a full disk."""
LOSE_THE_STORED_FILES = """
    const get = IDBObjectStore.prototype.get;
    globalThis.areFilesLost = true;
    IDBObjectStore.prototype.get = function (key) {
        const isLost = this.name === "files" && globalThis.areFilesLost;
        if (isLost) throw new DOMException("Failed to read large IndexedDB value", "DataError");
        return get.call(this, key);
    };
"""
SHARE = """([content, caption]) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], "shared.jpg", {type: "image/jpeg"}));
    const form = document.createElement("form");
    Object.assign(form, {method: "post", action: "/share/", enctype: "multipart/form-data"});
    form.innerHTML = '<input name="text"><input type="file" name="image">';
    form.elements.text.value = caption;
    form.elements.image.files = files.files;
    document.body.append(form);
    form.submit();
}"""
"""Send what the system sends when another app shares a photo with the installed site."""


class Phone:
    """A browser on a network that can be cut."""

    def __init__(self, context: BrowserContext, address: str, tunnel: Tunnel) -> None:
        self.context = context
        self.address = address
        self.tunnel = tunnel

    def opens(self, path: str = "/") -> Page:
        """Open a new tab that the service worker controls."""
        page = self.context.new_page()
        page.goto(self.address + path)
        page.evaluate(CONTROLLED)
        return page

    def signs_in(self, user: str) -> Page:
        page = Window(self.context.new_page(), self.address).signs_in(user)
        page.evaluate(CONTROLLED)
        eventually(lambda: "/" in page.evaluate(SAVED_PATHS))
        return page

    def goes_offline(self) -> None:
        self.tunnel.is_cut = True
        self.context.set_offline(True)

    def is_back_online(self) -> None:
        self.tunnel.is_cut = False
        self.context.set_offline(False)


@pytest.fixture
def phone(app: Flask, browser: Browser) -> Iterator[Phone]:
    tunnel = Tunnel(app)
    with served(tunnel) as address:
        context = browser.new_context(**DEFAULTS)
        context.set_default_timeout(WAIT_MILLISECONDS)
        yield Phone(context, address, tunnel)
        context.close()


def post(page: Page, files: list[str]) -> None:
    page.click(".masthead a[data-opens-sheet]")
    page.set_input_files("#image", files)
    expect(page.locator(".chosen li")).to_have_count(len(files))
    page.click("dialog [type=submit]")


def posted_photos(page: Page) -> Any:
    return expect(page.locator(".photo:not(.pending)"))


def test_the_last_timeline_is_readable_offline(phone: Phone, ana: Person, make_ready: MakeReady) -> None:
    ana.posts(caption="The sea", image=a_jpeg(640, 480))
    make_ready()
    page = phone.signs_in("ana")
    page.reload()
    page.locator(".photo img").evaluate("(image) => image.decode()")
    phone.goes_offline()

    page = phone.opens("/")

    expect(page.get_by_text("You are offline. This is the page as it was on")).to_be_visible()
    expect(page.get_by_text("The sea")).to_be_visible()
    page.locator(".photo img").evaluate("(image) => image.decode()")
    assert page.locator(".masthead").evaluate("(header) => getComputedStyle(header).position") == "sticky"


def test_the_first_page_ever_seen_is_readable_offline(
    phone: Phone, ana: Person, make_ready: MakeReady
) -> None:
    ana.posts(caption="The sea")
    make_ready()
    page = phone.opens("/")
    eventually(lambda: len(page.evaluate(SAVED_PATHS)) > 1)
    phone.goes_offline()

    page.reload()

    expect(page.get_by_text("The sea")).to_be_visible()
    page.locator(".photo img").evaluate("(image) => image.decode()")


def test_a_page_that_was_never_seen_says_so_offline(phone: Phone) -> None:
    page = phone.signs_in("ana")
    phone.goes_offline()

    page.goto(f"{phone.address}/settings")

    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    phone.is_back_online()
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()


def test_the_page_for_unsaved_pages_keeps_the_saved_ones(phone: Phone) -> None:
    page = phone.signs_in("ana")
    phone.goes_offline()
    page.goto(f"{phone.address}/settings")
    page.wait_for_load_state("networkidle")

    page.get_by_role("link", name="See the saved photos").click()

    expect(page.get_by_text("You are offline. This is the page as it was on")).to_be_visible()
    expect(page.get_by_text("Signed in as ana")).to_have_count(1)


def test_the_page_for_unsaved_pages_is_not_an_error_page(phone: Phone) -> None:
    page = phone.context.new_page()
    phone.tunnel.failing_path = "/offline"
    page.goto(phone.address)
    eventually(lambda: phone.tunnel.failed > 0)
    phone.tunnel.failing_path = ""
    page.close()
    page = phone.opens("/")
    phone.goes_offline()

    page.goto(f"{phone.address}/settings")

    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()


@pytest.mark.parametrize("path", ["/signin/done", "/signout"])
def test_sessions_begin_and_end_without_the_database_of_the_browser(phone: Phone, path: str) -> None:
    page = phone.signs_in("ana")
    page.goto(f"{phone.address}/user/ana/")
    eventually(lambda: "/user/ana/" in page.evaluate(SAVED_PATHS))
    for worker in phone.context.service_workers:
        worker.evaluate(BREAK_THE_DATABASE)

    if path == "/signout":
        page.locator(".menu summary").last.click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
        assert "/user/ana/" not in page.evaluate(SAVED_PATHS)
    else:
        page.goto(f"{phone.address}/signin/done?error=access_denied")
        expect(page.get_by_text("Sign-in was cancelled.")).to_be_visible()


def test_posts_made_offline_are_sent_once_by_a_later_page(phone: Phone, files: list[str]) -> None:
    page = phone.signs_in("ana")
    phone.goes_offline()
    page.goto(f"{phone.address}/")
    post(page, files[:3])
    expect(page.locator(".photo.pending")).to_have_count(3)
    expect(page.get_by_label("Uploads")).to_contain_text("3 photos wait for a connection.")
    page.close()

    offline = phone.opens("/")
    expect(offline.locator(".photo.pending img")).to_have_count(3)
    offline.close()
    phone.is_back_online()
    page = phone.opens("/")

    posted_photos(page).to_have_count(3)
    page.reload()
    posted_photos(page).to_have_count(3)
    expect(page.locator(".photo.pending")).to_have_count(0)
    assert page.evaluate(STORED_POSTS) == []


def test_photos_are_posted_without_the_database_of_the_browser(phone: Phone, files: list[str]) -> None:
    phone.context.add_init_script(f"({BREAK_THE_DATABASE})()")
    page = Window(phone.context.new_page(), phone.address).signs_in("ana")

    post(page, files[:2])

    posted_photos(page).to_have_count(2)
    expect(page.get_by_label("Uploads")).to_contain_text("2 photos posted.")


def test_a_stored_photo_that_cannot_be_read_does_not_block_the_others(phone: Phone, files: list[str]) -> None:
    page = phone.signs_in("ana")
    phone.tunnel.cut_path = "/post/ana/"
    post(page, files[:1])
    page.click(".masthead a[data-opens-sheet]")
    page.set_input_files("#image", files[1])
    expect(page.locator(".chosen li")).to_have_count(1)
    page.close()
    phone.tunnel.cut_path = ""
    phone.context.add_init_script(LOSE_THE_STORED_FILES)

    page = phone.opens("/")
    expect(page.get_by_label("Uploads")).to_contain_text("1 photo could not be posted.")
    page.click(".masthead a[data-opens-sheet]")
    page.set_input_files("#image", files[2])
    expect(page.locator(".chosen li")).to_have_count(1)
    page.evaluate("globalThis.areFilesLost = false")
    page.click("dialog [type=submit]")

    posted_photos(page).to_have_count(1)


def test_an_open_page_sends_as_soon_as_the_connection_is_back(phone: Phone, files: list[str]) -> None:
    page = phone.signs_in("ana")
    phone.goes_offline()
    post(page, files[:2])
    expect(page.get_by_label("Uploads")).to_contain_text("wait for a connection.")

    phone.is_back_online()

    posted_photos(page).to_have_count(2)


def test_the_service_worker_sends_after_the_page_is_closed(
    phone: Phone, files: list[str], ana: Person
) -> None:
    page = phone.signs_in("ana")
    session = phone.context.new_cdp_session(page)
    registrations: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(each["registrationId"] for each in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    phone.goes_offline()
    post(page, files[:2])
    expect(page.get_by_label("Uploads")).to_contain_text("wait for a connection.")
    page.goto("about:blank")
    phone.is_back_online()

    def has_sent_both() -> bool:
        """Send the event that a browser repeats until it succeeds."""
        event = {"origin": phone.address, "registrationId": registrations[-1], "tag": "send-posts"}
        session.send("ServiceWorker.dispatchSyncEvent", {**event, "lastChance": False})
        return phone.tunnel.posted.count("/post/ana/") >= len(files[:2])

    eventually(has_sent_both)

    posted_photos(phone.opens("/")).to_have_count(2)


@pytest.mark.parametrize("closes", [True, False], ids=["page closed", "page open"])
def test_a_network_that_dies_in_an_upload_loses_and_doubles_nothing(
    phone: Phone, tmp_path: Path, *, closes: bool
) -> None:
    (tmp_path / "big.jpg").write_bytes(a_jpeg(60, 40) + bytes(1_000_000))
    page = phone.signs_in("ana")
    phone.tunnel.cuts_after_bytes = 500_000
    post(page, [str(tmp_path / "big.jpg")])
    expect(page.get_by_label("Uploads")).to_contain_text("1 photo waits")

    phone.tunnel.is_cut = False
    if closes:
        page.close()
        page = phone.opens("/")

    posted_photos(page).to_have_count(1)
    page.reload()
    posted_photos(page).to_have_count(1)


def test_a_post_whose_answer_was_lost_a_day_ago_is_not_doubled(
    phone: Phone, files: list[str], backends: "Backends"
) -> None:
    page = phone.signs_in("ana")
    page.route("**/post/ana/", lambda route: (route.fetch(), route.abort()))
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.unregister())")
    page.reload()  # without a service worker, `route` sees the posts of the page
    post(page, files[:1])
    expect(page.get_by_label("Uploads")).to_contain_text("1 photo waits")
    page.evaluate(SENT_YESTERDAY)
    rows = backends.entities.scan(Scan(kind=idempotency.KIND, parent=("User", "ana"), limit=10))
    backends.entities.delete(*(row.key for row in rows))
    page.unroute("**/post/ana/")

    page.reload()

    expect(page.locator(".photo.pending")).to_have_count(0)
    posted_photos(page).to_have_count(1)
    page.reload()
    posted_photos(page).to_have_count(1)


def test_signing_out_deletes_saved_pages(phone: Phone, ana: Person, make_ready: MakeReady) -> None:
    ana.posts()
    make_ready()
    page = phone.signs_in("ana")
    page.goto(f"{phone.address}/user/ana/")
    eventually(lambda: "/user/ana/" in page.evaluate(SAVED_PATHS))

    page.locator(".menu summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{phone.address}/")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    phone.goes_offline()
    page.goto(f"{phone.address}/user/ana/")

    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    assert not {"/user/ana/", "/post/"} & set(page.evaluate(SAVED_PATHS))


@pytest.mark.parametrize(
    ("answer", "left"),
    [("Keep them and sign out", ["ana queued"]), ("Delete them and sign out", [])],
)
def test_signing_out_asks_about_photos_that_are_not_posted(
    phone: Phone, files: list[str], answer: str, left: list[str]
) -> None:
    page = phone.signs_in("ana")
    phone.tunnel.cut_path = "/post/ana/"
    post(page, files[:1])
    expect(page.get_by_label("Uploads")).to_contain_text("1 photo waits")

    page.locator(".menu summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("dialog")).to_contain_text("1 photo is not posted yet")
    page.get_by_role("button", name="Stay signed in").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator(".menu summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name=answer).click()

    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert page.evaluate(STORED_POSTS) == left


def test_another_account_neither_sees_nor_sends_the_queue(phone: Phone, files: list[str]) -> None:
    page = phone.signs_in("ana")
    phone.goes_offline()
    page.goto(f"{phone.address}/")
    post(page, files[:2])
    expect(page.locator(".photo.pending")).to_have_count(2)
    page.close()
    phone.context.clear_cookies()  # the session is gone, without a sign-out
    phone.is_back_online()

    page = phone.signs_in("ben")
    phone.tunnel.posted.clear()
    page.goto(f"{phone.address}/user/ben/")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".photo")).to_have_count(0)
    expect(page.get_by_label("Uploads")).to_be_hidden()
    page.click(".masthead a[data-opens-sheet]")
    expect(page.locator(".chosen li")).to_have_count(0)
    assert "/post/ana/" not in phone.tunnel.posted
    assert page.evaluate(SAVED_PATHS).count("/post/") <= 1
    phone.goes_offline()
    page.goto(f"{phone.address}/")
    expect(page.get_by_text("Signed in as ana")).to_have_count(0)
    page.close()
    phone.is_back_online()
    page = phone.opens("/signout")
    page = phone.signs_in("ana")

    posted_photos(page).to_have_count(2)


def test_a_share_without_photos_says_so(phone: Phone) -> None:
    page = phone.signs_in("ana")

    page.evaluate(SHARE, ["", "Only text arrived"])

    page.wait_for_url(f"{phone.address}/post/")
    expect(page.get_by_text("No photos arrived.")).to_be_visible()


def test_a_photo_shared_by_another_app_opens_in_the_form(phone: Phone, files: list[str]) -> None:
    page = phone.signs_in("ana")

    page.evaluate(SHARE, [base64.b64encode(a_jpeg()).decode(), "From the gallery"])

    page.wait_for_url(f"{phone.address}/post/")
    expect(page.locator(".chosen li")).to_contain_text("shared.jpg")
    expect(page.locator(".chosen input")).to_have_value("From the gallery")
    expect(page.locator("#uploads")).to_be_hidden()
    page.click("main [type=submit]")
    posted_photos(page).to_have_count(1)
