"""PNG files with odd chunks, depths, colours and checksums."""

import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from tests.colour_profiles import a_grey_profile, display_p3
from tests.journeys.differential import exif_faults
from tests.journeys.differential.samples import SIDEWAYS, SIZE, UPRIGHT, Sample, chunk, named, scene, tiff
from tests.pictures import encoded

SIGNATURE = b"\x89PNG\r\n\x1a\n"
END = chunk(b"IEND", b"")
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
XY_SRGB = struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
XY_P3 = struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
XMP = b"<x:xmpmeta><rdf:Description tiff:Orientation='6'/></x:xmpmeta>"


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
    yield from named("png exif", {name: _with(chunk(b"eXIf", blocks[name])) for name in eager})
    yield from named("png exif", _exif_places())
    yield from named("png chunks", {**_short_chunks(), **_checksums(), **_structure()})
    yield from named("png colour", {**_gammas(), **_cicp(), **_profiles(), **_grey_profiles()})
    yield from named("png depth", {**_depths(), **_transparency()})
    yield from named("png animation", _animations())


def image(
    kind: int, depth: int, rows: list[bytes], *chunks: bytes, width: int = SIZE[0], interlace: int = 0
) -> bytes:
    header = struct.pack(">IIBBBBB", width, len(rows), depth, kind, 0, 0, interlace)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return SIGNATURE + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IDAT", pixels) + END


def _plain(**options: object) -> bytes:
    return encoded(scene(), "PNG", **options)


def _with(*chunks: bytes, png: bytes | None = None) -> bytes:
    """Insert the chunks before the pixels."""
    png = png or _plain()
    at = png.index(b"IDAT") - 4
    return png[:at] + b"".join(chunks) + png[at:]


def _behind(*chunks: bytes) -> bytes:
    """Insert the chunks between the pixels and the end."""
    plain = _plain()
    return plain[: -len(END)] + b"".join(chunks) + END


def _exif_places() -> dict[str, bytes]:
    turned = tiff([SIDEWAYS])
    text = b"Raw profile type exif\0\0" + zlib.compress(
        b"\nexif\n%8d\n%s\n" % (len(turned) + 6, (b"Exif\0\0" + turned).hex().encode())
    )
    return {
        "two chunks, 6 then 1": _with(chunk(b"eXIf", turned), chunk(b"eXIf", tiff([UPRIGHT]))),
        "two chunks, 1 then 6": _with(chunk(b"eXIf", tiff([UPRIGHT])), chunk(b"eXIf", turned)),
        "behind the pixels": _behind(chunk(b"eXIf", turned)),
        "empty": _with(chunk(b"eXIf", b"")),
        "with a wrong checksum": _with(chunk(b"eXIf", turned, crc=1)),
        "in a text chunk": _with(chunk(b"zTXt", text)),
        "in XMP": _with(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)),
        "before the palette": _with(chunk(b"eXIf", turned), png=_plain()),
    }


def _short_chunks() -> dict[str, bytes]:
    lengths = {
        b"pHYs": 9,
        b"gAMA": 4,
        b"cHRM": 32,
        b"sRGB": 1,
        b"cICP": 4,
        b"bKGD": 6,
        b"sBIT": 3,
        b"tIME": 7,
        b"acTL": 8,
        b"fcTL": 26,
        b"iCCP": 40,
        b"hIST": 2,
        b"tEXt": 9,
        b"zTXt": 9,
        b"iTXt": 12,
        b"sPLT": 10,
        b"eXIf": 20,
        b"tRNS": 6,
        b"mDCV": 24,
        b"cLLI": 8,
        b"oFFs": 9,
        b"sCAL": 9,
        b"prVt": 5,
    }
    made = {}
    for kind, length in lengths.items():
        for name, content in (
            ("empty", b""),
            ("short", b"\1" * (length - 1)),
            ("long", b"\1" * (length + 3)),
        ):
            made[f"{name} {kind.decode()}"] = _with(chunk(kind, content))
    return made


