"""Write ZIP archives piece by piece from front to back, without holding them in memory (APPNOTE 6.3)."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

VERSION_20, VERSION_45_ZIP64 = 20, 45
"""The version of the format that is needed to extract a member."""
MADE_ON_UNIX = 3 << 8
NAMES_IN_UTF_8 = 1 << 11
A_FILE = 0o100644 << 16
MAX_16, MAX_32 = 0xFFFF, 0xFFFFFFFF
"""The maximum values of the old fields; they mean that the value is in the 64-bit field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of the archive. `offset` is that of its header; `time` and `date` have the MS-DOS format."""

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
    """Return the local file header. The content is stored uncompressed: images do not get smaller."""
    name = of.name.encode()
    fields = (VERSION_20, NAMES_IN_UTF_8, 0, of.time, of.date, of.crc, of.size, of.size, len(name), 0)
    return struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", *fields) + name


def central_directory(members: Sequence[Member], offset: int) -> bytes:
    """Return the central directory, which follows the last content at `offset`."""
    listed = b"".join(_entry(each) for each in members)
    is_large = len(members) >= MAX_16 or offset + len(listed) >= MAX_32
    end_64 = _zip64_end(len(members), len(listed), offset) if is_large else b""
    count = min(len(members), MAX_16)
    where = (min(len(listed), MAX_32), min(offset, MAX_32))
    return listed + end_64 + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, *where, 0)


def _entry(of: Member) -> bytes:
    name = of.name.encode()
    is_far = of.offset >= MAX_32
    extra = struct.pack("<HHQ", 1, 8, of.offset) if is_far else b""
    version = VERSION_45_ZIP64 if is_far else VERSION_20
    stored = (NAMES_IN_UTF_8, 0, of.time, of.date, of.crc, of.size, of.size, len(name), len(extra))
    rest = (0, 0, 0, A_FILE, min(of.offset, MAX_32))
    head = struct.pack("<4sHH", b"PK\x01\x02", MADE_ON_UNIX | version, version)
    return head + struct.pack("<HHHHIIIHHHHHII", *stored, *rest) + name + extra


def _zip64_end(count: int, length: int, offset: int) -> bytes:
    versions = (MADE_ON_UNIX | VERSION_45_ZIP64, VERSION_45_ZIP64)
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, *versions, 0, 0, count, count, length, offset)
    return record + struct.pack("<4sIQI", b"PK\x06\x07", 0, offset + length, 1)
