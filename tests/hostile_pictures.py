"""Hostile and damaged image files, generated from a seed and named for their fault."""

import io
import itertools
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image

from tests import images_with_metadata, pictures

SEED = 20261121


@dataclass(frozen=True, slots=True)
class Hostile:
    name: str
    content: bytes


def small_ones() -> dict[str, bytes]:
    """Return a small image of every kind that a decoder distinguishes."""
    return {
        "jpg": pictures.a_jpeg(96, 72),
        "progressive.jpg": pictures.a_jpeg(96, 72, progressive=True),
        "cmyk.jpg": pictures.a_cmyk_jpeg(),
        "grey.jpg": pictures.a_grey_jpeg(),
        "mpo": pictures.an_mpo(),
        "png": pictures.a_png(),
        "palette.png": pictures.a_png(mode="P"),
        "deep.png": pictures.a_deep_colour_png((9, 99, 999, 9999)),
        "gif": pictures.a_gif(),
        "webp": pictures.a_webp(),
        "lossless.webp": pictures.a_webp(lossless=True),
        "heic": pictures.a_heic(),
        "avif": pictures.an_avif(),
        "transparent.avif": pictures.encoded(pictures.a_picture(mode="RGBA"), "AVIF", speed=9),
        **{f"talkative {name}": content for name, content in images_with_metadata.all_of_them().items()},
    }


