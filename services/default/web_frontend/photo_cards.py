"""The view models of photos on a page."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from timeline.photos.model import Photo, Rendition, Status
from timeline.pictures import sizes
from timeline.pictures.sizes import JPEG, WEBP
from timeline.pictures.thumbhash import average_colour
from timeline.streams.pages import Page

NARROWEST, WIDEST = round(100 / sizes.TALLEST), round(100 * sizes.WIDEST)
"""Percent of the height. Wider and narrower photos are cropped in the grid to leave room for others."""
STEP = 5
"""photos.css has one class per step; the difference, at most a twentieth, is cropped."""
ROW_REM = 17
"""The height of the tallest row of the grid in photos.css, before it is stretched to fill the line."""
PHONE, DENSE = "(max-width: 40rem)", "(min-resolution: 1.5dppx)"
PHONE_VW = 92
"""Percent of a phone's width that a photo alone in its row takes: all but the margins of the page."""
SAVING_VW = 82
"""The width given to dense phones for photos that the grid does not crop. At 390 pixels and 2x they take the
file of 640 pixels instead of 960: 1.8 for each pixel of the page, in half the bytes. At 3x they take 960."""
PAGE_REM, PAGE_VH = 96, 78
"""The widest and the highest that a photo is shown on its own page, see photos.css."""
NO_COLOUR = "#8c8c8c"


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of an srcset."""

    url: str
    width: int

    @classmethod
    def of(cls, photo: Photo, rendition: Rendition) -> Self:
        return cls(f"/image/{photo.id}/{rendition.file_name}", rendition.width)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoCard:
    """`sources` are JPEGs ordered by width, empty until the photo is ready; `failure` is for the owner only.

    `webp_sources` are the same as WebP, empty until they are made and if they would not be smaller.
    """

    id: str
    user: str
    caption: str
    created: datetime
    status: Status
    width: int
    height: int
    colour: str
    sources: tuple[Source, ...]
    webp_sources: tuple[Source, ...]
    is_own: bool
    failure: str | None

    @classmethod
    def of(cls, photo: Photo, viewer: str = "") -> Self:
        """`viewer` is the handle of the signed-in user."""
        is_own = photo.user == viewer
        return cls(
            id=photo.id,
            user=photo.user,
            caption=photo.caption,
            created=photo.created,
            status=photo.status,
            width=photo.width,
            height=photo.height,
            colour=colour_of(photo.placeholder),
            sources=_sources(photo, JPEG),
            webp_sources=_sources(photo, WEBP),
            is_own=is_own,
            failure=photo.failure if is_own else None,
        )

    @property
    def alt(self) -> str:
        return self.caption or f"A photo by {self.user}"

    @property
    def is_processing(self) -> bool:
        return self.status == "processing"

    @property
    def status_text(self) -> str:
        if self.status != "failed":
            return "processing"
        return f"{self.failure} Open the photo to try again." if self.failure else "could not be read"

    @property
    def ratio_class(self) -> str:
        return f"r{self._percent}"

    @property
    def srcset(self) -> str:
        return _srcset(self.sources)

    @property
    def webp_srcset(self) -> str:
        return _srcset(self.webp_sources)

    @property
    def grid_sizes(self) -> str:
        """The width of the whole picture, which a grid crops if its shape is extreme."""
        shown, ratio = self._percent / 100, self.width / max(self.height, 1)
        whole = max(1.0, ratio / shown)
        is_cropped = not NARROWEST <= 100 * ratio <= WIDEST
        saving = "" if is_cropped else f"{PHONE} and {DENSE} {SAVING_VW}vw, "
        return f"{saving}{PHONE} {round(PHONE_VW * whole)}vw, {round(shown * ROW_REM * 1.15 * whole)}rem"

    @property
    def page_sizes(self) -> str:
        """The width on the photo's own page, whose height is bounded except for the tallest shapes."""
        return f"min(100vw, {PAGE_REM}rem, {round(PAGE_VH * self._percent / 100)}vh)"

    @property
    def _percent(self) -> int:
        percent = STEP * round(100 / STEP * self.width / max(self.height, 1))
        return min(max(percent, NARROWEST), WIDEST)


@dataclass(frozen=True, slots=True)
class CardPage:
    photos: tuple[PhotoCard, ...]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Page, viewer: str = "") -> Self:
        return cls(tuple(PhotoCard.of(photo, viewer) for photo in page.photos), page.next_cursor)


def _sources(photo: Photo, kind: str) -> tuple[Source, ...]:
    made = (Source.of(photo, each) for each in photo.renditions if each.type == kind)
    return tuple(sorted(made, key=lambda each: each.width))


def _srcset(sources: tuple[Source, ...]) -> str:
    return ", ".join(f"{source.url} {source.width}w" for source in sources)


def colour_of(placeholder: str | None) -> str:
    """Return the average colour of a ThumbHash (base64) as #rrggbb, or grey without one."""
    try:
        red, green, blue = average_colour(
            base64.b64decode(placeholder or "", validate=True)[:3].ljust(3, b"\0")
        )
    except binascii.Error:
        return NO_COLOUR
    return f"#{red:02x}{green:02x}{blue:02x}" if placeholder else NO_COLOUR
