"""The types that all formats share."""

from dataclasses import dataclass, field

from timeline.pictures.ranged_content import RangedContent

Content = bytes | RangedContent

MAX_PARTS = 100_000
"""Segments, chunks or blocks of one file. A 50 MB GIF has 200,000 blocks of 255 bytes; see gif.py.

A PNG of that size in pieces of 8 kB has 6,400. Walking 100,000 takes 50 ms.
"""


class MalformedImage(ValueError):
    """The file's structure cannot be followed to its pixels."""


@dataclass(frozen=True, slots=True)
class Structure:
    """The properties of a file that its header tells; `width` and `height` are as stored, before turning."""

    width: int
    height: int
    orientation: int = 1
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class DecoderInput:
    """The smallest file that holds the pixels, and what is applied to them afterwards.

    `canvas` is the size of the whole image where the frame may cover only a part of it, at `position`.
    `profile` is an ICC profile: the embedded one, or one made from other statements about colour.
    """

    content: bytes
    orientation: int = 1
    profile: bytes | None = field(default=None, repr=False)
    canvas: tuple[int, int] | None = None
    position: tuple[int, int] = (0, 0)
    is_grey: bool = False
    """Whether the file stores greys, to which profiles for grey apply; Pillow reads some as RGBA."""
    clear_grey: int | None = None
    """The one transparent value of a 16-bit greyscale image."""
