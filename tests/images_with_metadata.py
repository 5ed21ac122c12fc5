"""Images of every accepted format with metadata in every possible place; none of it may be published."""

import struct
import zlib
from contextlib import suppress

from PIL import ExifTags, Image, PngImagePlugin

from tests.colour_profiles import DISPLAY_P3, an_rgb_profile
from tests.pictures import GPS, a_picture, as_heic, encoded

SECRET = b"TopSecret-7Q"
"""The text in all places; compressed chunks contain nothing else, so that it can be searched."""


def all_of_them() -> dict[str, bytes]:
    return {
        "jpeg": a_jpeg(),
        "progressive jpeg": a_jpeg(progressive=True),
        "mpo": an_mpo(),
        "png": a_png(),
        "palette png": a_png("P"),
        "transparent png": a_png("RGBA"),
        "webp": a_webp(),
        "lossless webp": a_webp(lossless=True),
        "gif": a_gif(),
        "heic": a_heic(),
        "avif": an_avif(),
    }


def a_jpeg(**options: object) -> bytes:
    plain = encoded(
        _noise(), "JPEG", exif=_exif(), xmp=_xmp(), comment=SECRET, icc_profile=_profile(), **options
    )
    iptc = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", 5 + len(SECRET))
    iptc += b"\x1c\x02\x78" + struct.pack(">H", len(SECRET)) + SECRET
    extra = _segment(0xED, iptc) + _segment(0xEF, SECRET) + _segment(0xE2, b"MPF\0" + SECRET)
    return plain[:2] + extra + plain[2:] + SECRET


def an_mpo() -> bytes:
    second = [_noise().transpose(Image.Transpose.ROTATE_180)]
    return encoded(_noise(), "MPO", save_all=True, append_images=second, exif=_exif()) + SECRET


def a_png(mode: str = "RGB") -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", SECRET.decode())
    words.add_text("Comment", SECRET.decode(), zip=True)
    words.add_itxt("XML:com.adobe.xmp", _xmp().decode())
    words.add(b"prVt", SECRET)
    words.add(b"iTXt", b"Raw\0\0\0\0\0" + SECRET, after_idat=True)
    return encoded(_noise(mode), "PNG", pnginfo=words, exif=_exif(), icc_profile=_profile()) + SECRET


def a_webp(**options: object) -> bytes:
    plain = encoded(_noise(), "WEBP", exif=_exif(), xmp=_xmp(), icc_profile=_profile(), **options)
    longer = plain + b"priv" + struct.pack("<I", len(SECRET)) + SECRET + b"\0" * (len(SECRET) % 2)
    return longer[:4] + struct.pack("<I", len(longer) - 8) + longer[8:] + SECRET


def a_gif() -> bytes:
    frames = [a_picture(320, 240, "P") for _ in range(2)]
    plain = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], comment=SECRET)
    application = b"\x21\xff\x0bXMP DataXMP" + bytes([len(SECRET)]) + SECRET + b"\0"
    table = 13 + (3 * 2 ** ((plain[10] & 7) + 1) if plain[10] & 0x80 else 0)
    return plain[:table] + application + plain[table:] + SECRET


def a_heic(**options: object) -> bytes:
    return as_heic(_noise(), exif=_exif(), xmp=_xmp(), quality=90, **options) + SECRET


def an_avif(**options: object) -> bytes:
    words = {"exif": _exif(), "xmp": _xmp(), "icc_profile": _profile()}
    return encoded(_noise(), "AVIF", speed=9, **words, **options) + SECRET


def _noise(mode: str = "RGB") -> Image.Image:
    """Return noise with enough detail that WebP renditions are smaller."""
    corners = a_picture(320, 240)
    noisy = Image.blend(corners, Image.effect_noise((320, 240), 60).convert("RGB"), 0.3)
    return noisy.quantize(64) if mode == "P" else noisy.convert(mode)


def _exif() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = SECRET.decode()
    exif[ExifTags.Base.Artist] = SECRET.decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(GPS)
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = b"ASCII\0\0\0" + SECRET
    return bytes(exif.tobytes())


def _xmp() -> bytes:
    return b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>"


def _profile() -> bytes:
    """Return a profile with the secret in its description."""
    return an_rgb_profile(DISPLAY_P3).replace(b"of a test\0", SECRET[:9] + b"\0")


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def words_in(content: bytes) -> bytes:
    """Return the bytes and the decompressed content of compressed chunks."""
    found, at = [content], content.find(b"\x78")
    while at >= 0:
        with suppress(zlib.error):
            found.append(zlib.decompressobj().decompress(content[at:], 4096))
        at = content.find(b"\x78", at + 1)
    return b"\n".join(found)
