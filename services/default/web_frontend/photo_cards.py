"""How a photo is shown on a page: everything a template needs, worked out."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from timeline.photos.model import Photo, Rendition, Status
from timeline.pictures.encoder import JPEG, WEBP
from timeline.pictures.thumbhash import average_colour
from timeline.streams.pages import Page

NARROWEST, WIDEST = 50, 300
"""Percent of the height: shapes beyond are cropped in a grid, or they would leave no room for the others."""
STEP = 5
"""photos.css has one class for each step; what is left over is cropped, at most a twentieth."""
ROW_REM = 17
"""The tallest row of the grid in photos.css, stretched a little to fill the line."""
NO_COLOUR = "#8c8c8c"


@dataclass(frozen=True, slots=True)
class Source:
    """One size of a picture, for srcset."""

    url: str
    width: int

    @classmethod
    def of(cls, photo: Photo, rendition: Rendition) -> Self:
        return cls(f"/image/{photo.id}/{rendition.file_name}", rendition.width)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoCard:
    """`sources` are in rising order of width, empty until it is ready; `failure` is for the owner alone.

    `lighter` are the same as WebP, empty until they are made and where they would not be lighter.
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
    lighter: tuple[Source, ...]
    is_own: bool
    failure: str | None

    @classmethod
    def of(cls, photo: Photo, viewer: str = "") -> Self:
        """`viewer` is the handle of who looks at it."""
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
            lighter=_sources(photo, WEBP),
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
    def state_words(self) -> str:
        if self.status != "failed":
            return "getting ready"
        return f"{self.failure} Open it to try again." if self.failure else "could not be read"

    @property
    def ratio_class(self) -> str:
        return f"r{self._percent}"

    @property
    def srcset(self) -> str:
        return _srcset(self.sources)

    @property
    def lighter_srcset(self) -> str:
        return _srcset(self.lighter)

    @property
    def grid_sizes(self) -> str:
        return f"(max-width: 40rem) 96vw, {round(self._percent * ROW_REM * 1.15 / 100)}rem"

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
    """Give the average colour kept in a thumbhash (base64) as #rrggbb; grey where there is none."""
    try:
        red, green, blue = average_colour(
            base64.b64decode(placeholder or "", validate=True)[:3].ljust(3, b"\0")
        )
    except binascii.Error:
        return NO_COLOUR
    return f"#{red:02x}{green:02x}{blue:02x}" if placeholder else NO_COLOUR
