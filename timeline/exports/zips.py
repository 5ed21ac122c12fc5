"""ZIP archives written from front to back in pieces, larger than any memory (PKWARE's APPNOTE 6.3)."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

PLAIN, WITH_64_BITS = 20, 45
"""The versions of the format that a reader needs."""
MADE_ON_UNIX = 3 << 8
NAMES_IN_UTF_8 = 1 << 11
A_FILE = 0o100644 << 16
MOST_16, MOST_32 = 0xFFFF, 0xFFFFFFFF
"""In a field of the old format they say: look into the 64-bit one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of the archive; `offset` is where its header begins, `time` and `date` as MS-DOS wrote them."""

    name: str
    size: int
    crc: int
    offset: int
    time: int
    date: int


def member(name: str, content: bytes, moment: datetime, offset: int) -> Member:
    return Member(
        name=name,
        size=len(content),
        crc=zlib.crc32(content),
        offset=offset,
        time=moment.hour << 11 | moment.minute << 5 | moment.second // 2,
        date=(moment.year - 1980) << 9 | moment.month << 5 | moment.day,
    )


def header(of: Member) -> bytes:
    """What stands before the content, which is stored as it is: pictures do not get smaller."""
    name = of.name.encode()
    fields = (PLAIN, NAMES_IN_UTF_8, 0, of.time, of.date, of.crc, of.size, of.size, len(name), 0)
    return struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", *fields) + name


def ending(members: Sequence[Member], offset: int) -> bytes:
    """What stands behind the last content, which ends at `offset`: where to find everything."""
    listed = b"".join(_entry(each) for each in members)
    is_large = len(members) >= MOST_16 or offset + len(listed) >= MOST_32
    end_64 = _end_with_64_bits(len(members), len(listed), offset) if is_large else b""
    count = min(len(members), MOST_16)
    where = (min(len(listed), MOST_32), min(offset, MOST_32))
    return listed + end_64 + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, *where, 0)


def _entry(of: Member) -> bytes:
    name = of.name.encode()
    is_far = of.offset >= MOST_32
    extra = struct.pack("<HHQ", 1, 8, of.offset) if is_far else b""
    version = WITH_64_BITS if is_far else PLAIN
    stored = (NAMES_IN_UTF_8, 0, of.time, of.date, of.crc, of.size, of.size, len(name), len(extra))
    rest = (0, 0, 0, A_FILE, min(of.offset, MOST_32))
    head = struct.pack("<4sHH", b"PK\x01\x02", MADE_ON_UNIX | version, version)
    return head + struct.pack("<HHHHIIIHHHHHII", *stored, *rest) + name + extra


def _end_with_64_bits(count: int, length: int, offset: int) -> bytes:
    versions = (MADE_ON_UNIX | WITH_64_BITS, WITH_64_BITS)
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, *versions, 0, 0, count, count, length, offset)
    return record + struct.pack("<4sIQI", b"PK\x06\x07", 0, offset + length, 1)
