"""The view models of photos on a page."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Self

from timeline.photos.model import Photo, Rendition, Status
from timeline.pictures import sizes
from timeline.pictures.sizes import JPEG, WEBP
from timeline.pictures.thumbhash import average_colour
from timeline.streams.pages import Page
from web_frontend.placeholders import data_url

NARROWEST, WIDEST = round(100 / sizes.TALLEST), round(100 * sizes.WIDEST)
"""Percent of the height. Wider and narrower photos are cropped in the grid to leave room for others."""
STEP = 5
"""photos.css has one class per step; the difference, at most a twentieth, is cropped."""
ROW_REM, WIDE_ROW_REM = 15, 18
"""The heights of the rows of the grid in photos.css, before they are stretched to fill the line."""
STRETCH = 1.15
"""How much rows are stretched on average."""
PHONE, DENSE, WIDE = "(max-width: 40rem)", "(min-resolution: 1.5dppx)", "(min-width: 90rem)"
PHONE_VW = 100
"""Percent of the width of a phone that a photo takes there."""
SAVING_VW = 82
"""The width given to dense phones for photos that are shown in their whole width. At 390 pixels and 2x they
take the file of 640 pixels instead of 960: 1.6 for each pixel of the page, in half the bytes."""
PAGE_REM, PAGE_VH = 120, 80
"""The widest and the highest that a photo is shown on its own page, see photos.css."""
TALL = 0.5
"""Narrower photos, such as screenshots of whole pages, are shown as wide as text, and the reader scrolls."""
TALL_REM = 40
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
class Reader:
    """The reader of a page: their handle if they are signed in, and their time zone."""

    handle: str = ""
    zone: tzinfo = UTC


NOBODY = Reader()
NO_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoCard:
    """`sources` are JPEGs ordered by width, empty until the photo is ready; `failure` is for the owner only.

    `webp_sources` are the same as WebP, empty until they are made and if they would not be smaller.
    `name` is the owner's display name, `blur` the placeholder as a `data:` URL, `created` in their zone.
    """

    id: str
    user: str
    name: str
    caption: str
    created: datetime
    status: Status
    width: int
    height: int
    colour: str
    blur: str | None
    sources: tuple[Source, ...]
    webp_sources: tuple[Source, ...]
    is_own: bool
    failure: str | None

    @classmethod
    def of(cls, photo: Photo, reader: Reader = NOBODY, names: Mapping[str, str] = NO_NAMES) -> Self:
        is_own = photo.user == reader.handle
        return cls(
            id=photo.id,
            user=photo.user,
            name=names.get(photo.user, photo.user),
            caption=photo.caption,
            created=photo.created.astimezone(reader.zone),
            status=photo.status,
            width=photo.width,
            height=photo.height,
            colour=colour_of(photo.placeholder),
            blur=data_url(photo.placeholder, photo.width, photo.height) if photo.placeholder else None,
            sources=_sources(photo, JPEG),
            webp_sources=_sources(photo, WEBP),
            is_own=is_own,
            failure=photo.failure if is_own else None,
        )

    @property
    def alt(self) -> str:
        return self.caption or f"A photo by {self.name}"

    @property
    def is_tall(self) -> bool:
        return self.width < TALL * self.height

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
        saving = "" if 100 * ratio > WIDEST else f"{PHONE} and {DENSE} {SAVING_VW}vw, "
        width = shown * whole * STRETCH
        wide, other = round(width * WIDE_ROW_REM, 1), round(width * ROW_REM, 1)
        return f"{saving}{PHONE} {round(PHONE_VW * whole)}vw, {WIDE} {wide}rem, {other}rem"

    @property
    def page_sizes(self) -> str:
        """The width on the photo's own page, whose height is bounded except for tall shapes."""
        if self.is_tall:
            return f"min(100vw, {TALL_REM}rem)"
        saving = f"{PHONE} and {DENSE} {SAVING_VW}vw"
        return f"{saving}, min(100vw, {PAGE_REM}rem, {round(PAGE_VH * self._percent / 100)}vh)"

    @property
    def _percent(self) -> int:
        percent = STEP * round(100 / STEP * self.width / max(self.height, 1))
        return min(max(percent, NARROWEST), WIDEST)


@dataclass(frozen=True, slots=True)
class CardPage:
    """`first_of_days` are the IDs of the photos that begin a day in the reader's time zone."""

    photos: tuple[PhotoCard, ...]
    next_cursor: str | None
    first_of_days: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, page: Page, reader: Reader = NOBODY) -> Self:
        cards = tuple(PhotoCard.of(photo, reader, page.names) for photo in page.photos)
        days = {card.created.date(): card.id for card in reversed(cards)}
        return cls(cards, page.next_cursor, frozenset(days.values()))


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
