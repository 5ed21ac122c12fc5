"""WebP files with odd chunks, flags and animations."""

import struct
from collections.abc import Iterator

from PIL import Image

from tests.colour_profiles import display_p3
from tests.journeys.differential import exif_faults
from tests.journeys.differential.samples import SIDEWAYS, SIZE, UPRIGHT, Sample, named, scene, tiff
from tests.pictures import encoded

HAS_ANIMATION, HAS_XMP, HAS_EXIF, HAS_ALPHA, HAS_ICC = 0x02, 0x04, 0x08, 0x10, 0x20


def samples() -> Iterator[Sample]:
    eager = (
        "big-endian",
        "little-endian",
        "not TIFF",
        "claims 500 entries",
        "nested Exif header",
        "in the Exif directory",
        "twice, 9 then 6",
    )
    blocks = exif_faults.blocks()
    yield from named(
        "webp exif", {name: extended(HAS_EXIF, pixels(), part(b"EXIF", blocks[name])) for name in eager}
    )
    yield from named("webp exif", _exif_places())
    yield from named("webp structure", {**_plain_ones(), **_structure()})
    yield from named("webp colour", _profiles())
    yield from named("webp animation", _films())


def part(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def riff(*parts: bytes, length: int | None = None) -> bytes:
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body) if length is None else length) + body


def header(flags: int, size: tuple[int, int] = SIZE) -> bytes:
    width, height = ((side - 1).to_bytes(3, "little") for side in size)
    return part(b"VP8X", bytes([flags, 0, 0, 0]) + width + height)


def extended(flags: int, *parts: bytes, size: tuple[int, int] = SIZE) -> bytes:
    return riff(header(flags, size), *parts)


def pixels(image: Image.Image | None = None, **options: object) -> bytes:
    """The chunks of a still image without their container."""
    whole = encoded(image or scene(), "WEBP", **({"lossless": True} | options))
    return whole[12:] if whole[12:16] != b"VP8X" else whole[30:]


def _exif_places() -> dict[str, bytes]:
    turned, upright = part(b"EXIF", tiff([SIDEWAYS])), part(b"EXIF", tiff([UPRIGHT]))
    return {
        "with an Exif header": extended(HAS_EXIF, pixels(), part(b"EXIF", b"Exif\0\0" + tiff([SIDEWAYS]))),
        "without the flag": extended(0, pixels(), turned),
        "before the pixels": extended(HAS_EXIF, turned, pixels()),
        "twice, 6 then 1": extended(HAS_EXIF, pixels(), turned, upright),
        "twice, 1 then 6": extended(HAS_EXIF, pixels(), upright, turned),
        "without VP8X": riff(pixels(), turned),
        "outside the RIFF": extended(HAS_EXIF, pixels()) + turned,
        "empty": extended(HAS_EXIF, pixels(), part(b"EXIF", b"")),
        "flag without block": extended(HAS_EXIF, pixels()),
        "only in XMP": extended(
            HAS_XMP,
            pixels(),
            part(b"XMP ", b"<x:xmpmeta><rdf:Description tiff:Orientation='6'/></x:xmpmeta>"),
        ),
        "lossy": extended(HAS_EXIF, pixels(lossless=False, quality=95), turned),
    }


def _plain_ones() -> dict[str, bytes]:
    clear = scene().convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    return {
        **{
            f"quality {quality}": encoded(scene((300, 200)), "WEBP", quality=quality)
            for quality in (1, 30, 75, 100)
        },
        "lossless": encoded(scene(), "WEBP", lossless=True),
        "lossless with alpha": encoded(clear, "WEBP", lossless=True),
        "lossy with alpha": encoded(clear, "WEBP", quality=95),
        "lossy with coarse alpha": encoded(clear, "WEBP", quality=95, alpha_quality=10),
        "grey": encoded(scene().convert("L"), "WEBP", quality=95),
        "one pixel": encoded(Image.new("RGB", (1, 1), (200, 30, 30)), "WEBP", lossless=True),
        "odd sides": encoded(scene((33, 17)), "WEBP", quality=95),
        "larger than a rendition": encoded(scene((2000, 1400)), "WEBP", quality=90),
    }


