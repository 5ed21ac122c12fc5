"""JPEG files with stray bytes, odd segments and unusual structure."""

import struct
from collections.abc import Iterator

from PIL import Image

from tests.colour_profiles import display_p3
from tests.journeys.differential import exif_faults
from tests.journeys.differential.samples import SIDEWAYS, UPRIGHT, Sample, named, scene, segment, tiff
from tests.pictures import encoded

EXIF, ICC, ADOBE = b"Exif\0\0", b"ICC_PROFILE\0", b"Adobe"


def samples() -> Iterator[Sample]:
    yield from named(
        "jpeg exif",
        {name: _with(segment(0xE1, EXIF + block)) for name, block in exif_faults.blocks().items()},
    )
    yield from named("jpeg exif", _exif_places())
    yield from named("jpeg structure", {**_stray_bytes(), **_odd_segments(), **_tails()})
    yield from named("jpeg colour", {**_profiles(), **_colour_models()})
    yield from named("jpeg coding", _codings())


def _plain(**options: object) -> bytes:
    return encoded(scene(), "JPEG", quality=95, subsampling=0, **options)


def _with(*segments: bytes) -> bytes:
    plain = _plain()
    return plain[:2] + b"".join(segments) + plain[2:]


def _before(marker: int, more: bytes, jpeg: bytes | None = None) -> bytes:
    jpeg = jpeg or _plain()
    at = jpeg.index(bytes([0xFF, marker]))
    return jpeg[:at] + more + jpeg[at:]


def _exif_places() -> dict[str, bytes]:
    turned, upright = (segment(0xE1, EXIF + tiff([row])) for row in (SIDEWAYS, UPRIGHT))
    block = tiff([SIDEWAYS])
    return {
        "two blocks, 6 then 1": _with(turned, upright),
        "two blocks, 1 then 6": _with(upright, turned),
        "empty block before it": _with(segment(0xE1, EXIF), turned),
        "garbage block before it": _with(segment(0xE1, EXIF + b"garbage"), turned),
        "block without orientation before it": _with(segment(0xE1, EXIF + tiff([])), turned),
        "split over two segments": _with(segment(0xE1, EXIF + block[:14]), segment(0xE1, EXIF + block[14:])),
        "in APP2": _with(segment(0xE2, EXIF + block)),
        "in a comment": _with(segment(0xFE, EXIF + block)),
        "before the scan": _before(0xDA, turned),
        "behind the tables": _before(0xC0, turned),
        "behind the scan": _plain()[:-2] + turned + b"\xff\xd9",
        "behind the end": _plain() + turned,
        "lower-case header": _with(segment(0xE1, b"exif\0\0" + block)),
        "header without zeros": _with(segment(0xE1, b"Exif" + block)),
        "header with one zero": _with(segment(0xE1, b"Exif\0\xff" + block)),
        "only in XMP": _plain(xmp=b"<x:xmpmeta><rdf:Description tiff:Orientation='6'/></x:xmpmeta>"),
    }


def _stray_bytes() -> dict[str, bytes]:
    made = {}
    for marker, name in ((0xDB, "DQT"), (0xC0, "SOF"), (0xC4, "DHT"), (0xDA, "SOS")):
        made |= {
            f"one zero before {name}": _before(marker, b"\0"),
            f"text before {name}": _before(marker, b"stray bytes"),
            f"FF00 before {name}": _before(marker, b"\xff\0\xff\0"),
            f"fill bytes before {name}": _before(marker, b"\xff" * 9),
            f"restart marker before {name}": _before(marker, b"\xff\xd0"),
            f"TEM before {name}": _before(marker, b"\xff\x01"),
        }
    return made