def _checksums() -> dict[str, bytes]:
    contents = {
        b"tEXt": b"Comment\0x",
        b"pHYs": struct.pack(">IIB", 2835, 2835, 1),
        b"iTXt": b"Comment\0\0\0\0\0x",
        b"tIME": b"\x07\xe8\1\1\0\0\0",
        b"gAMA": struct.pack(">I", 100000),
        b"bKGD": bytes(6),
        b"acTL": struct.pack(">II", 1, 0),
        b"zTXt": b"a\0\0" + zlib.compress(b"x"),
        b"prVt": b"x",
        b"iCCP": b"p\0\0" + zlib.compress(display_p3()),
    }
    made = {
        f"wrong checksum of {kind.decode()}": _with(chunk(kind, content, crc=7))
        for kind, content in contents.items()
    }
    plain = _plain()
    return {
        **made,
        "wrong checksum of IEND": plain[:-4] + bytes(4),
        "wrong checksum of tEXt behind the pixels": _behind(chunk(b"tEXt", b"Comment\0x", crc=7)),
    }


def _structure() -> dict[str, bytes]:
    plain = _plain()
    at = plain.index(b"IDAT") - 4
    length = struct.unpack_from(">I", plain, at)[0]
    pixels = plain[at + 8 : at + 8 + length]
    parts = [pixels[n : n + 100] for n in range(0, len(pixels), 100)]
    start = plain[:at]
    return {
        "many IDAT": start + b"".join(chunk(b"IDAT", part) for part in parts) + END,
        "IDAT of one byte each": start
        + b"".join(chunk(b"IDAT", pixels[n : n + 1]) for n in range(len(pixels)))
        + END,
        "empty IDAT first": start + chunk(b"IDAT", b"") + chunk(b"IDAT", pixels) + END,
        "empty IDAT last": start + chunk(b"IDAT", pixels) + chunk(b"IDAT", b"") + END,
        "text between IDAT": start
        + chunk(b"IDAT", parts[0])
        + chunk(b"tEXt", b"a\0b")
        + b"".join(chunk(b"IDAT", part) for part in parts[1:])
        + END,
        "more pixels than needed": start
        + chunk(b"IDAT", zlib.compress(zlib.decompress(pixels) + bytes(5000)))
        + END,
        "text behind the compressed pixels": start + chunk(b"IDAT", pixels + b"more") + END,
        "wrong Adler checksum": start + chunk(b"IDAT", pixels[:-4] + bytes(4)) + END,
        "no Adler checksum": start + chunk(b"IDAT", pixels[:-4]) + END,
        "text behind the end": plain + b"a film",
        "a second PNG behind the end": plain + plain,
        "unknown chunk": _with(chunk(b"abCd", b"whatever")),
        "unknown chunk with odd letters": _with(chunk(b"ab1d", b"whatever")),
        "chunk of zero length": _with(chunk(b"prVt", b"")),
        "300 text chunks": _with(*[chunk(b"tEXt", b"a\0b")] * 300),
        "text without separator": _with(chunk(b"tEXt", b"text")),
        "compressed text of nonsense": _with(chunk(b"zTXt", b"a\0\0nonsense")),
        "compressed text by an unknown method": _with(chunk(b"zTXt", b"a\0\x09" + zlib.compress(b"x"))),
        "physical size of zero": _with(chunk(b"pHYs", bytes(9))),
        "physical size in an unknown unit": _with(chunk(b"pHYs", struct.pack(">IIB", 1, 2, 9))),
        "two physical sizes": _with(
            chunk(b"pHYs", struct.pack(">IIB", 1, 1, 1)), chunk(b"pHYs", struct.pack(">IIB", 2, 1, 1))
        ),
        "two gammas": _with(
            chunk(b"gAMA", struct.pack(">I", 100000)), chunk(b"gAMA", struct.pack(">I", 45455))
        ),
        "iDOT of Apple": _with(chunk(b"iDOT", struct.pack(">7I", 2, 0, 32, 40, 32, 32, 900))),
        "CgBI-like chunk behind the header": _with(chunk(b"cgBi", b"\x30\0\x20\2")),
    }


