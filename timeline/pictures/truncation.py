"""Detect truncated image files from their structure, without decoding."""

from collections.abc import Callable, Iterator

from timeline.pictures.ranged_content import RangedContent

Content = bytes | RangedContent

PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
START_OF_SCAN = 0xDA
SCAN = bytes([0xFF, START_OF_SCAN])
END_OF_IMAGE = b"\xff\xd9"
RIFF_HEADER = 8
GIF_HEADER = 13
GIF_EXTENSION, GIF_IMAGE, GIF_TRAILER = 0x21, 0x2C, 0x3B
HAS_COLOUR_TABLE = 0x80
MAX_GIF_BLOCKS = 300_000
"""A 50 MB GIF has 200,000 blocks of 255 bytes; as blocks of one byte they would take a minute of CPU."""


def is_complete(image_format: str, content: Content) -> bool:
    """Return whether the file reaches its end. Appended data is allowed: phones store videos there."""
    try:
        return RULES.get(image_format, _always)(content)
    except IndexError:
        return False


def count_scans(image_format: str, content: bytes) -> int:
    """Return how many passes over the whole image a decoder makes; more than one only in a JPEG."""
    if image_format not in ("JPEG", "MPO"):
        return 1
    try:
        return content.count(SCAN, _first_scan(content))
    except IndexError:
        return 1


def _always(_: Content) -> bool:
    return True


def _is_complete_jpeg(content: Content) -> bool:
    """Inside a scan 0xFF is always stuffed or a restart, so the first FFD9 behind the headers is the end."""
    return content.find(END_OF_IMAGE, _first_scan(content)) >= 0


def _first_scan(content: Content) -> int:
    place = 2
    while content[place + 1] != START_OF_SCAN:
        place = _next_jpeg_segment(content, place)
    return place


def _next_jpeg_segment(content: Content, place: int) -> int:
    if content[place] != 0xFF:  # noqa: PLR2004 - every JPEG marker starts with it
        raise IndexError
    if content[place + 1] == 0xFF:  # noqa: PLR2004 - fill bytes before a marker
        return place + 1
    return place + 2 + max(2, int.from_bytes(content[place + 2 : place + 4], "big"))


def _is_complete_png(content: Content) -> bool:
    return PNG_END in content


def _is_complete_webp(content: Content) -> bool:
    return int.from_bytes(content[4:8], "little") + RIFF_HEADER <= len(content)


def _is_complete_gif(content: Content) -> bool:
    """Blocks up to the trailer (GIF89a, appendix B)."""
    steps = iter(range(MAX_GIF_BLOCKS))
    place = GIF_HEADER + _colour_table(content[10])
    while content[place] != GIF_TRAILER:
        place = _next_gif_block(content, place, steps)
    return True


def _next_gif_block(content: Content, place: int, steps: Iterator[int]) -> int:
    if content[place] == GIF_EXTENSION:
        return _skip_sub_blocks(content, place + 2, steps)
    if content[place] == GIF_IMAGE:
        return _skip_sub_blocks(content, place + 11 + _colour_table(content[place + 9]), steps)
    raise IndexError


def _skip_sub_blocks(content: Content, place: int, steps: Iterator[int]) -> int:
    """Raises IndexError at the end of the content, or after more steps than any real image takes."""
    for _ in steps:
        length = content[place]
        place += length + 1
        if not length:
            return place
    raise IndexError


def _colour_table(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & HAS_COLOUR_TABLE else 0


RULES: dict[str, Callable[[Content], bool]] = {
    "JPEG": _is_complete_jpeg,
    "MPO": _is_complete_jpeg,
    "PNG": _is_complete_png,
    "WEBP": _is_complete_webp,
    "GIF": _is_complete_gif,
}
