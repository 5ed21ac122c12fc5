"""AVIF and HEIC files with turned, coloured and odd boxes.

Chromium shows AVIF only, so a HEIC sample names a reference that it shows: the same image as PNG.
"""

import io
import struct
from collections.abc import Iterator

import pillow_heif
from PIL import Image

from tests.colour_profiles import display_p3
from tests.journeys.differential.samples import SIDEWAYS, SIZE, Sample, scene, tiff
from tests.pictures import encoded


def avif_samples() -> Iterator[Sample]:
    yield from (Sample("avif coding", name, content) for name, content in _avif_codings().items())
    yield from (Sample("avif boxes", name, content) for name, content in _boxes(_avif()).items())
    yield from (Sample("avif turning", name, content) for name, content in _avif_turns().items())
    yield from (Sample("avif cropping", name, content) for name, content in _avif_apertures().items())
    yield from (Sample("avif colour", name, content) for name, content in _avif_colours().items())


def heic_samples() -> Iterator[Sample]:
    plain = encoded(scene(), "PNG")
    for name, content in {**_boxes(_heic()), **_heic_metadata()}.items():
        yield Sample("heic boxes", name, content, reference=plain)
    yield from _heic_turns()
    yield from _heic_codings()


def samples() -> Iterator[Sample]:
    yield from avif_samples()
    yield from heic_samples()


def _avif(image: Image.Image | None = None, **options: object) -> bytes:
    return encoded(
        image or scene(), "AVIF", **({"quality": 95, "subsampling": "4:4:4", "speed": 9} | options)
    )


def _heic(image: Image.Image | None = None, **options: object) -> bytes:
    file = pillow_heif.from_pillow(image or scene())
    out = io.BytesIO()
    file.save(out, **({"quality": 95, "chroma": 444} | options))
    return out.getvalue()


def _clear() -> Image.Image:
    image = scene().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image


def _avif_codings() -> dict[str, bytes]:
    return {
        **{f"subsampling {name}": _avif(subsampling=name) for name in ("4:2:0", "4:2:2", "4:4:4")},
        **{f"quality {quality}": _avif(scene((300, 200)), quality=quality) for quality in (10, 50, 75, 100)},
        "grey": _avif(scene().convert("L"), subsampling="4:0:0"),
        "alpha": _avif(_clear()),
        "premultiplied alpha": _avif(_clear(), alpha_premultiplied=True),
        "limited range": _avif(range="limited"),
        "odd sides": _avif(scene((33, 17))),
        "one pixel": _avif(Image.new("RGB", (1, 1), (200, 30, 30))),
        "larger than a rendition": _avif(scene((1600, 1200))),
        "film": encoded(
            scene(),
            "AVIF",
            save_all=True,
            append_images=[Image.new("RGB", SIZE)],
            quality=95,
            subsampling="4:4:4",
            speed=9,
            duration=10_000,
        ),
        "tiles": _avif(scene((800, 600)), tile_rows=1, tile_cols=1),
    }


def _avif_turns() -> dict[str, bytes]:
    made = {f"orientation {turn}": _avif(exif=_exif(turn)) for turn in range(1, 9)}
    turned, mirrored = made["orientation 6"], made["orientation 5"]
    rotation = turned.index(b"irot") + 4
    axis, angle = mirrored.index(b"imir") + 4, mirrored.index(b"irot") + 4
    for turns in range(4):
        made[f"rotation {turns}"] = turned[:rotation] + bytes([turns]) + turned[rotation + 1 :]
        made[f"rotation {turns} with reserved bits"] = (
            turned[:rotation] + bytes([turns | 0xF0]) + turned[rotation + 1 :]
        )
        for side in (0, 1):
            changed = bytearray(mirrored)
            changed[axis], changed[angle] = side, turns
            made[f"rotation {turns} and mirror {side}"] = bytes(changed)
    upright = _avif(exif=b"Exif\0\0" + tiff([]) + bytes(40))
    at = upright.rindex(b"MM\0*")
    block = tiff([SIDEWAYS])
    return made | {"only in EXIF": upright[:at] + block + upright[at + len(block) :]}