def _gammas() -> dict[str, bytes]:
    made = {}
    for gamma in (
        1,
        10000,
        22727,
        30000,
        43000,
        44000,
        45455,
        45500,
        47000,
        48000,
        50000,
        55100,
        65000,
        100000,
        200000,
        1000000,
        2**31 - 1,
        2**32 - 1,
    ):
        made[f"gAMA {gamma}"] = _with(chunk(b"gAMA", struct.pack(">I", gamma)))
    gamma_of_srgb, linear = (
        chunk(b"gAMA", struct.pack(">I", 45455)),
        chunk(b"gAMA", struct.pack(">I", 100000)),
    )
    for name, xy in (
        ("sRGB", XY_SRGB),
        ("Display P3", XY_P3),
        ("zero", bytes(32)),
        ("one point", struct.pack(">8I", *[33000] * 8)),
        ("large", struct.pack(">8I", *[2**31 - 1] * 8)),
    ):
        primaries = chunk(b"cHRM", xy)
        made |= {
            f"cHRM {name} alone": _with(primaries),
            f"cHRM {name} and gAMA 45455": _with(gamma_of_srgb, primaries),
            f"cHRM {name} and gAMA 100000": _with(linear, primaries),
            f"cHRM {name}, gAMA and sRGB": _with(linear, primaries, chunk(b"sRGB", b"\0")),
        }
    return made | {
        "gAMA 0": _with(chunk(b"gAMA", bytes(4))),
        "gAMA behind the pixels": _behind(linear),
        "sRGB": _with(chunk(b"sRGB", b"\0")),
        "sRGB intent 9": _with(chunk(b"sRGB", b"\x09"), linear),
        "sRGB before gAMA": _with(chunk(b"sRGB", b"\1"), linear),
        "gAMA 100000 on grey": _with(linear, png=encoded(scene().convert("L"), "PNG")),
        "gAMA 100000 on a palette": _with(linear, png=encoded(scene().quantize(64), "PNG")),
        "gAMA 100000 with alpha": _with(linear, png=encoded(_half_transparent(), "PNG")),
        "gAMA 100000 in 16 bits": _with(linear, png=_deep(RGB)),
        "gAMA 100000 in 16 bits of grey": _with(linear, png=_deep(GREY)),
    }


def _cicp() -> dict[str, bytes]:
    made = {}
    for primaries, transfer in [
        (1, 13),
        (1, 1),
        (1, 8),
        (12, 13),
        (9, 1),
        (9, 14),
        (5, 13),
        (6, 6),
        (4, 4),
        (10, 8),
        (11, 17),
        (22, 13),
        (12, 1),
        (2, 2),
        (0, 0),
        (1, 5),
        (7, 7),
        (8, 13),
        (12, 11),
        (12, 12),
        (9, 15),
        (99, 13),
        (12, 99),
    ]:
        made[f"cICP {primaries}/{transfer}"] = _with(chunk(b"cICP", bytes([primaries, transfer, 0, 1])))
    for transfer in (16, 18):
        hdr = chunk(b"cICP", bytes([9, transfer, 0, 1]))
        made[f"cICP 9/{transfer} on grey"] = _with(hdr, png=encoded(scene().convert("L"), "PNG"))
    p3 = bytes([12, 13, 0, 1])
    return made | {
        "cICP of video range": _with(chunk(b"cICP", bytes([12, 13, 0, 0]))),
        "cICP with a matrix": _with(chunk(b"cICP", bytes([12, 13, 1, 1]))),
        "cICP range 2": _with(chunk(b"cICP", bytes([12, 13, 0, 2]))),
        "cICP before gAMA": _with(chunk(b"cICP", p3), chunk(b"gAMA", struct.pack(">I", 100000))),
        "cICP before sRGB": _with(chunk(b"cICP", p3), chunk(b"sRGB", b"\0")),
        "cICP before iCCP": _with(
            chunk(b"cICP", bytes([1, 13, 0, 1])), chunk(b"iCCP", b"p\0\0" + zlib.compress(display_p3()))
        ),
        "cICP behind the pixels": _behind(chunk(b"cICP", p3)),
        "cICP on grey": _with(chunk(b"cICP", p3), png=encoded(scene().convert("L"), "PNG")),
        "cICP on a palette": _with(chunk(b"cICP", p3), png=encoded(scene().quantize(64), "PNG")),
    }


