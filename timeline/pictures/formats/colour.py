"""Make ICC profiles from other statements about colour: PNG's gAMA and cHRM, and the code points of CICP."""

import struct
from collections.abc import Sequence

Matrix = list[list[float]]

_D65 = (0.3127, 0.3290)
_C = (0.310, 0.316)
PRIMARIES: dict[int, tuple[float, ...]] = {
    1: (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, *_D65),
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, *_C),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, *_D65),
    6: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    7: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    8: (0.681, 0.319, 0.243, 0.692, 0.145, 0.049, *_C),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *_D65),
    10: (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1 / 3, 1 / 3),
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351),
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *_D65),
    22: (0.630, 0.340, 0.295, 0.605, 0.155, 0.077, *_D65),
}
"""ITU-T H.273, table 2: x and y of red, green, blue and white."""

_BT1886 = (2.4,)
"""How video is displayed: browsers do not invert the camera's curve of BT.709."""
CURVES: dict[int, tuple[float, ...]] = {
    1: _BT1886,
    4: (2.2,),
    5: (2.8,),
    6: _BT1886,
    7: (1 / 0.45, 1 / 1.111572, 0.111572 / 1.111572, 1 / 4.0, 0.091286),
    8: (1.0,),
    11: _BT1886,
    13: (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
    14: _BT1886,
    15: _BT1886,
    17: (2.6, (52.37 / 48) ** (1 / 2.6), 0.0, 0.0, 0.0),
}
"""ITU-T H.273, table 3, inverted: a gamma; or gamma, a, b, c, d of (ax + b)^gamma above d and cx below."""

TONE_MAPPED_GREYS = {
    16: bytes.fromhex(
        "0000000101020406090d11151a1f242a30363d454c555e68727d8996a3b2c1ccd5dde5ebf2f8fdffffffffffffffffffffffffff"
    ),
    18: bytes.fromhex(
        "0000010205080d11151a1e23272c3034393d42464b4f54585c61656a6f757a81878e969ea6afb9c2cad0d6dbe0e5eaeef3f7fbff"
    ),
}
"""PQ (16) and HLG (18): how Chromium 156 shows every fifth grey, in sRGB, on a screen without HDR."""

SRGB, SRGB_CURVE = 1, 13

_PNG_UNIT = 100_000
_NEUTRAL_GAMMA = range(43182, 47728)
"""PNG gammas within 5 % of 1/2.2, which browsers take for sRGB where no primaries are given."""

_D50 = (0.96422, 1.0, 0.82521)
_BRADFORD: Matrix = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
_MAX_FIXED, _MIN_GAMMA = 32767.0, 2 / 65536
"""The limits of the 16.16 numbers in profiles."""


def profile_from_gamma(gamma: int, primaries: Sequence[int] | None) -> bytes | None:
    """Return a profile for PNG's gAMA and cHRM in hundred-thousandths; None for sRGB and for nonsense."""
    if not gamma or (primaries is None and gamma in _NEUTRAL_GAMMA):
        return None
    points = PRIMARIES[SRGB] if primaries is None else _chromaticities(primaries)
    return _profile(points, _parametric((min(_MAX_FIXED, max(_MIN_GAMMA, _PNG_UNIT / gamma)),)))


def is_known_cicp(primaries: int, transfer: int) -> bool:
    return primaries in PRIMARIES and (transfer in CURVES or transfer in TONE_MAPPED_GREYS)


def profile_from_cicp(primaries: int, transfer: int) -> bytes | None:
    """Return a profile for code points of H.273; None for sRGB and for what is unspecified or unknown."""
    if (primaries, transfer) == (SRGB, SRGB_CURVE) or not is_known_cicp(primaries, transfer):
        return None
    return _profile(
        PRIMARIES[primaries], _parametric(CURVES[transfer]) if transfer in CURVES else _sampled(transfer)
    )


def _chromaticities(values: Sequence[int]) -> tuple[float, ...]:
    """PNG names white first."""
    return tuple(value / _PNG_UNIT for value in (*values[2:], *values[:2]))


def _parametric(parameters: Sequence[float]) -> bytes:
    kind = {1: 0, 5: 3}[len(parameters)]
    return b"para" + struct.pack(">IHH", 0, kind, 0) + b"".join(map(_fixed, parameters))


def _sampled(transfer: int) -> bytes:
    greys = TONE_MAPPED_GREYS[transfer]
    linear = (round(65535 * _linear(grey / 255)) for grey in greys)
    return b"curv" + struct.pack(f">II{len(greys)}H", 0, len(greys), *linear)


def _linear(value: float) -> float:
    """Undo the curve of sRGB."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004


def _profile(points: Sequence[float], curve: bytes) -> bytes | None:
    """Return a matrix profile; None where the primaries span no colour space."""
    columns = _primaries_under_d50(points)
    if columns is None:
        return None
    tags = {
        b"desc": b"mluc" + struct.pack(">IIIHHII", 0, 1, 12, 0x656E, 0x5553, 2, 28) + b"\0p",
        b"cprt": b"mluc" + struct.pack(">IIIHHII", 0, 1, 12, 0x656E, 0x5553, 2, 28) + b"\0-",
        b"wtpt": _xyz(_D50),
        **{name: _xyz(column) for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    return _assemble(tags)


def _assemble(tags: dict[bytes, bytes]) -> bytes:
    """ICC.1:2022, section 7: a header of 128 bytes, a table, and the tags at multiples of four."""
    at, table, contents = 132 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        table += struct.pack(">4sII", name, at + len(contents), len(content))
        contents += content + bytes(-len(content) % 4)
    size = at + len(contents)
    header = struct.pack(">I4xI4s4s4s12x4s", size, 0x04300000, b"mntr", b"RGB ", b"XYZ ", b"acsp").ljust(
        68, b"\0"
    )
    white = b"".join(map(_fixed, _D50))
    return header + white + bytes(48) + struct.pack(">I", len(tags)) + table + contents


def _primaries_under_d50(points: Sequence[float]) -> list[list[float]] | None:
    """Return red, green and blue as XYZ, scaled to add up to white and adapted by Bradford's method."""
    red, green, blue, white = (points[at : at + 2] for at in range(0, 8, 2))
    if any(not 0 <= value <= 1 for value in points) or not white[1]:
        return None
    rows = [list(row) for row in zip(*map(_xyz_of, (red, green, blue)), strict=True)]
    white_xyz = [value / white[1] for value in _xyz_of(white)]
    inverse = _inverse(rows)
    if inverse is None:
        return None
    scales = _times(inverse, white_xyz)
    adaptation = _adaptation(white_xyz)
    columns = (
        [value * scale for value in _xyz_of(point)]
        for point, scale in zip((red, green, blue), scales, strict=True)
    )
    return [_times(adaptation, column) for column in columns]


def _xyz_of(point: Sequence[float]) -> list[float]:
    x, y = point
    return [x, y, 1 - x - y]


def _adaptation(white: Sequence[float]) -> Matrix:
    inverse = _inverse(_BRADFORD)
    assert inverse is not None  # noqa: S101 - a constant
    source, target = _times(_BRADFORD, white), _times(_BRADFORD, _D50)
    scaled = [
        [value * to / start for value in row]
        for row, to, start in zip(_BRADFORD, target, source, strict=True)
    ]
    return [[sum(inverse[r][k] * scaled[k][c] for k in range(3)) for c in range(3)] for r in range(3)]


def _inverse(m: Matrix) -> Matrix | None:
    """Return the inverse of a 3 x 3 matrix by its cofactors; None where there is none."""
    cofactors = [
        [
            m[(r + 1) % 3][(c + 1) % 3] * m[(r + 2) % 3][(c + 2) % 3]
            - m[(r + 1) % 3][(c + 2) % 3] * m[(r + 2) % 3][(c + 1) % 3]
            for r in range(3)
        ]
        for c in range(3)
    ]
    determinant = sum(m[0][c] * cofactors[c][0] for c in range(3))
    if abs(determinant) < 1e-9:  # noqa: PLR2004
        return None
    return [[value / determinant for value in row] for row in cofactors]


def _times(matrix: Matrix, vector: Sequence[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(map(_fixed, values))


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(min(_MAX_FIXED, max(-_MAX_FIXED, value)) * 65536))
