"""`make screenshots`: take the screenshots of docs/console.md in a browser, with known content."""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page
from tests.chromium import launched_browser
from tests.console.content import BUCKET, fill
from tests.console.world import TRACE, World

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
SIZES = {"wide": (1280, 860), "phone": (375, 720)}
SCHEMES = ("light", "dark")
TALLEST = 1800
COLOURS = 96
"""Enough for these pages; a picture takes a third of the bytes."""

PAGES = {
    "overview": "/",
    "services": "/services",
    "version": "/services/default/dev",
    "logs": f"/logs?open={'d' * 32}",
    "trace": f"/logs/trace/{TRACE}",
    "datastore": "/datastore?kind=Photo&order=created&dir=desc",
    "gql": "/datastore?mode=gql&gql=SELECT+*+FROM+Photo+WHERE+width+%3E+2500",
    "entity": "/datastore",
    "indexes": "/datastore/indexes",
    "storage": f"/storage/{BUCKET}",
    "object": f"/storage/{BUCKET}/object?name=photos/ana/sea.svg",
    "queues": "/queues",
    "queue": "/queues/renditions?tab=dead",
    "task": "/queues/renditions?tab=finished",
    "cron": "/cron",
    "memcache": "/memcache?key=stream:ana",
    "mail": "/mail/1?width=600",
}
LINKS = {"entity": "#entities tbody th a", "task": "#tasks tbody th a"}
"""Pages whose address is known only from a link on another page."""

STARTS = {"entity": "/datastore?kind=User"}


def main() -> int:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS / "pictures"
    wanted = sys.argv[2:] or list(PAGES)
    out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        World(Path(folder)).running() as world,
        launched_browser() as browser,
    ):
        fill(world)
        for name in wanted:
            take_all_looks(browser, world.url + STARTS.get(name, PAGES[name]), name, out)
    return 0


def take_all_looks(browser: Browser, address: str, name: str, out: Path) -> None:
    for size, (width, height) in SIZES.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB"
            )
            page = context.new_page()
            page.goto(address)
            if name in LINKS:
                page.locator(LINKS[name]).first.click()
                page.wait_for_load_state()
            page.locator("#state", has_text="Live").wait_for()
            (out / f"console-{name}-{size}-{scheme}.png").write_bytes(taken(page))
            context.close()


def taken(page: Page) -> bytes:
    file = io.BytesIO()
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    picture.quantize(COLOURS).save(file, "PNG", optimize=True)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