def _profiles() -> dict[str, bytes]:
    squeezed = zlib.compress(display_p3())
    return {
        "iCCP": _with(chunk(b"iCCP", b"p\0\0" + squeezed)),
        "iCCP and sRGB": _with(chunk(b"iCCP", b"p\0\0" + squeezed), chunk(b"sRGB", b"\0")),
        "iCCP and gAMA": _with(
            chunk(b"gAMA", struct.pack(">I", 100000)), chunk(b"iCCP", b"p\0\0" + squeezed)
        ),
        "iCCP without a name": _with(chunk(b"iCCP", b"\0\0" + squeezed)),
        "iCCP with a long name": _with(chunk(b"iCCP", b"n" * 100 + b"\0\0" + squeezed)),
        "iCCP by an unknown method": _with(chunk(b"iCCP", b"p\0\1" + squeezed)),
        "iCCP cut": _with(chunk(b"iCCP", b"p\0\0" + squeezed[:-20])),
        "iCCP of nonsense": _with(chunk(b"iCCP", b"p\0\0nonsense")),
        "iCCP of nonsense and gAMA": _with(
            chunk(b"gAMA", struct.pack(">I", 100000)), chunk(b"iCCP", b"p\0\0nonsense")
        ),
        "iCCP of a text": _with(chunk(b"iCCP", b"p\0\0" + zlib.compress(b"text" * 60))),
        "two iCCP": _with(
            chunk(b"iCCP", b"p\0\0" + squeezed), chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(200)))
        ),
        "iCCP behind the pixels": _behind(chunk(b"iCCP", b"p\0\0" + squeezed)),
        "iCCP for RGB on grey": _with(
            chunk(b"iCCP", b"p\0\0" + squeezed), png=encoded(scene().convert("L"), "PNG")
        ),
    }


