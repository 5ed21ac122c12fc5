"""The summary email in a browser, with generated landscapes; `python -m …email_pages` takes screenshots."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache

from playwright.sync_api import Browser, Page, Route

from tests.browser import launched_browser
from tests.pictures_scenery import Scene, scenes
from tests.screenshots import PICTURES, taken
from tests.timeline.digests.factories import NOW, a_photo, a_reader, an_email
from timeline.digests.emails import SummaryEmail
from timeline.photos.model import Photo

WIDTHS = {"phone": 320, "desktop": 600}
SCHEMES = ("light", "dark")
OWN, FROM_OTHERS, OLDER = slice(0, 3), slice(3, 14), slice(14, 16)
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 2


@cache
def landscapes(pixels: int) -> Sequence[Scene]:
    return list(scenes(16, pixels))


class IllustratedEmail:
    """An email whose photos are landscapes of several shapes, by several people."""

    def __init__(self, caption: str = "", pixels: int = 120) -> None:
        self._scenes = landscapes(pixels)
        photos = [self._photo(number, caption) for number in range(16)]
        older = [replace(photo, created=photo.created - timedelta(days=365)) for photo in photos[OLDER]]
        shown = photos[OWN] + photos[FROM_OTHERS]
        self.email: SummaryEmail = an_email(*shown, reader=a_reader("Ana"), kind="weekly", a_year_ago=older)

    def answer(self, route: Route) -> None:
        """Answer the request for an image of this email."""
        number = re.search(r"/image/(\d\d)-", route.request.url)
        if number is None:
            route.abort()
        else:
            route.fulfill(body=self._scenes[int(number[1])].jpeg(), content_type="image/jpeg")

    def _photo(self, number: int, caption: str) -> Photo:
        scene = self._scenes[number]
        people = ("ben", "cleo", "dora", "emil")
        user = "ana" if number < OWN.stop or number == OLDER.start else people[number % 4]
        created = NOW - timedelta(hours=5 * number + 1)
        width, height = scene.picture.size
        photo = a_photo(caption or scene.caption, user, created, (20 * width, 20 * height))
        return replace(photo, id=f"{number:02}-{user}")


@contextmanager
def opened(browser: Browser, email: IllustratedEmail, width: int, scheme: str = "light") -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.route("**/*", email.answer)
    page.set_content(email.email.html, wait_until="load")
    try:
        yield page
    finally:
        context.close()


def main() -> int:
    """Write the screenshots of docs/pictures/summary-email.md."""
    email = IllustratedEmail(pixels=1080)
    with launched_browser() as browser:
        for name, width in WIDTHS.items():
            for scheme in SCHEMES:
                with opened(browser, email, width, scheme) as page:
                    file = PICTURES / f"summary-email-{name}-{scheme}.png"
                    file.write_bytes(taken(page, full_page=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