def _avif_apertures() -> dict[str, bytes]:
    """Of 96 x 64 pixels: width, height, and the distance of their centre from that of the image."""
    turned = _avif(exif=_exif(6))
    corner = (95, 1, 63, 1, -1, 2, -1, 2)
    return {
        "one column and row less": with_aperture(_avif(), *corner),
        "one column and row less, turned": with_aperture(turned, *corner),
        "one column and row less, with alpha": with_aperture(_avif(Image.new("RGBA", SIZE, "red")), *corner),
        "a quarter": with_aperture(_avif(), 48, 1, 32, 1, -24, 1, -16, 1),
        "a quarter, in halves": with_aperture(_avif(), 96, 2, 64, 2, -48, 2, -32, 2),
        "everything": with_aperture(_avif(), 96, 1, 64, 1, 0, 1, 0, 1),
        "the middle": with_aperture(_avif(), 48, 1, 32, 1, 0, 1, 0, 1),
        "the right half": with_aperture(_avif(), 48, 1, 64, 1, 24, 1, 0, 1),
        "larger than the image": with_aperture(_avif(), 200, 1, 64, 1, 52, 1, 0, 1),
        "no width": with_aperture(_avif(), 0, 1, 64, 1, -48, 1, 0, 1),
        "parts of a pixel": with_aperture(_avif(), 95, 2, 64, 1, -97, 4, 0, 1),
        "no denominators": with_aperture(_avif(), 48, 0, 32, 0, -24, 0, -16, 0),
    }


def with_aperture(avif: bytes, *values: int) -> bytes:
    """Add a clean aperture (clap) as the first property of the first item."""
    box = _box(b"clap", struct.pack(">4IiIiI", *values))
    names = (b"meta", b"iprp", b"ipco", b"ipma")
    meta, iprp, ipco, ipma = (avif.index(name) - 4 for name in names)
    number = 1 + _count_boxes(avif[ipco + 8 : ipma])
    first = ipma + 18
    made = bytearray(avif)
    made[first] += 1
    for at, growth in ((meta, len(box) + 1), (iprp, len(box) + 1), (ipco, len(box)), (ipma, 1)):
        _add(made, at, growth)
    return _shifted(_shifted(bytes(made), bytes([0x80 | number]), first + 1), box, ipma)


def _count_boxes(content: bytes) -> int:
    count = 0
    while content:
        content, count = content[int.from_bytes(content[:4], "big") :], count + 1
    return count


def _exif(turn: int) -> bytes:
    exif = Image.Exif()
    exif[0x112] = turn
    return exif.tobytes()


def _avif_colours() -> dict[str, bytes]:
    plain = _avif()
    at = plain.index(b"colrnclx") + 8
    points = [
        (1, 13),
        (12, 13),
        (9, 1),
        (1, 1),
        (1, 8),
        (5, 13),
        (6, 6),
        (2, 2),
        (12, 2),
        (2, 13),
        (9, 14),
        (99, 13),
        (4, 4),
        (11, 17),
        (22, 13),
    ]
    made = {
        f"code points {p}/{t}": plain[:at] + struct.pack(">HH", p, t) + plain[at + 4 :] for p, t in points
    }
    return made | {
        "profile": _avif(icc_profile=display_p3()),
        "profile of nonsense": _avif(icc_profile=b"nonsense" * 20),
        "profile with alpha": _avif(_clear(), icc_profile=display_p3()),
        "matrix 1": plain[:at] + struct.pack(">HHH", 1, 13, 1) + plain[at + 6 :],
    }


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def _shifted(content: bytes, more: bytes, at: int) -> bytes:
    """Insert bytes before the pixels and move the extents of all items accordingly (iloc, version 0 or 1)."""
    start = content.index(b"iloc") + 4
    version, sizes = content[start], int.from_bytes(content[start + 4 : start + 6], "big")
    made = bytearray(content)
    cursor = start + 8
    base = sizes >> 4 & 15
    for _ in range(int.from_bytes(content[start + 6 : start + 8], "big")):
        cursor += 6 if version else 4
        if base:
            _add(made, cursor, len(more))
        cursor += base
        extents = int.from_bytes(content[cursor : cursor + 2], "big")
        cursor += 2
        for _ in range(extents):
            if not base:
                _add(made, cursor, len(more))
            cursor += (sizes >> 12) + (sizes >> 8 & 15)
    return bytes(made[:at]) + more + bytes(made[at:])