def _grey_profiles() -> dict[str, bytes]:
    linear = chunk(b"iCCP", b"p\0\0" + zlib.compress(a_grey_profile(1.0)))
    half = _half_transparent()
    return {
        "iCCP for grey": _with(linear, png=encoded(scene().convert("L"), "PNG")),
        "iCCP for grey, with alpha": _with(linear, png=encoded(half.convert("LA"), "PNG")),
        "iCCP for grey, one grey clear": _with(
            linear, chunk(b"tRNS", b"\0\xff"), png=encoded(scene().convert("L"), "PNG")
        ),
        "iCCP for grey in 16 bits": _deep(GREY, linear),
        "iCCP for grey in 16 bits, with alpha": _deep(GREY_ALPHA, linear),
        "iCCP for grey in 16 bits, one grey clear": _deep(GREY, linear, chunk(b"tRNS", bytes(2))),
        "iCCP for grey in 2 bits": image(
            GREY, 2, [_packed([x // 16 % 4 for x in range(SIZE[0])], 2)] * SIZE[1], linear
        ),
        "iCCP for grey on RGB": _with(linear),
        "iCCP for grey on a palette": _with(linear, png=encoded(scene().quantize(64), "PNG")),
        "iCCP for RGB on grey with alpha": _with(
            chunk(b"iCCP", b"p\0\0" + zlib.compress(display_p3())), png=encoded(half.convert("LA"), "PNG")
        ),
    }


def _half_transparent() -> Image.Image:
    image = scene().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image


def _deep(kind: int, *chunks: bytes, interlace: int = 0) -> bytes:
    """16 bits a channel: a ramp whose low bytes differ from its high bytes."""
    channels = {GREY: 1, RGB: 3, GREY_ALPHA: 2, RGBA: 4}[kind]
    width, height = SIZE
    rows = [
        b"".join(
            struct.pack(">H", x * 340 + y * 101 + 8001 * c) for x in range(width) for c in range(channels)
        )
        for y in range(height)
    ]
    return image(kind, 16, rows, *chunks, interlace=interlace)


def _depths() -> dict[str, bytes]:
    made = {f"16 bits, colour type {kind}": _deep(kind) for kind in (GREY, RGB, GREY_ALPHA, RGBA)}
    for depth in (1, 2, 4, 8):
        rows = [
            _packed([(x // 16 + y // 16 * 6) % 2**depth for x in range(SIZE[0])], depth)
            for y in range(SIZE[1])
        ]
        palette = bytes((n * 53 + c * 90) % 256 for n in range(2**depth) for c in range(3))
        made[f"{depth} bits of grey"] = image(GREY, depth, rows)
        made[f"{depth} bits of a palette"] = image(PALETTE, depth, rows, chunk(b"PLTE", palette))
        made[f"{depth} bits of a short palette"] = image(
            PALETTE, depth, rows, chunk(b"PLTE", palette[: 3 * max(1, 2**depth // 2)])
        )
    plain = scene().tobytes()
    rows = [plain[at : at + 3 * SIZE[0]] for at in range(0, len(plain), 3 * SIZE[0])]
    made |= {
        "a palette of 2 for 8 bits": image(
            PALETTE,
            8,
            [bytes(x // 48 for x in range(SIZE[0]))] * 64,
            chunk(b"PLTE", bytes([200, 0, 0, 0, 0, 200])),
        ),
        "suggested palette": image(RGB, 8, rows, chunk(b"PLTE", bytes(range(48)))),
        "suggested palette of odd length": image(RGB, 8, rows, chunk(b"PLTE", bytes(range(47)))),
        "sBIT 5 6 5": image(RGB, 8, rows, chunk(b"sBIT", b"\5\6\5")),
        "interlaced": _interlaced(),
        "every filter": encoded(scene((300, 200)), "PNG", optimize=True),
        "no compression": encoded(scene((300, 200)), "PNG", compress_level=0),
        "one pixel": encoded(Image.new("RGB", (1, 1), (200, 30, 30)), "PNG"),
        "larger than a rendition": encoded(scene((2000, 1400)), "PNG"),
    }
    return made


def _transparency() -> dict[str, bytes]:
    width, height = SIZE
    made = {}
    for depth in (1, 2, 4, 8, 16):
        key = {1: 1, 2: 2, 4: 9, 8: 100, 16: 0x6464}[depth]
        values = [key if x < width // 2 else 0 for x in range(width)]
        row = _packed(values, depth)
        made[f"grey of {depth} bits, one grey clear"] = image(
            GREY, depth, [row] * height, chunk(b"tRNS", struct.pack(">H", key))
        )
        made[f"grey of {depth} bits, black clear"] = image(
            GREY, depth, [row] * height, chunk(b"tRNS", b"\0\0")
        )
    for depth in (8, 16):
        code = "B" if depth == 8 else "H"
        row = b"".join(
            struct.pack(f">3{code}", *((0, 0, 0) if x < width // 2 else (90, 30, 200))) for x in range(width)
        )
        made[f"RGB of {depth} bits, black clear"] = image(
            RGB, depth, [row] * height, chunk(b"tRNS", bytes(6))
        )
    near = b"".join(struct.pack(">H", 0x6400 + (x > width // 2)) for x in range(width))
    made["grey of 16 bits, the next grey is not clear"] = image(
        GREY, 16, [near] * height, chunk(b"tRNS", b"\x64\0")
    )
    rows = [bytes(x // 12 for x in range(width))] * height
    palette = chunk(b"PLTE", bytes((n * 53 + c * 90) % 256 for n in range(16) for c in range(3)))
    grey = [bytes(range(width))] * height
    return made | {
        "palette with alpha": image(PALETTE, 8, rows, palette, chunk(b"tRNS", bytes(range(0, 256, 16)))),
        "palette with short alpha": image(PALETTE, 8, rows, palette, chunk(b"tRNS", b"\0\x80")),
        "palette with long alpha": image(PALETTE, 8, rows, palette, chunk(b"tRNS", bytes(range(0, 256, 8)))),
        "palette with empty alpha": image(PALETTE, 8, rows, palette, chunk(b"tRNS", b"")),
        "alpha before the palette": image(PALETTE, 8, rows, chunk(b"tRNS", b"\0\x80"), palette),
        "grey with an empty tRNS": image(GREY, 8, grey, chunk(b"tRNS", b"")),
        "grey with a short tRNS": image(GREY, 8, grey, chunk(b"tRNS", b"\0")),
        "grey with a long tRNS": image(GREY, 8, grey, chunk(b"tRNS", b"\0\x20\0\x21")),
        "grey with a tRNS beyond its depth": image(GREY, 8, grey, chunk(b"tRNS", b"\1\x20")),
        "RGB with a short tRNS": _with(chunk(b"tRNS", b"\0\xc8\0")),
        "RGBA with tRNS": _with(chunk(b"tRNS", bytes(6)), png=encoded(_half_transparent(), "PNG")),
        "tRNS behind the pixels": _behind(chunk(b"tRNS", bytes(6))),
        "RGBA": encoded(_half_transparent(), "PNG"),
        "grey and alpha": encoded(_half_transparent().convert("LA"), "PNG"),
        "background colour": _with(
            chunk(b"bKGD", b"\0\xff\0\0\0\0"), png=encoded(_half_transparent(), "PNG")
        ),
    }


def _packed(values: list[int], depth: int) -> bytes:
    if depth == 16:
        return b"".join(struct.pack(">H", value) for value in values)
    per_byte = 8 // depth
    groups = [values[n : n + per_byte] for n in range(0, len(values), per_byte)]
    return bytes(sum(value << (8 - depth * (at + 1)) for at, value in enumerate(group)) for group in groups)


def _interlaced() -> bytes:
    """Adam7 by hand: Pillow does not write it."""
    pixels = scene().load()
    assert pixels is not None
    width, height = SIZE
    rows = b""
    for left, top, across, down in (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):
        for y in range(top, height, down):
            rows += b"\0" + b"".join(bytes(pixels[x, y]) for x in range(left, width, across))
    header = struct.pack(">IIBBBBB", width, height, 8, RGB, 0, 0, 1)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + END


def _animations() -> dict[str, bytes]:
    frames = [Image.new("RGBA", SIZE, (0, 0, 0, 0)) for _ in range(3)]
    for at, frame in enumerate(frames):
        frame.paste(((250, 10, 10, 255), (10, 250, 10, 255), (10, 10, 250, 255))[at], (20, 20, 60, 44))
    film = encoded(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=10_000)
    still_first = encoded(
        scene(), "PNG", save_all=True, append_images=frames, default_image=True, duration=10_000
    )
    return {
        "three frames": film,
        "a still before the film": still_first,
        "claims no frames": _with(chunk(b"acTL", bytes(8))),
        "claims a million frames": _with(chunk(b"acTL", struct.pack(">II", 10**6, 0))),
        "acTL behind the pixels": _behind(chunk(b"acTL", struct.pack(">II", 1, 0))),
        "frame control without animation": _with(
            chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, *SIZE, 0, 0, 1, 10, 0, 0))
        ),
    }
