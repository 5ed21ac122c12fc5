"""HEIC and AVIF: what the boxes of an ISO base media file say about its primary image."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from timeline.pictures.formats import colour
from timeline.pictures.formats.box_reader import HEADER_BYTES, LARGE_HEADER_BYTES, BoxReader
from timeline.pictures.formats.layout import MAX_PARTS, Content, DecoderInput, MalformedImage, Structure

HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
AVIF_BRANDS = frozenset({b"avif", b"avis"})
BRANDS = HEIC_BRANDS | AVIF_BRANDS | {b"mif1", b"msf1"}
MAX_BRAND_BYTES = 1024

HEVC, AV1 = b"hvc1", b"av01"

_APERTURE = struct.Struct(">4IiIiI")
"""ISO/IEC 14496-12, section 12.1.4: width, height and the two offsets as fractions."""

MAX_META_BYTES = 4 * 1024 * 1024
"""Of the box that describes all images of a file; a phone's takes 4 kB."""
MAX_ITEMS = 10_000
"""A photo of 50 megapixels in tiles of 512 pixels has 200."""
MAX_DERIVATIONS = 4
"""A cropped grid of tiles has two."""

_DERIVED = frozenset({b"grid", b"iden", b"iovl"})
_METADATA = frozenset({b"Exif", b"mime", b"uri "})
_CONTAINERS = frozenset({b"meta", b"moov", b"mdat"})
_IN_FILE = 0
_UNSPECIFIED = 2
_LIKE_SRGB = frozenset({1, _UNSPECIFIED, 6, 14, 15})

_ORIENTATIONS = {
    (0, None): 1, (0, 1): 2, (2, None): 3, (0, 0): 4, (1, 0): 5, (3, None): 6, (3, 0): 7, (1, None): 8,
    (2, 0): 2, (2, 1): 4, (1, 1): 7, (3, 1): 5,
}  # fmt: skip
"""EXIF's number for quarter turns to the left, then mirroring at an axis (0 horizontal, 1 vertical)."""


@dataclass(slots=True)
class Item:
    """One coded or derived image, or a block of metadata."""

    kind: bytes = b""
    extents: list[tuple[int, int]] = field(default_factory=list)
    tiles: list[int] = field(default_factory=list)
    properties: list[int] = field(default_factory=list)


def is_ours(content: Content) -> bool:
    """Return whether the file type box names a brand that is read here."""
    size = min(MAX_BRAND_BYTES, int.from_bytes(content[:4], "big"))
    brands = content[8:size]
    return content[4:8] == b"ftyp" and any(brands[at : at + 4] in BRANDS for at in range(0, len(brands), 4))


def codec_of(content: Content) -> bytes:
    """Return the four letters of the primary image's codec. Raises MalformedImage, IndexError."""
    return _File(content).codec


def read_structure(content: Content) -> Structure:
    """Raises MalformedImage, IndexError."""
    file = _File(content)
    return Structure(*file.size, file.orientation, file.is_complete)


def heic_input(content: bytes) -> DecoderInput:
    """The decoder turns, mirrors and crops by itself. Raises MalformedImage, IndexError."""
    pixels = _without_descriptions(_with_brand(content, HEIC_BRANDS, b"heic"))
    return DecoderInput(pixels, profile=_File(content).profile)


def avif_input(content: bytes) -> DecoderInput:
    """The decoder does not crop. Raises MalformedImage, IndexError."""
    file = _File(content)
    image = _with_brand(content, AVIF_BRANDS, b"avif")
    return DecoderInput(image, file.orientation, file.profile, canvas=file.size if file.is_cut else None)


