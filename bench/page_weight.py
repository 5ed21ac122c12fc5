"""What the timeline costs a phone besides its pictures: compressed bytes, and how much moves as it loads."""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.journeys.platform import Platform
from tests.pictures import a_noisy_jpeg
from tests.services.web_frontend.chromium import LAYOUT_SHIFTS

PHOTOS = 20
WEIGHTS = """() => performance.getEntries()
    .filter((entry) => entry.encodedBodySize && !entry.name.includes("/image/"))
    .map((entry) => [
        new URL(entry.name).pathname.replace(/^.static.[0-9a-f]+./, ""), entry.encodedBodySize
    ])"""
"""As the browser received it through the front door, without headers."""


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("no chromium is installed")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(Path(folder))
        try:
            platform.start()
            fill(platform)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                measure(browser.new_page(viewport={"width": 375, "height": 812}), platform.app)
                browser.close()
        finally:
            platform.stop()
    return 0


def fill(platform: Platform) -> None:
    ana = platform.as_("ana")
    ids = [ana.post_photo(a_noisy_jpeg(400, 300), f"Photo {n}").json()["id"] for n in range(PHOTOS)]
    for photo_id in ids:
        ana.ready_photo(photo_id)


def measure(page: Page, address: str) -> None:
    page.goto(f"{address}/", wait_until="networkidle")
    weights: list[tuple[str, int]] = page.evaluate(WEIGHTS)
    for name, size in sorted(weights, key=lambda weight: -weight[1]):
        print(f"  {size:7,} bytes  {name}")
    total = sum(size for _, size in weights)
    print(f"kB of the timeline without pictures, compressed    {total / 1000:.1f}  (aim 60)")
    print(
        f"layout shift while it loads                        {sum(page.evaluate(LAYOUT_SHIFTS)):.3f}  (aim 0)"
    )


if __name__ == "__main__":
    sys.exit(main())