def _odd_segments() -> dict[str, bytes]:
    plain = _plain()
    without_jfif = plain[:2] + plain[20:]
    return {
        "without JFIF": without_jfif,
        "empty JFIF": without_jfif[:2] + segment(0xE0, b"") + without_jfif[2:],
        "short JFIF": without_jfif[:2] + segment(0xE0, b"JFIF\0\1") + without_jfif[2:],
        "JFIF with zero density": _with(segment(0xE0, b"JFIF\0\1\1\1\0\0\0\0\0\0")),
        "JFIF version 9": without_jfif[:2]
        + segment(0xE0, b"JFIF\0\x09\x09\0\0\1\0\1\0\0")
        + without_jfif[2:],
        "JFXX": _with(segment(0xE0, b"JFXX\0\x10")),
        "empty Adobe": _with(segment(0xEE, b"")),
        "short Adobe": _with(segment(0xEE, ADOBE)),
        "Adobe of seven bytes": _with(segment(0xEE, ADOBE + b"\0\x64")),
        "Adobe of eleven bytes": _with(segment(0xEE, ADOBE + b"\0\x64\0\0\0\0")),
        "empty APP1": _with(segment(0xE1, b"")),
        "empty APP2": _with(segment(0xE2, b"")),
        "empty APP13": _with(segment(0xED, b"")),
        "short Photoshop": _with(segment(0xED, b"Photoshop 3.0\x008BIM\x04")),
        "Photoshop resolution cut": _with(segment(0xED, b"Photoshop 3.0\x008BIM\x03\xed\0\0\0\0\0\x10\0")),
        "short MPF": _with(segment(0xE2, b"MPF\0MM")),
        "MPF of nonsense": _with(segment(0xE2, b"MPF\0" + b"\xff" * 60)),
        "MPF with no pictures": _with(segment(0xE2, b"MPF\0" + tiff([]))),
        "MPF that points behind the end": _with(
            segment(0xE2, b"MPF\0MM\0*\0\0\0\x08\0\1\xb0\1\0\4\0\0\0\2\0\0\0\0" + bytes(4))
        ),
        "comment of length 0": _with(b"\xff\xfe\0\0"),
        "comment of length 1": _with(b"\xff\xfe\0\1"),
        "empty comment": _with(segment(0xFE, b"")),
        "binary comment": _with(segment(0xFE, bytes(range(256)))),
        "unknown APP15": _with(segment(0xEF, b"whatever")),
        "JPG0 segment": _with(segment(0xF0, b"whatever")),
        "DNL in the header": _with(segment(0xDC, b"\0\x40")),
        "empty DHT": _before(0xDA, segment(0xC4, b"")),
        "empty DQT": _before(0xDA, segment(0xDB, b"")),
        "DRI of zero": _before(0xDA, segment(0xDD, b"\0\0")),
        "200 comments": _with(*[segment(0xFE, b"x")] * 200),
        "tables repeated": _before(0xDA, plain[plain.index(b"\xff\xc4") : plain.index(b"\xff\xda")]),
    }


def _tails() -> dict[str, bytes]:
    plain = _plain()
    return {
        "text behind the end": plain + b"a film",
        "a second JPEG behind the end": plain + encoded(Image.new("RGB", (64, 64)), "JPEG"),
        "text before the end": plain[:-2] + b"more" + plain[-2:],
        "comment before the end": plain[:-2] + segment(0xFE, b"x") + plain[-2:],
        "zeros behind the end": plain + bytes(5000),
        "line feed behind the end": plain + b"\n",
        "MPO": encoded(scene(), "MPO", save_all=True, append_images=[Image.new("RGB", (96, 64))], quality=95),
    }


