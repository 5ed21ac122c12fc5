"""`make screenshots`: take the screenshots of docs/pictures.md in a browser with a new platform."""

import io
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page

from tests.browser import CHROMIUM, launched_browser
from tests.journeys.platform import Platform
from tests.pictures_scenery import scenes
from tests.timeline.factories import later
from timeline.backends import connect
from timeline.digests import sending
from timeline.interfaces import Backends
from timeline.photos.create import NewPhoto, create_photo
from timeline.settings import Settings

DOCS = Path(__file__).resolve().parent.parent / "docs"
PICTURES = DOCS / "pictures"
PHOTOS = 30
PEOPLE = {"ana": "Ana Sousa", "bruno": "Bruno Keller", "chiara": "Chiara Bianchi"}
HOURS_APART = 7
SIZES = {"full": (1920, 1080), "wide": (1280, 860), "tablet": (768, 1024), "phone": (375, 720)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
QUALITY = 80
PAGES = {
    "timeline": "Everyone's photos",
    "empty-timeline": "Before the first photo",
    "month": "The timeline from an earlier month",
    "person": "One user's photos",
    "viewer": "The viewer, opened by the owner of the photo",
    "tall": "A tall screenshot in the viewer",
    "photo": "The page of a photo, as without scripts",
    "post": "The form for posting",
    "sheet": "Posting over the timeline",
    "settings": "Settings",
    "summary-preview": "Preview of the summary email",
    "delete-account": "Delete the account",
    "receipt": "Receipt of a deletion",
    "sign-in": "The sign-in page of the local identity provider",
    "unsubscribe": "Unsubscribed from summary emails",
    "not-found": "Page not found",
    "console": "The console of gaelocal",
}
Act = Callable[[Page], None]
VISIBLE_IMAGES_LOADED = """() => [...document.images].every((image) => {
    const {top, bottom, width} = image.getBoundingClientRect();
    return !width || bottom < 0 || top > innerHeight || (image.complete && image.naturalWidth > 0);
})"""


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
    """Store photos of the last days, wait until all are ready, and return the ID of bruno's newest."""
    people = [platform.as_(name) for name in PEOPLE]
    for person in people:
        person.ask("PATCH", "/api/v1/me", json={"display_name": PEOPLE[person.user]})
    backends = connected_to(platform)
    posted = []
    for number, scene in enumerate(scenes(PHOTOS)):
        person = people[number % len(people)]
        photo = NewPhoto(image=scene.jpeg(), caption=scene.caption)
        created = create_photo(later(backends, hours=-HOURS_APART * number - 1), person.user, photo)
        posted.append((person, created.photo.id))
    tall = create_photo(
        later(backends, days=-40), "ana", NewPhoto(image=a_tall_screenshot(), caption="A page")
    )
    for person, photo_id in [*posted, (people[0], tall.photo.id)]:
        person.ready_photo(photo_id)
    return str(posted[1][1])


def connected_to(platform: Platform) -> Backends:
    addresses = platform.addresses
    return connect(
        Settings(
            google_cloud_project=addresses["project"],
            datastore_emulator_host=addresses["datastore"],
            storage_emulator_host=addresses["storage"],
            cloud_tasks_emulator_host=addresses["tasks"],
            memcache_host=addresses["memcache"],
        )
    )


def a_tall_screenshot() -> bytes:
    """Draw a page of text, six times as tall as wide."""
    page = Image.new("RGB", (900, 5400), "#fdfcf9")
    draw = ImageDraw.Draw(page)
    draw.text((60, 60), "A page of text", fill="#1c2024", font_size=64)
    for line in range(110):
        text = f"{line + 1}. The quick brown fox jumps over the lazy dog"
        draw.text((60, 180 + 46 * line), text, fill="#1c2024", font_size=30)
    file = io.BytesIO()
    page.save(file, "PNG")
    return file.getvalue()


def take_all_pages(browser: Browser, platform: Platform, photo_id: str) -> None:
    """`bruno` posted the photo: he views it and the pages that require sign-in."""
    app = platform.app
    leaver = platform.as_("leaver")
    receipt = leaver.ask("DELETE", "/api/v1/me").headers["Location"].rpartition("/")[2]
    month = (datetime.now(UTC) - timedelta(days=40)).strftime("%Y-%m")
    for name, address in {
        "timeline": f"{app}/",
        "month": f"{app}/?month={month}",
        "person": f"{app}/user/ana/",
        "receipt": f"{app}/deleted/{receipt}",
        "sign-in": f"{app}/signin",
        "unsubscribe": f"{app}/unsubscribe/{token_for('ana')}",
        "not-found": f"{app}/no-such-page",
        "console": f"{platform.console}/",
    }.items():
        take_all_looks(browser, name, address)
    take_all_looks(browser, "tall", f"{app}/?month={month}", act=open_tall)
    session = signed_in(browser, app, "bruno")
    for name, path in {
        "photo": f"/photo/{photo_id}/",
        "post": "/post/",
        "settings": "/settings",
        "summary-preview": "/settings/summary",
        "delete-account": "/settings/delete",
    }.items():
        take_all_looks(browser, name, app + path, session)
    take_all_looks(browser, "viewer", f"{app}/user/bruno/", session, open_viewer)
    take_all_looks(browser, "sheet", f"{app}/", session, open_sheet)


def open_viewer(page: Page) -> None:
    page.locator(".photo a.picture").first.click()
    page.locator("dialog.viewer .owner > summary").click()


def open_tall(page: Page) -> None:
    page.locator(".photo", has_text="A page").locator("a.picture").click()
    page.locator("dialog.viewer time").wait_for()


def open_sheet(page: Page) -> None:
    page.locator(".masthead a[data-opens-sheet]").click()


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


def take_all_looks(
    browser: Browser, name: str, address: str, session: Path | None = None, act: Act | None = None
) -> None:
    for size, (width, height) in SIZES.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                storage_state=session,
                locale="en-GB",
                timezone_id="UTC",
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.goto(address, wait_until="load" if name == "console" else "networkidle")
            if act is not None:
                act(page)
                page.wait_for_load_state("networkidle")
            page.wait_for_function(VISIBLE_IMAGES_LOADED)
            (PICTURES / f"{name}-{size}-{scheme}.webp").write_bytes(taken(page, kind="WEBP"))
            context.close()


def taken(page: Page, full_page: bool = False, kind: Literal["PNG", "WEBP"] = "PNG") -> bytes:
    """Return a screenshot of the page; as WebP, photos take a tenth of the bytes."""
    file = io.BytesIO()
    picture = Image.open(io.BytesIO(page.screenshot(full_page=full_page))).convert("RGB")
    picture.save(file, kind, optimize=True, quality=QUALITY)
    return file.getvalue()


def write_page() -> None:
    """Write docs/pictures.md, which shows every screenshot."""
    parts = [
        "# Pages of the website\n\n"
        "`make screenshots` takes these screenshots: 1,920, 1,280, 768 and 375 pixels wide, light and dark.\n"
    ]
    for name, title in PAGES.items():
        shown = "\n".join(
            f"![{title}, {size}, {scheme}](pictures/{name}-{size}-{scheme}.webp)"
            for scheme in SCHEMES
            for size in SIZES
        )
        parts.append(f"## {title}\n\n{shown}\n")
    (DOCS / "pictures.md").write_text("\n".join(parts))


if __name__ == "__main__":
    sys.exit(main())