class _File:
    def __init__(self, content: Content) -> None:
        self._content_bytes = len(content)
        self._items: dict[int, Item] = {}
        self._properties: list[BoxReader] = []
        self._primary = 0
        self._film: BoxReader | None = None
        spans = {span.kind: span for span in _top_boxes(content) if span.kind in _CONTAINERS}
        self._last_byte = max((span.end for span in spans.values()), default=0)
        if b"meta" in spans:
            self._read_meta(_whole(content, spans[b"meta"]))
        elif b"moov" in spans:
            self._film = _whole(content, spans[b"moov"])
        else:
            raise IndexError

    @property
    def size(self) -> tuple[int, int]:
        """Width and height before turning; of a film without a primary image, those of its first track."""
        if self._film is not None:
            return _track_size(self._film)
        extent = self._property(b"ispe")
        if extent is None:
            raise MalformedImage
        width, height = struct.unpack_from(">II", extent.ljust(12, b"\0"), 4)
        return self._cropped(width, height) if self.codec == HEVC or self.is_cut else (width, height)

    @property
    def is_cut(self) -> bool:
        """Tell whether an AVIF image loses right or bottom edges, which encoders add to make odd sides even.

        Browsers ignore clean apertures that begin elsewhere than in the corner.
        """
        extent, aperture = self._property(b"ispe"), self._property(b"clap")
        if self.codec != AV1 or extent is None or aperture is None:
            return False
        sides = struct.unpack_from(">II", extent.ljust(12, b"\0"), 4)
        values = _APERTURE.unpack_from(aperture.ljust(_APERTURE.size, b"\0"))
        return all(
            _cuts_the_end(side, values[at : at + 2], values[at + 4 : at + 6])
            for side, at in zip(sides, (0, 2), strict=True)
        )

    @property
    def orientation(self) -> int:
        turns, axis = self._property(b"irot"), self._property(b"imir")
        return _ORIENTATIONS[turns[0] & 3 if turns else 0, axis[0] & 1 if axis else None]

    @property
    def profile(self) -> bytes | None:
        """An embedded profile goes before code points. A grid may leave both to its tiles."""
        item = self._item(self._primary)
        described = [item, *(self._item(number) for number in item.tiles[:1])]
        stated = next(filter(None, map(self._colours_of, described)), [])
        embedded = next((payload[4:] for payload in stated if payload[:4] in (b"prof", b"rICC")), None)
        points = next(
            (struct.unpack_from(">HH", payload, 4) for payload in stated if payload[:4] == b"nclx"), None
        )
        return embedded or (_profile_from_points(*points) if points else None)

    @property
    def codec(self) -> bytes:
        """A grid has that of its first tile. A film without a primary image is AV1, as browsers expect."""
        if self._film is not None:
            return AV1
        item = self._item(self._primary)
        for _ in range(MAX_DERIVATIONS):
            if item.kind not in _DERIVED or not item.tiles:
                break
            item = self._item(item.tiles[0])
        return item.kind

    @property
    def is_complete(self) -> bool:
        pixels = (item for item in self._items.values() if item.kind not in _METADATA)
        ends = [end for item in pixels for _, end in item.extents]
        return max([self._last_byte, *ends]) <= self._content_bytes

    def _property(self, kind: bytes) -> bytes | None:
        return next(self._properties_of(self._item(self._primary), kind), None)

    def _colours_of(self, item: Item) -> list[bytes]:
        return [payload for payload in self._properties_of(item, b"colr") if len(payload) >= 8]  # noqa: PLR2004

    def _properties_of(self, item: Item, kind: bytes) -> Iterator[bytes]:
        numbers = (number for number in item.properties if 0 < number <= len(self._properties))
        found = (self._properties[number - 1] for number in numbers)
        return (box.payload for box in found if box.kind == kind)

    def _cropped(self, width: int, height: int) -> tuple[int, int]:
        aperture = self._property(b"clap")
        if aperture is None:
            return width, height
        across, across_part, down, down_part = struct.unpack_from(">4I", aperture.ljust(16, b"\0"))
        return across // (across_part or 1), down // (down_part or 1)

    def _read_meta(self, meta: BoxReader) -> None:
        meta.version_and_flags()
        readers = {
            b"pitm": self._read_primary,
            b"iinf": self._read_kinds,
            b"iloc": self._read_extents,
            b"iref": self._read_tiles,
            b"iprp": self._read_properties,
        }
        for box in meta.boxes():
            if box.kind in readers:
                readers[box.kind](box)

    def _item(self, number: int) -> Item:
        if len(self._items) > MAX_ITEMS:
            raise MalformedImage
        return self._items.setdefault(number, Item())

    def _read_primary(self, box: BoxReader) -> None:
        version, _ = box.version_and_flags()
        self._primary = box.number(4 if version else 2)

    def _read_kinds(self, box: BoxReader) -> None:
        version, _ = box.version_and_flags()
        box.number(4 if version else 2)
        for entry in box.boxes():
            version, _ = entry.version_and_flags()
            number = entry.number(4 if version > 2 else 2)  # noqa: PLR2004
            entry.number(2)
            self._item(number).kind = entry.take(4)

    def _read_extents(self, box: BoxReader) -> None:
        """ISO/IEC 14496-12, section 8.11.3. Only offsets into the file can point behind its end."""
        version, _ = box.version_and_flags()
        sizes = box.number(2)
        offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
        for _ in range(box.number(4 if version > 1 else 2)):
            item = self._item(box.number(4 if version > 1 else 2))
            method = box.number(2) & 15 if version else _IN_FILE
            box.number(2)
            start = box.number(base)
            for _ in range(box.number(2)):
                box.number(index if version else 0)
                first = start + box.number(offset)
                end = first + box.number(length)
                if method == _IN_FILE:
                    item.extents.append((first, end))

    def _read_tiles(self, box: BoxReader) -> None:
        version, _ = box.version_and_flags()
        width = 4 if version else 2
        for reference in box.boxes():
            source = self._item(reference.number(width))
            targets = [reference.number(width) for _ in range(reference.number(2))]
            if reference.kind == b"dimg":
                source.tiles = targets

    def _read_properties(self, box: BoxReader) -> None:
        for part in box.boxes():
            if part.kind == b"ipco":
                self._properties = list(part.boxes())
            elif part.kind == b"ipma":
                self._read_associations(part)

    def _read_associations(self, box: BoxReader) -> None:
        version, flags = box.version_and_flags()
        width = 2 if flags & 1 else 1
        number = (1 << (8 * width - 1)) - 1
        for _ in range(box.number(4)):
            item = self._item(box.number(4 if version else 2))
            item.properties = [box.number(width) & number for _ in range(box.number(1))]


