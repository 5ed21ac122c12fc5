"""`make screenshots`: take the screenshots of docs/pictures.md in a browser with a new platform."""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.journeys.platform import Platform
from tests.pictures_scenery import scenes
from tests.services.web_frontend.chromium import CHROMIUM, launched_browser
from timeline.backends import connect
from timeline.digests import sending
from timeline.settings import Settings

DOCS = Path(__file__).resolve().parent.parent / "docs"
PICTURES = DOCS / "pictures"
PHOTOS = 14
PEOPLE = ("ana", "bruno", "chiara")
SIZES = {"wide": (1280, 860), "phone": (375, 720)}
SCHEMES = ("light", "dark")
PAGES = {
    "timeline": "Everyone's photos",
    "empty-timeline": "Before the first photo",
    "person": "One user's photos",
    "photo": "One photo, seen by its owner",
    "post": "The form for posting",
    "settings": "Settings",
    "sign-in": "The sign-in page of the local identity provider",
    "unsubscribe": "Unsubscribed from summary emails",
    "not-found": "Page not found",
    "console": "The console of gaelocal",
}


def main() -> int:
    if CHROMIUM is None:
        print("no chromium is installed")
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, launched_browser() as browser:
        platform = Platform(Path(folder))
        try:
            platform.start()
            take_all_looks(browser, "empty-timeline", f"{platform.app}/")
            take_all_pages(browser, platform, fill(platform))
        finally:
            platform.stop()
    write_page()
    return 0


def fill(platform: Platform) -> str:
    """Post the photos, wait until all are ready, and return the ID of the newest."""
    people = [platform.as_(name) for name in PEOPLE]
    posted = []
    for number, scene in enumerate(scenes(PHOTOS)):
        person = people[number % len(people)]
        answer = person.post_photo(scene.jpeg(), caption=scene.caption)
        posted.append((person, answer.json()["id"]))
    for person, photo_id in posted:
        person.ready_photo(photo_id)
    return str(posted[-1][1])


def take_all_pages(browser: Browser, platform: Platform, photo_id: str) -> None:
    """`bruno` posted the newest photo: he views its page and the pages that require sign-in."""
    app = platform.app
    for name, address in {
        "timeline": f"{app}/",
        "person": f"{app}/user/ana/",
        "sign-in": f"{app}/signin",
        "unsubscribe": f"{app}/unsubscribe/{token_for('ana')}",
        "not-found": f"{app}/no-such-page",
        "console": f"{platform.console}/",
    }.items():
        take_all_looks(browser, name, address)
    session = signed_in(browser, app, "bruno")
    for name, path in {"photo": f"/photo/{photo_id}/", "post": "/post/", "settings": "/settings"}.items():
        take_all_looks(browser, name, app + path, session)


def token_for(handle: str) -> str:
    """The local platform signs with the default key."""
    backends = connect(Settings())
    return sending.unsubscribe_token(backends, handle)


def signed_in(browser: Browser, app: str, user: str) -> Path:
    """Sign in and return the file with the session."""
    kept = Path(tempfile.mkdtemp()) / "session.json"
    page = browser.new_page()
    page.goto(f"{app}/signin")
    page.fill("#user", user)
    page.click("button.primary")
    page.wait_for_url(f"{app}/")
    page.context.storage_state(path=kept)
    page.context.close()
    return kept


def take_all_looks(browser: Browser, name: str, address: str, session: Path | None = None) -> None:
    for size, (width, height) in SIZES.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                storage_state=session,
                locale="en-GB",
            )
            page = context.new_page()
            page.goto(address, wait_until="load" if name == "console" else "networkidle")
            (PICTURES / f"{name}-{size}-{scheme}.png").write_bytes(taken(page))
            context.close()


def taken(page: Page) -> bytes:
    """Return a screenshot of the page as an optimized PNG, which is a third smaller."""
    file = io.BytesIO()
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(file, "PNG", optimize=True)
    return file.getvalue()


def write_page() -> None:
    """Write docs/pictures.md, which shows every screenshot."""
    parts = [
        "# Pages of the website\n\n"
        "`make screenshots` takes these screenshots: 1,280 and 375 pixels wide, in light and dark mode.\n"
    ]
    for name, title in PAGES.items():
        shown = "\n".join(
            f"![{title}, {size}, {scheme}](pictures/{name}-{size}-{scheme}.png)"
            for scheme in SCHEMES
            for size in SIZES
        )
        parts.append(f"## {title}\n\n{shown}\n")
    (DOCS / "pictures.md").write_text("\n".join(parts))


if __name__ == "__main__":
    sys.exit(main())