def _profiles() -> dict[str, bytes]:
    profile = display_p3()
    half = len(profile) // 2
    first, second = profile[:half], profile[half:]

    def part(number: int, count: int, content: bytes) -> bytes:
        return segment(0xE2, ICC + bytes([number, count]) + content)

    return {
        "Display P3": _with(part(1, 1, profile)),
        "in two parts": _with(part(1, 2, first), part(2, 2, second)),
        "in two parts, reversed": _with(part(2, 2, second), part(1, 2, first)),
        "part missing": _with(part(1, 2, first)),
        "part twice": _with(part(1, 2, first), part(1, 2, first), part(2, 2, second)),
        "parts that disagree": _with(part(1, 2, first), part(2, 3, second)),
        "part 0 of 1": _with(part(0, 1, profile)),
        "part 1 of 0": _with(part(1, 0, profile)),
        "part 2 of 1": _with(part(2, 1, profile)),
        "two profiles": _with(part(1, 1, profile), part(1, 1, b"x" * 200)),
        "empty part": _with(segment(0xE2, ICC)),
        "empty part before it": _with(part(1, 1, b""), part(1, 1, profile)),
        "header only": _with(part(1, 1, profile[:128])),
        "cut": _with(part(1, 1, profile[:-40])),
        "zeros": _with(part(1, 1, bytes(500))),
        "with text behind it": _with(part(1, 1, profile + b"more")),
        "without signature": _with(part(1, 1, profile[:36] + b"\0\0\0\0" + profile[40:])),
        "of a printer": _with(part(1, 1, profile[:16] + b"CMYK" + profile[20:])),
        "of class abstract": _with(part(1, 1, profile[:12] + b"abst" + profile[16:])),
        "behind the tables": _before(0xDA, part(1, 1, profile)),
        "claims to be longer": _with(part(1, 1, struct.pack(">I", len(profile) + 100) + profile[4:])),
        "claims to be shorter": _with(part(1, 1, struct.pack(">I", len(profile) - 8) + profile[4:])),
    }


def _colour_models() -> dict[str, bytes]:
    adobe = {
        name: segment(0xEE, ADOBE + b"\0\x64\0\0\0\0" + bytes([transform]))
        for name, transform in (("0", 0), ("1", 1), ("2", 2), ("9", 9))
    }
    plain = _plain()
    bare = plain[:2] + plain[20:]
    ids = bare.index(b"\xff\xc0") + 10
    scan = bare.index(b"\xff\xda") + 5

    def renamed(letters: bytes) -> bytes:
        made = bytearray(bare)
        for at, letter in enumerate(letters):
            made[ids + 3 * at] = made[scan + 2 * at] = letter
        return bytes(made)

    return {
        **{
            f"Adobe transform {name} without JFIF": bare[:2] + each + bare[2:] for name, each in adobe.items()
        },
        **{
            f"Adobe transform {name} with JFIF": plain[:20] + each + plain[20:]
            for name, each in adobe.items()
        },
        "components 0 1 2": renamed(bytes([0, 1, 2])),
        "components 1 34 35": renamed(bytes([1, 34, 35])),
        "components RGB": renamed(b"RGB"),
        "components rgb": renamed(b"rgb"),
        "stored as RGB": encoded(scene(), "JPEG", quality=95, keep_rgb=True),
        "grey": encoded(scene().convert("L"), "JPEG", quality=95),
        "CMYK": encoded(scene().convert("CMYK"), "JPEG", quality=95),
        "progressive CMYK": encoded(scene().convert("CMYK"), "JPEG", quality=95, progressive=True),
        "grey with a profile for RGB": encoded(
            scene().convert("L"), "JPEG", quality=95, icc_profile=display_p3()
        ),
        "CMYK with a profile for RGB": encoded(
            scene().convert("CMYK"), "JPEG", quality=95, icc_profile=display_p3()
        ),
    }


def _codings() -> dict[str, bytes]:
    made = {
        f"subsampling {name}": encoded(scene(), "JPEG", quality=95, subsampling=name)
        for name in ("4:2:0", "4:2:2", "4:4:4")
    }
    made |= {
        f"quality {quality}": encoded(scene((320, 200)), "JPEG", quality=quality)
        for quality in (1, 20, 50, 75, 90, 100)
    }
    made |= {
        "progressive": _plain(progressive=True),
        "restart intervals": _plain(restart_marker_blocks=2),
        "optimised": _plain(optimize=True),
        "one pixel": encoded(Image.new("RGB", (1, 1), (200, 30, 30)), "JPEG", quality=95),
        "one row": encoded(scene((300, 1)), "JPEG", quality=95),
        "one column": encoded(scene((1, 300)), "JPEG", quality=95),
        "17 x 33": encoded(scene((17, 33)), "JPEG", quality=95),
        "larger than a rendition": encoded(scene((2000, 1400)), "JPEG", quality=90),
    }
    return made