def _structure() -> dict[str, bytes]:
    plain = riff(pixels())
    clear = scene().convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    lossy_alpha = pixels(clear, lossless=False, quality=95)
    return {
        "text behind the end": plain + b"a film",
        "unknown part behind": riff(pixels(), part(b"abcd", b"whatever")),
        "unknown part before": extended(0, part(b"abcd", b"whatever"), pixels()),
        "unknown part before, without VP8X": riff(part(b"abcd", b"whatever"), pixels()),
        "RIFF length too small": riff(pixels(), length=len(plain) - 60),
        "RIFF length of zero": riff(pixels(), length=0),
        "RIFF length odd": riff(pixels(), part(b"abcd", b"xy"))[:4]
        + struct.pack("<I", len(plain) + 1)
        + plain[8:]
        + b"abcd\2\0\0\0xy",
        "alpha flag without alpha": extended(HAS_ALPHA, pixels()),
        "alpha without its flag": extended(0, lossy_alpha),
        "lossless alpha without its flag": extended(0, pixels(clear)),
        "reserved flags": extended(0xC1, pixels()),
        "ICC flag without profile": extended(HAS_ICC, pixels()),
        "short VP8X": riff(part(b"VP8X", bytes(6)), pixels()),
        "long VP8X": riff(part(b"VP8X", header(0)[8:] + bytes(4)), pixels()),
        "canvas larger than the pixels": extended(0, pixels(), size=(200, 100)),
        "canvas smaller than the pixels": extended(0, pixels(), size=(50, 50)),
        "two images": riff(pixels(), pixels(Image.new("RGB", SIZE))),
        "VP8X twice": riff(header(0), header(0), pixels()),
        "300 unknown parts": extended(0, pixels(), *[part(b"abcd", b"xy")] * 300),
        "without padding at the end": riff(pixels(), part(b"abcd", b"odd")[:-1]),
    }


def _profiles() -> dict[str, bytes]:
    profile = part(b"ICCP", display_p3())
    return {
        "ICCP": extended(HAS_ICC, profile, pixels()),
        "ICCP, lossy": extended(HAS_ICC, profile, pixels(lossless=False, quality=95)),
        "ICCP without its flag": extended(0, profile, pixels()),
        "ICCP behind the pixels": extended(HAS_ICC, pixels(), profile),
        "ICCP of nonsense": extended(HAS_ICC, part(b"ICCP", b"nonsense"), pixels()),
        "empty ICCP": extended(HAS_ICC, part(b"ICCP", b""), pixels()),
        "two ICCP": extended(HAS_ICC, profile, part(b"ICCP", b"nonsense"), pixels()),
        "ICCP without VP8X": riff(profile, pixels()),
    }


def _tile(colour: tuple[int, ...] = (250, 10, 10), **options: object) -> bytes:
    mode = "RGBA" if len(colour) == 4 else "RGB"
    return pixels(Image.new(mode, (40, 24), colour), **options)


def frame(
    content: bytes, position: tuple[int, int] = (28, 20), size: tuple[int, int] = (40, 24), flags: int = 0
) -> bytes:
    where = b"".join(
        value.to_bytes(3, "little")
        for value in (position[0] // 2, position[1] // 2, size[0] - 1, size[1] - 1, 10_000)
    )
    return part(b"ANMF", where + bytes([flags]) + content)


def _films() -> dict[str, bytes]:
    animation, blue = part(b"ANIM", bytes(6)), part(b"ANIM", b"\xc8\x3c\x14\xff\0\0")
    first, second = frame(_tile()), frame(_tile((10, 250, 10)))
    whole = [Image.new("RGBA", SIZE, (0, 0, 0, 0)) for _ in range(3)]
    for at, each in enumerate(whole):
        each.paste(((250, 10, 10, 255), (10, 250, 10, 255), (10, 10, 250, 255))[at], (20, 20, 60, 44))
    both = HAS_ANIMATION | HAS_ALPHA
    return {
        "first frame covers a part": extended(HAS_ANIMATION, animation, first, second),
        "first frame covers a part, alpha flag": extended(both, animation, first, second),
        "background colour": extended(HAS_ANIMATION, blue, first, second),
        "background colour, alpha flag": extended(both, blue, first, second),
        "one frame": extended(HAS_ANIMATION, animation, first),
        "lossy first frame": extended(
            HAS_ANIMATION, animation, frame(_tile(lossless=False, quality=95)), second
        ),
        "clear first frame": extended(both, animation, frame(_tile((250, 10, 10, 90))), second),
        "clear first frame, no blending": extended(
            both, animation, frame(_tile((250, 10, 10, 90)), flags=2), second
        ),
        "clear first frame on a colour": extended(both, blue, frame(_tile((250, 10, 10, 90))), second),
        "clear frame without the flag": extended(
            HAS_ANIMATION, animation, frame(_tile((250, 10, 10, 90))), second
        ),
        "frame that is disposed of": extended(both, animation, frame(_tile(), flags=1), second),
        "frame outside the canvas": extended(HAS_ANIMATION, animation, frame(_tile(), (80, 60)), second),
        "without ANIM": extended(HAS_ANIMATION, first, second),
        "without the animation flag": extended(0, animation, first, second),
        "still with the animation flag": extended(HAS_ANIMATION, animation, pixels()),
        "frame of another size than it says": extended(
            HAS_ANIMATION, animation, frame(_tile(), size=(20, 20)), second
        ),
        "turned": extended(
            HAS_ANIMATION | HAS_EXIF, animation, first, second, part(b"EXIF", tiff([SIDEWAYS]))
        ),
        "with a profile": extended(
            HAS_ANIMATION | HAS_ICC, part(b"ICCP", display_p3()), animation, first, second
        ),
        "second frame cut short": extended(HAS_ANIMATION, animation, first, frame(_tile()[:-9])),
        "as Pillow writes it": encoded(
            whole[0], "WEBP", save_all=True, append_images=whole[1:], lossless=True, duration=10_000
        ),
    }