def _add(content: bytearray, at: int, delta: int) -> None:
    (old,) = struct.unpack_from(">I", content, at)
    struct.pack_into(">I", content, at, old + delta)


def _boxes(plain: bytes) -> dict[str, bytes]:
    behind_type = struct.unpack_from(">I", plain)[0]
    pixels = plain.index(b"mdat") - 4
    kind = plain[8:12]
    return {
        "plain": plain,
        "free box before meta": _shifted(plain, _box(b"free", bytes(20)), behind_type),
        "unknown box before meta": _shifted(plain, _box(b"abcd", b"whatever"), behind_type),
        "free box before the pixels": _shifted(plain, _box(b"free", bytes(20)), pixels),
        "free box at the end": plain + _box(b"free", bytes(20)),
        "uuid box at the end": plain + _box(b"uuid", bytes(40)),
        "text at the end": plain + b"a film",
        "last box without length": plain[:pixels] + bytes(4) + plain[pixels + 4 :],
        "major brand mif1": plain[:8] + b"mif1" + plain[12:].replace(b"mif1", kind, 1),
        "minor version 9": plain[:12] + b"\0\0\0\x09" + plain[16:],
        "no compatible brands": _without_compatible_brands(plain) if kind == b"avif" else plain,
        "many brands": _many_brands(plain),
    }


def _without_compatible_brands(plain: bytes) -> bytes:
    """Fill their place with a free box, so that no offset changes."""
    behind = struct.unpack_from(">I", plain)[0]
    return _box(b"ftyp", plain[8:16]) + _box(b"free", bytes(behind - 24)) + plain[behind:]


def _many_brands(plain: bytes) -> bytes:
    behind = struct.unpack_from(">I", plain)[0]
    more = b"".join(b"ab%02d" % number for number in range(20))
    return struct.pack(">I", behind + len(more)) + _shifted(plain, more, behind)[4:]


def _heic_metadata() -> dict[str, bytes]:
    described = _heic(exif=_exif(1))
    kind = described.index(b"Exif")
    odd = {"unreadable": b"\xff\xfe\xfd\xfc", "unknown": b"abcd", "empty": bytes(4), "another": b"mime"}
    return {
        f"metadata of {name} type": described[:kind] + code + described[kind + 4 :]
        for name, code in odd.items()
    }


def _heic_turns() -> Iterator[Sample]:
    """The encoder stores a tagged scene turned and adds boxes that turn and mirror it: their values vary."""
    tagged = scene()
    tagged.info["exif"] = _exif(5)
    plain = _heic(tagged)
    stored = scene().transpose(Image.Transpose.TRANSPOSE)
    angle, axis = plain.index(b"irot") + 4, plain.index(b"imir") + 4
    for turns in range(4):
        for side, flip in enumerate((Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.FLIP_LEFT_RIGHT)):
            changed = bytearray(plain)
            changed[angle], changed[axis] = turns, side
            shown = stored.rotate(90 * turns, expand=True).transpose(flip)
            yield Sample(
                "heic turning", f"rotation {turns}, mirror {side}", bytes(changed), encoded(shown, "PNG")
            )


def _heic_codings() -> Iterator[Sample]:
    p3 = display_p3()
    for name, image, options in _variants(p3):
        reference = encoded(image, "PNG", **({"icc_profile": p3} if "icc_profile" in image.info else {}))
        yield Sample("heic coding", name, _heic(image, **options), reference=reference)


def _variants(profile: bytes) -> Iterator[tuple[str, Image.Image, dict[str, object]]]:
    coloured = scene()
    coloured.info["icc_profile"] = profile
    yield "profile", coloured, {}
    yield "alpha", _clear(), {}
    yield "grey", scene().convert("L"), {}
    yield "odd sides", scene((33, 17)), {}
    yield "larger than a rendition", scene((1600, 1200)), {}
    for chroma in (420, 422, 444):
        yield f"chroma {chroma}", scene(), {"chroma": chroma}
    for quality in (30, 60, 90):
        yield f"quality {quality}", scene((320, 200)), {"quality": quality}
