"""EXIF blocks as careless software writes them: which of them does a browser turn the photo by?"""

import random
import struct
from collections.abc import Iterator

from tests.journeys.differential.samples import SIDEWAYS, UPRIGHT, entry, little_tiff, tiff


def blocks() -> dict[str, bytes]:
    """TIFF blocks by name; all that differs is around or inside the orientation."""
    return {**_plain(), **_values(), **_directories(), **_other_tags()}


def random_blocks(seed: int, count: int) -> Iterator[bytes]:
    """Blocks with an orientation of 1 to 8 and random tags, types, counts, values and damage around it."""
    chance = random.Random(seed)
    return (_random_block(chance) for _ in range(count))


def _plain() -> dict[str, bytes]:
    return {
        "big-endian": tiff([SIDEWAYS]),
        "little-endian": little_tiff(),
        **{f"orientation {turn}": little_tiff(turn) for turn in range(1, 9)},
        "no directory": b"MM\0*\0\0\0\x08",
        "not TIFF": b"this is no TIFF block at all",
        "unknown byte order": b"MI" + tiff([SIDEWAYS])[2:],
        "BigTIFF": b"MM\0+" + tiff([SIDEWAYS])[4:],
        "zeros": bytes(64),
        "one byte": b"M",
        "nested Exif header": b"Exif\0\0" + tiff([SIDEWAYS]),
    }


def _values() -> dict[str, bytes]:
    number = struct.pack(">I", 6)
    odd = {
        "as text": entry(0x112, 2, 2, b"6"),
        "as a byte": entry(0x112, 1, 1, b"\6"),
        "as a long": entry(0x112, 4, 1, number),
        "as a signed short": entry(0x112, 8, 1, b"\0\6"),
        "as undefined": entry(0x112, 7, 1, b"\6"),
        "as a fraction": entry(0x112, 5, 1, number),
        "of type 0": entry(0x112, 0, 1, b"\0\6"),
        "of type 99": entry(0x112, 99, 1, b"\0\6"),
        "with count 0": entry(0x112, 3, 0, b"\0\6"),
        "with count 2": entry(0x112, 3, 2, b"\0\6\0\6"),
        "with count 4 billion": entry(0x112, 3, 2**32 - 1, b"\0\6"),
        "0": entry(0x112, 3, 1, b"\0\0"),
        "9": entry(0x112, 3, 1, b"\0\x09"),
        "65535": entry(0x112, 3, 1, b"\xff\xff"),
        "in the wrong byte order": entry(0x112, 3, 1, b"\6\0"),
        "in the low half": entry(0x112, 3, 1, number),
    }
    return {f"orientation {name}": tiff([row]) for name, row in odd.items()}


def _directories() -> dict[str, bytes]:
    inner = b"\0\1" + SIDEWAYS + bytes(4)
    behind = struct.pack(">I", 26)
    return {
        "twice, 6 then 1": tiff([SIDEWAYS, UPRIGHT]),
        "twice, 1 then 6": tiff([UPRIGHT, SIDEWAYS]),
        "twice, 9 then 6": tiff([entry(0x112, 3, 1, b"\0\x09"), SIDEWAYS]),
        "twice, text then 6": tiff([entry(0x112, 2, 2, b"6"), SIDEWAYS]),
        "unsorted": tiff([entry(0x9000, 2, 2, b"6"), SIDEWAYS]),
        "claims 500 entries": tiff([SIDEWAYS], count=500),
        "claims 65535 entries": tiff([SIDEWAYS], count=65535),
        "claims no entries": tiff([SIDEWAYS], count=0),
        "begins one byte late": tiff([SIDEWAYS], at=9),
        "begins at 0": tiff([SIDEWAYS], at=0),
        "begins behind the end": tiff([SIDEWAYS], at=2**32 - 16),
        "ends behind the value": tiff([SIDEWAYS], b""),
        "ends inside the entry": tiff([SIDEWAYS], b"")[:-2],
        "ends before the value": tiff([SIDEWAYS], b"")[:-4],
        "in the Exif directory": tiff([entry(0x8769, 4, 1, behind)], bytes(4) + inner),
        "in the Exif directory too": tiff(
            [SIDEWAYS, entry(0x8769, 4, 1, struct.pack(">I", 38))], bytes(4) + b"\0\1" + UPRIGHT + bytes(4)
        ),
        "in a short pointer's directory": tiff([entry(0x8769, 3, 1, b"\0\x1a")], bytes(4) + inner),
        "in the GPS directory": tiff([entry(0x8825, 4, 1, behind)], bytes(4) + inner),
        "in the thumbnail's directory": tiff([entry(0x10F, 2, 2, b"A")], behind + inner),
        "directory points at itself": tiff([entry(0x8769, 4, 1, struct.pack(">I", 8)), SIDEWAYS]),
        "next directory is itself": tiff([SIDEWAYS], struct.pack(">I", 8)),
        "data between header and directory": b"MM\0*"
        + struct.pack(">I", 20)
        + bytes(12)
        + tiff([SIDEWAYS])[8:],
    }


