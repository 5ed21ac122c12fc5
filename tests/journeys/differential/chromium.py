"""Show image files in headless Chromium and read back what it displays."""

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser import CHROMIUM

FLAGS = ("--no-sandbox", "--headless", "--force-color-profile=srgb")

LOAD = """async (data) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const image = new Image();
    const loaded = new Promise((done) => {
        image.onload = () => done(true);
        image.onerror = () => done(false);
    });
    image.src = URL.createObjectURL(new Blob([bytes]));
    window.shown = await loaded ? image : null;
    return window.shown && [image.naturalWidth, image.naturalHeight];
}"""

DRAW = """async ([width, height, ground]) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    if (ground) { context.fillStyle = ground; context.fillRect(0, 0, width, height); }
    context.drawImage(window.shown, 0, 0, width, height);
    const blob = await canvas.convertToBlob({type: "image/png"});
    const reader = new FileReader();
    return await new Promise((done) => {
        reader.onload = () => done(reader.result.split(",")[1]);
        reader.readAsDataURL(blob);
    });
}"""


@dataclass(frozen=True, slots=True)
class Shown:
    """The natural size of an image that Chromium loaded."""

    page: Page
    width: int
    height: int

    def drawn(self) -> Image.Image:
        """Return the image on white, in its natural size."""
        return _decoded(self.page.evaluate(DRAW, [self.width, self.height, "white"])).convert("RGB")

    @property
    def is_empty(self) -> bool:
        """Tell whether no pixel is visible, as after a decoding failure behind the header."""
        size = min(self.width, 256), min(self.height, 256)
        drawn = _decoded(self.page.evaluate(DRAW, [*size, ""]))
        return "A" in drawn.getbands() and drawn.getchannel("A").getextrema() == (0, 0)


class Chromium:
    def __init__(self, page: Page) -> None:
        self._page = page

    def show(self, content: bytes) -> Shown | None:
        """Return None where Chromium does not show the file as an image."""
        size = self._page.evaluate(LOAD, base64.b64encode(content).decode())
        return Shown(self._page, *size) if size and all(size) else None


@contextmanager
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield Chromium(browser.new_page())
        finally:
            browser.close()


def _decoded(png: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(png)), formats=["PNG"])
