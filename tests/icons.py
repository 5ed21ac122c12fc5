"""`python -m tests.icons`: draw the PNG icons of the website from its two SVG files."""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.browser import launched_browser
from web_frontend.static_files import FOLDER

ICONS = FOLDER / "icons"
DRAWN = {
    "192.png": (FOLDER / "mark.svg", 192),
    "512.png": (FOLDER / "mark.svg", 512),
    "180.png": (ICONS / "maskable.svg", 180),
    "maskable-192.png": (ICONS / "maskable.svg", 192),
    "maskable-512.png": (ICONS / "maskable.svg", 512),
}


FAVICON_SIZES = [(16, 16), (32, 32), (48, 48)]


def main() -> int:
    with launched_browser() as browser:
        for name, (drawing, size) in DRAWN.items():
            (ICONS / name).write_bytes(drawn(browser, drawing, size))
    Image.open(ICONS / "180.png").convert("RGBA").save(FOLDER / "favicon.ico", sizes=FAVICON_SIZES)
    return 0


def drawn(browser: Browser, drawing: Path, size: int) -> bytes:
    page = browser.new_page(viewport={"width": size, "height": size})
    page.set_content(f"<style>*{{margin:0;display:block}}svg{{width:{size}px}}</style>{drawing.read_text()}")
    picture = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
    page.close()
    file = io.BytesIO()
    picture.quantize(64, Image.Quantize.FASTOCTREE).save(file, "PNG", optimize=True)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
