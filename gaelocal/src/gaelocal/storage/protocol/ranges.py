"""`Range` of a download and `Content-Range` of a resumable upload."""

import re

from gaelocal.storage.state.refusals import Invalid, RangeNotSatisfiable
from gaelocal.storage.state.uploads import Piece

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+|\*)|\*)/(\d+|\*)")


def wanted_bytes(header: str | None, size: int) -> tuple[int, int] | None:
    """Give the first byte and the count; None is the whole, as a list or a broken range is (RFC 9110).

    Raises:
        RangeNotSatisfiable: it begins behind the end.
    """
    match = _RANGE.fullmatch((header or "").replace(" ", ""))
    if match is None or match.group(0) == "bytes=-":
        return None
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size or (not first and int(last) == 0):
        raise RangeNotSatisfiable(size)
    return start, end - start + 1


def piece_of(header: str | None) -> Piece:
    """Read what part of the object a request carries; without the header it is all of it.

    Raises:
        Invalid: the header is not understood.
    """
    if header is None:
        return Piece(first=0, total=None)
    match = _CONTENT_RANGE.fullmatch(header.strip())
    if match is None:
        raise Invalid(f"Failed to parse Content-Range header: {header!r}")
    first, _, total = match.groups()
    return Piece(first=None if first is None else int(first), total=None if total == "*" else int(total))