def _cuts_the_end(side: int, length: tuple[int, ...], offset: tuple[int, ...]) -> bool:
    """`length` and `offset` are fractions; the offset is that of the centre of what is left."""
    (kept, of), (moved, per) = length, offset
    if not of or not per or kept % of or not 0 < kept <= side * of:
        return False
    return (side - kept // of) * per + 2 * moved == 0


def _profile_from_points(primaries: int, transfer: int) -> bytes | None:
    """Browsers take unspecified points, and the curves of standard video, for those of sRGB."""
    known_primaries = colour.SRGB if primaries == _UNSPECIFIED else primaries
    return colour.profile_from_cicp(
        known_primaries, colour.SRGB_CURVE if transfer in _LIKE_SRGB else transfer
    )


@dataclass(frozen=True, slots=True)
class _Span:
    """The offsets of a top-level box's payload."""

    kind: bytes
    start: int
    end: int


def _top_boxes(content: Content) -> Iterator[_Span]:
    """Yield the boxes up to the end, or to bytes that are none."""
    at = 0
    for _ in range(MAX_PARTS):
        header = content[at : at + LARGE_HEADER_BYTES]
        if len(header) < HEADER_BYTES:
            break
        size, start = int.from_bytes(header[:4], "big"), at + HEADER_BYTES
        if size == 1:
            size, start = int.from_bytes(header[8:], "big"), at + LARGE_HEADER_BYTES
        end = at + size if size else len(content)
        if end < start:
            break
        yield _Span(header[4:8], start, end)
        at = end


def _whole(content: Content, span: _Span) -> BoxReader:
    """Raises IndexError where the box is cut, MalformedImage where it is huge."""
    if span.end > len(content):
        raise IndexError
    if span.end - span.start > MAX_META_BYTES:
        raise MalformedImage
    return BoxReader(span.kind, content[span.start : span.end])


def _track_size(film: BoxReader) -> tuple[int, int]:
    """The header of a track ends in its width and height as 16.16 numbers."""
    for track in film.boxes():
        header = next(track.boxes(), None) if track.kind == b"trak" else None
        if header is not None and len(header.payload) >= 8:  # noqa: PLR2004
            width, height = struct.unpack(">II", header.payload[-8:])
            return width >> 16, height >> 16
    raise MalformedImage


def _without_descriptions(content: bytes) -> bytes:
    """Hide EXIF and other metadata from the decoder, which crashes on some: rename its references."""
    for meta in _top_boxes(content):
        at = content.find(b"iref", meta.start, meta.end) if meta.kind == b"meta" else -1
        if at >= 0:
            end = at - 4 + int.from_bytes(content[at - 4 : at], "big")
            return content[:at] + content[at:end].replace(b"cdsc", b"skip") + content[end:]
    return content


def _with_brand(content: bytes, known: frozenset[bytes], brand: bytes) -> bytes:
    """Pillow chooses its reader by the major brand alone."""
    return content if content[8:12] in known else content[:8] + brand + content[12:]
