"""Generated ICC profiles, and their colours in sRGB, computed without a colour engine."""

import struct
from collections.abc import Sequence

Matrix = tuple[tuple[float, float, float], ...]
Colour = tuple[int, int, int]

DISPLAY_P3: Matrix = ((0.51512, 0.29198, 0.15710), (0.24120, 0.69225, 0.06657), (-0.00105, 0.04189, 0.78407))
ADOBE_RGB: Matrix = ((0.60974, 0.20528, 0.14919), (0.31111, 0.62567, 0.06322), (0.01947, 0.06087, 0.74457))
"""Columns: red, green and blue as XYZ under D50, as profiles store them."""

FROM_XYZ: Matrix = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)
"""XYZ under D50 to linear sRGB."""

GAMMA = 563 / 256
"""2.19921875, the curve of Adobe RGB; near enough to that of Display P3."""

D50 = (0.9642, 1.0, 0.8249)
INKS = {
    "": (100, 0, 0),
    "c": (60, -35, -40),
    "m": (50, 70, -5),
    "y": (90, -5, 85),
    "cm": (28, 20, -45),
    "cy": (52, -60, 28),
    "my": (50, 62, 42),
    "cmy": (20, 0, 0),
}
"""Colours of inks on paper in Lab; black ink over anything is black."""


def an_rgb_profile(primaries: Matrix, gamma: float = GAMMA) -> bytes:
    curve = b"curv" + struct.pack(">IIH", 0, 1, round(gamma * 256)) + b"\0\0"
    columns = zip(*primaries, strict=True)
    tags = dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(_xyz, columns), strict=True))
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    return _profile(b"mntr", b"RGB ", b"XYZ ", {**_named(), b"wtpt": _xyz(D50), **tags, **curves})


def display_p3() -> bytes:
    return an_rgb_profile(DISPLAY_P3)


def a_grey_profile(gamma: float) -> bytes:
    curve = b"curv" + struct.pack(">IIH", 0, 1, round(gamma * 256)) + b"\0\0"
    return _profile(b"mntr", b"GRAY", b"XYZ ", {**_named(), b"wtpt": _xyz(D50), b"kTRC": curve})


def a_cmyk_profile() -> bytes:
    """A table of the sixteen corners, between which colour engines interpolate."""
    corners = [
        _lab8(INKS["".join(ink for ink, bit in zip("cmy", (8, 4, 2), strict=True) if at & bit)], at & 1)
        for at in range(16)
    ]
    identity = bytes(range(256))
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + b"".join(map(_fixed, (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    lut = table + identity * 4 + b"".join(corners) + identity * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {**_named(), b"wtpt": _xyz(D50), b"A2B0": lut})


def in_srgb(colour: Colour, primaries: Matrix, gamma: float = GAMMA) -> Colour:
    """Return a colour of that space in sRGB, clipped if necessary."""
    return _srgb(_times(primaries, [(value / 255) ** gamma for value in colour]))


def lab_in_srgb(lab: tuple[float, float, float]) -> Colour:
    light, a, b = lab
    fy = (light + 16) / 116
    shares = (fy + a / 500, fy, fy - b / 200)
    cubes = (f**3 if f > 6 / 29 else 3 * (6 / 29) ** 2 * (f - 4 / 29) for f in shares)
    return _srgb([white * cube for white, cube in zip(D50, cubes, strict=True)])


def _srgb(xyz: Sequence[float]) -> Colour:
    red, green, blue = (_stored(value) for value in _times(FROM_XYZ, xyz))
    return red, green, blue


def _stored(linear: float) -> int:
    value = min(1.0, max(0.0, linear))
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


def _times(matrix: Matrix, vector: Sequence[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def _lab8(lab: tuple[int, int, int], is_black: int) -> bytes:
    light, a, b = (0, 0, 0) if is_black else lab
    return bytes([round(light * 2.55), a + 128, b + 128])


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(value: Sequence[float]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(map(_fixed, value))


def _named() -> dict[bytes, bytes]:
    text = b"of a test\0"
    return {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78),
        b"cprt": b"text" + bytes(4) + text,
    }


def _profile(kind: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    """ICC.1:2001: a header of 128 bytes, a table, and the tags at multiples of four."""
    at, table, contents = 132 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table += struct.pack(">4sII", name, at + len(contents), len(content))
        contents += padded
    size = at + len(contents)
    header = struct.pack(">I4xI4s4s4s12x4s", size, 0x02400000, kind, space, connection, b"acsp")
    white = b"".join(map(_fixed, D50))
    return header.ljust(68, b"\0") + white + bytes(48) + struct.pack(">I", len(tags)) + table + contents