def _other_tags() -> dict[str, bytes]:
    far = b"\xff\xff\xff\xf0"
    odd = {
        "a negative resolution": entry(0x11A, 10, 1, b"\0\0\0\x26"),
        "a resolution of 1/0": entry(0x11A, 5, 1, b"\0\0\0\x26"),
        "a resolution in words": entry(0x11A, 2, 3, b"72"),
        "a float description": entry(0x10E, 11, 1, b"\x41\0\0\0"),
        "a date as a fraction": entry(0x132, 5, 1, b"\0\0\0\x26"),
        "a pointer to nowhere": entry(0x8769, 4, 1, far),
        "a signed pointer": entry(0x8769, 9, 1, far),
        "a place nowhere": entry(0x8825, 4, 1, far),
        "text behind the end": entry(0x10F, 2, 99, far),
        "text of 4 billion bytes": entry(0x10F, 2, 2**32 - 1, b"\0\0\0\x08"),
        "an unknown type": entry(0x10F, 77, 1, b"A"),
        "strips": entry(0x111, 4, 9999, far),
        "a maker note": entry(0x927C, 7, 40, b"\0\0\0\0"),
        "non-ASCII text": entry(0x10F, 2, 4, b"\xff\xfe\xfd\0"),
        "tag 0": entry(0, 3, 1, b"\0\1"),
        "compression JPEG": entry(0x103, 3, 1, b"\0\6"),
        "a zero width": entry(0x100, 4, 1, bytes(4)),
    }
    return {
        f"beside {name}": tiff(sorted([row, SIDEWAYS]), bytes(4) + b"\xff\xff\xff\xb8\0\0\0\1")
        for name, row in odd.items()
    }


def _random_block(chance: random.Random) -> bytes:
    rows = [entry(0x112, 3, 1, bytes([0, chance.randrange(1, 9)]))] if chance.random() < 0.8 else []
    rows += [_random_entry(chance) for _ in range(chance.randrange(6))]
    chance.shuffle(rows)
    block = bytearray(tiff(rows, chance.randbytes(chance.randrange(40))))
    for _ in range(chance.choice([0, 0, 1, 3])):
        block[chance.randrange(len(block))] = chance.randrange(256)
    return bytes(block[: chance.randrange(len(block))] if chance.random() < 0.2 else block)


def _random_entry(chance: random.Random) -> bytes:
    tag = chance.choice(
        [0x100, 0x10E, 0x10F, 0x11A, 0x11B, 0x128, 0x131, 0x132, 0x8769, 0x8825, 0xA005, 0x927C, 0x2BC]
    )
    count = chance.choice([0, 1, 1, 2, 4, 9, 2**31, 2**32 - 1])
    return entry(
        tag,
        chance.choice([*range(14), 129]),
        count,
        chance.randbytes(4) if chance.random() < 0.5 else struct.pack(">I", chance.randrange(60)),
    )