def cut(every: int = 1) -> Iterator[Hostile]:
    """Yield every kind, truncated at several percentages."""
    for (name, whole), percent in itertools.product(small_ones().items(), range(0, 100, every)):
        yield Hostile(f"{name} cut at {percent} %", whole[: len(whole) * percent // 100])


def flipped(each: int, seed: int = SEED) -> Iterator[Hostile]:
    """Yield files with flipped bits, more often in the header."""
    dice = random.Random(seed)
    for (name, whole), number in itertools.product(small_ones().items(), range(each)):
        at = dice.randrange(min(len(whole), 600) if number % 2 else len(whole))
        yield Hostile(
            f"{name} bit {at} flipped", _with(whole, at, bytes([whole[at] ^ 1 << dice.randrange(8)]))
        )


def trampled(each: int, seed: int = SEED) -> Iterator[Hostile]:
    """Yield files with runs of zeros, ones and noise, and with wrong lengths."""
    dice = random.Random(seed)
    for (name, whole), number in itertools.product(small_ones().items(), range(each)):
        at, length = dice.randrange(len(whole)), 1 << dice.randrange(9)
        trace = (bytes(length), b"\xff" * length, dice.randbytes(length), b"\x7f\xff\xff\xff")[number % 4]
        yield Hostile(f"{name} trampled at {at}", _with(whole, at, trace)[: max(len(whole), 1)])


def misnamed() -> Iterator[Hostile]:
    for name, content in small_ones().items():
        for ending in ("jpg", "png", "gif", "webp", "heic", "avif", "txt", "php", ""):
            yield Hostile(f"{name} named x.{ending}", content)


def polyglots() -> Iterator[Hostile]:
    """Yield files that are an image and also a page or a program."""
    script = b"<script>alert(1)</script>"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("index.html", script)
    tails = {
        "zip": archive.getvalue(),
        "html": script,
        "php": b"<?php system($_GET[0]); ?>",
        "exe": b"MZ" + bytes(99),
    }
    for (name, whole), (kind, tail) in itertools.product(small_ones().items(), tails.items()):
        yield Hostile(f"{name} and {kind}", whole + tail)
        yield Hostile(f"{kind} and {name}", tail + whole)
    yield Hostile("gif and script", b"GIF89a=1;alert(1);//" + pictures.a_gif()[20:])
    yield Hostile("pdf and jpg", b"%PDF-1.4\n" + pictures.a_jpeg())
    yield Hostile("jpg with a page as comment", pictures.a_jpeg(comment=script))
    yield Hostile("svg", pictures.an_svg())
    yield Hostile("bmp", pictures.a_bmp())
    for first, second in itertools.permutations(list(small_ones().items())[:9], 2):
        yield Hostile(f"{first[0]} before {second[0]}", first[1] + second[1])


def shapes() -> Iterator[Hostile]:
    """Yield extreme dimensions: zero, one pixel, lines, and too large."""
    for width, height in ((1, 60_000), (60_000, 1), (1, 1), (2, 16_000), (16_000, 2)):
        yield Hostile(f"{width} x {height} png", pictures.a_png(width, height))
        yield Hostile(f"{width} x {height} jpg", pictures.a_jpeg(width, height))
        yield Hostile(f"{width} x {height} gif", pictures.a_gif(width, height, frames=1))
        if max(width, height) <= 16_383:
            yield Hostile(f"{width} x {height} webp", pictures.a_webp(width, height))
    sizes = (0, 1, 7_000, 50_000, 65_535, 2**31 - 1, 2**32 - 1)
    for width, height in itertools.product(sizes, sizes):
        yield Hostile(f"png that says {width} x {height}", pictures.a_png_header_only(width, height))
    for width, height in itertools.product((0, 1, 7_000, 65_535), repeat=2):
        size = struct.pack(">HH", height, width)
        yield Hostile(
            f"jpg that says {width} x {height}", _with(pictures.a_jpeg(), _frame(pictures.a_jpeg()), size)
        )
        size = struct.pack("<HH", width, height)
        yield Hostile(f"gif that says {width} x {height}", _with(pictures.a_gif(), 6, size))
    for kind in (
        b"",
        b"\x00",
        b"\xff\xd8\xff",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\0\0\0\0WEBP",
        b"II*\0",
        b"\0\0\0\x18ftypheic",
    ):
        yield Hostile(f"nothing but {kind!r}", kind)


def bombs() -> Iterator[Hostile]:
    """Yield small files that expand: pixels, frames, texts, passes, and reference loops."""
    yield Hostile("50 megapixels of png", pictures.a_bomb_png())
    yield Hostile("60 megapixels of png", pictures.a_png_header_only())
    yield Hostile(
        "50 megapixels of jpg", pictures.encoded(Image.new("L", (10_000, 5_000)), "JPEG", quality=1)
    )
    progressive = {"quality": 1, "progressive": True}
    yield Hostile(
        "50 megapixels of progressive jpg",
        pictures.encoded(Image.new("RGB", (10_000, 5_000)), "JPEG", **progressive),
    )
    yield Hostile(
        "50 megapixels of webp",
        pictures.encoded(Image.new("RGB", (10_000, 5_000)), "WEBP", quality=1, method=0),
    )
    yield Hostile("50 megapixels of gif", pictures.encoded(Image.new("P", (10_000, 5_000)), "GIF"))
    yield Hostile("1,000 frames of gif", _frames("GIF", 1_000))
    yield Hostile("200 frames of webp", _frames("WEBP", 200))
    yield Hostile("1,000 passes over a jpg", _with_passes(1_000))
    yield Hostile("20,000 passes over a large jpg", _with_passes(20_000, 4_000))
    yield Hostile(
        "a png whose text unpacks to 200 MB", _png_with(b"zTXt", b"Comment\0\0" + _deflated(200_000_000))
    )
    yield Hostile(
        "a png whose profile unpacks to 200 MB", _png_with(b"iCCP", b"p\0\0" + _deflated(200_000_000))
    )
    yield Hostile("a png with 16 MB of text", _png_with(b"tEXt", b"Comment\0" + b"x" * 16_000_000))
    yield Hostile("a png with 100,000 chunks", _png_with(b"tEXt", b"a\0b", 100_000))
    yield Hostile("a jpg with 15 MB of comments", _jpeg_with(0xFE, b"x" * 65_000, 230))
    yield Hostile("a jpg with 250 profiles", _jpeg_with(0xE2, b"ICC_PROFILE\0\x01\xff" + b"x" * 60_000, 250))
    yield Hostile("a jpg with 200 blocks of exif", _jpeg_with(0xE1, b"Exif\0\0" + b"x" * 60_000, 200))
    yield Hostile("a jpg whose exif points at itself", pictures.a_jpeg(exif=_circular_exif()))
    yield Hostile("a png whose exif points at itself", pictures.a_png(exif=_circular_exif()))
    yield Hostile("an mpo whose second picture is the first", _circular_mpo())
    yield Hostile("a gif in a gif in a gif", pictures.a_gif() * 500)


def everything(each: int = 50, seed: int = SEED) -> Iterator[Hostile]:
    """Yield all files; `each` is the number of bit flips per small image; overwrites are half as many."""
    damaged = flipped(each, seed), trampled(each // 2, seed)
    yield from itertools.chain(shapes(), polyglots(), misnamed(), bombs(), cut(), *damaged)


def _with(whole: bytes, at: int, other: bytes) -> bytes:
    return whole[:at] + other + whole[at + len(other) :]


def _frame(jpeg: bytes) -> int:
    """Return the offset of height and width in a JPEG's frame header."""
    return jpeg.index(b"\xff\xc0") + 5


def _frames(kind: str, count: int) -> bytes:
    frames = [Image.new("RGB", (64, 48), (n % 256, n // 4 % 256, 0)) for n in range(count)]
    return pictures.encoded(frames[0], kind, save_all=True, append_images=frames[1:])


def _with_passes(count: int, side: int = 64) -> bytes:
    """Return a JPEG whose last scan is repeated."""
    whole = pictures.a_jpeg(side, side, progressive=True, quality=1)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * count + whole[-2:]


def _deflated(length: int) -> bytes:
    squeezed = zlib.compressobj(9)
    block = bytes(1_000_000)
    return b"".join(squeezed.compress(block) for _ in range(length // len(block))) + squeezed.flush()


def _png_with(kind: bytes, content: bytes, count: int = 1) -> bytes:
    plain = pictures.a_png()
    return plain[:33] + pictures._chunk(kind, content) * count + plain[33:]


def _jpeg_with(marker: int, content: bytes, count: int) -> bytes:
    segment = bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content
    plain = pictures.a_jpeg()
    return plain[:2] + segment * count + plain[2:]


def _circular_exif() -> bytes:
    """Return a JPEG whose EXIF directories refer to the first one."""
    entry = struct.pack("<HHII", 0x8769, 4, 1, 8)
    return b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 8)


def _circular_mpo() -> bytes:
    whole = pictures.an_mpo()
    at = whole.index(b"MPF\0")
    return _with(whole, at + 60, bytes(24))


KINDS: dict[str, Callable[[], Iterator[Hostile]]] = {
    "shapes": shapes,
    "polyglots": polyglots,
    "cut": lambda: cut(every=17),
    "flipped": lambda: flipped(4),
    "trampled": lambda: trampled(4),
}
"""Yield the files that do not take long."""
