"""The first view of the timeline on a phone: compressed bytes, and layout shift while it loads."""

import sys
import tempfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, ViewportSize

from bench.figures import report
from bench.real_photos import real_photos
from tests import pictures
from tests.browser import CHROMIUM, launched_browser
from tests.journeys.platform import Platform
from tests.services.web_frontend.chromium import LAYOUT_SHIFTS
from tests.waiting import eventually

PHOTOS = 20
PIXELS = 12_192_768
"""As many pixels as 4032 x 3024, in the aspect ratio of each photo."""
MIN_PIXELS = 6_000_000
"""Only photos of this size are used, because enlarged ones have no fine details; there are fifteen."""
WEBP_SECONDS = 300
PHONE: ViewportSize = {"width": 390, "height": 844}
WEIGHTS = """() => performance.getEntries()
    .filter((entry) => entry.encodedBodySize)
    .map((entry) => [
        new URL(entry.name).pathname.replace(/^.static.[0-9a-f]+./, ""), entry.encodedBodySize
    ])"""
"""Sizes that the browser received through the front door, without headers."""


def main() -> int:
    if CHROMIUM is None:
        print("no chromium is installed")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(Path(folder))
        try:
            platform.start()
            fill(platform)
            with launched_browser() as browser:
                measure(browser.new_page(viewport=PHONE, device_scale_factor=2), platform.app)
        finally:
            platform.stop()
    return 0


def fill(platform: Platform) -> None:
    ana = platform.as_("ana")
    ids = [ana.post_photo(photo, f"Photo {n}").json()["id"] for n, photo in enumerate(photos())]
    for photo_id in ids:
        ana.ready_photo(photo_id)
    eventually(lambda: all(map(has_webp, ana.stream())), within=WEBP_SECONDS)


def has_webp(photo: dict[str, Any]) -> bool:
    return any(rendition["type"] == "image/webp" for rendition in photo["renditions"])


def photos() -> Iterator[bytes]:
    """Yield twenty photos of 12 megapixels, some of them twice; noise where there are no real ones."""
    large = [path for path in real_photos() if pixels_of(path) >= MIN_PIXELS]
    if not large:
        yield from (pictures.a_noisy_jpeg(4032, 3024) for _ in range(PHOTOS))
    yield from map(of_12_megapixels, islice(cycle(large), PHOTOS))


def pixels_of(path: Path) -> int:
    with Image.open(path) as picture:
        return picture.width * picture.height


def of_12_megapixels(path: Path) -> bytes:
    with Image.open(path) as picture:
        ratio = (PIXELS / (picture.width * picture.height)) ** 0.5
        size = (round(picture.width * ratio), round(picture.height * ratio))
        return pictures.encoded(
            picture.convert("RGB").resize(size, Image.Resampling.LANCZOS), "JPEG", quality=90
        )


def measure(page: Page, address: str) -> None:
    page.goto(f"{address}/", wait_until="networkidle")
    weights: list[tuple[str, int]] = page.evaluate(WEIGHTS)
    photos_loaded = [size for name, size in weights if name.startswith("/image/")]
    for name, size in sorted(weights, key=lambda weight: -weight[1]):
        print(f"  {size:7,} bytes  {name}")
    total = sum(size for _, size in weights)
    other = total - sum(photos_loaded)
    report(f"kB of the first view with {len(photos_loaded)} photos", total / 1000, at_most=500)
    report("kB of it that are not photos", other / 1000, at_most=60)
    report("layout shift while it loads", sum(page.evaluate(LAYOUT_SHIFTS)), at_most=0)


if __name__ == "__main__":
    sys.exit(main())
