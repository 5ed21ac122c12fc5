"""Generated test images; the repository contains no binary test files."""

import io
import struct
import zlib
from collections.abc import Iterable
from typing import Any

import pillow_heif
from PIL import ExifTags, Image, ImageCms

GPS: dict[int, Any] = {
    ExifTags.GPS.GPSLatitudeRef: "S",
    ExifTags.GPS.GPSLatitude: (33.0, 51.0, 24.5),
    ExifTags.GPS.GPSLongitudeRef: "E",
    ExifTags.GPS.GPSLongitude: (151.0, 12.0, 54.0),
}
SECRETS = (b"CameraOfAna", b"a comment nobody may see", b"xmp-secret", b"PAYLOAD-BEHIND-THE-PICTURE")
"""The metadata of `a_jpeg_with_metadata`; no public file may contain any of it."""


def a_picture(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """Return an image with a different colour in each corner, which shows rotation and mirroring."""
    corners = Image.new("RGB", (2, 2))
    for at, colour in enumerate([(230, 20, 20), (20, 200, 20), (20, 20, 230), (240, 240, 240)]):
        corners.putpixel((at % 2, at // 2), colour)
    smooth = corners.resize((width, height), Image.Resampling.BILINEAR)
    return smooth.quantize(256) if mode == "P" else smooth.convert(mode)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def a_jpeg(width: int = 64, height: int = 48, orientation: int | None = None, **options: Any) -> bytes:
    """`orientation` is EXIF's 1..8; other options go to Pillow (quality, progressive, comment, exif, …)."""
    if orientation is not None:
        options["exif"] = an_exif(orientation)
    return encoded(a_picture(width, height), "JPEG", **options)


def a_noisy_jpeg(width: int, height: int, quality: int = 90) -> bytes:
    """Return a JPEG with about as many bytes per pixel as a camera's."""
    coarse = Image.effect_noise((width // 10, height // 10), 90).resize((width, height))
    fine = Image.effect_noise((width // 2, height // 2), 40).resize((width, height))
    ramp = Image.linear_gradient("L").resize((width, height))
    planes = (Image.blend(coarse, ramp, 0.5), Image.blend(fine, coarse, 0.5), Image.blend(ramp, fine, 0.3))
    return encoded(Image.merge("RGB", planes), "JPEG", quality=quality)


def an_exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = SECRETS[0].decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(GPS)
    return bytes(exif.tobytes())


def a_jpeg_with_metadata() -> bytes:
    """Return a JPEG with camera name and location in EXIF, XMP, a comment and bytes after its end."""
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRETS[2] + b"</x:xmpmeta>"
    return a_jpeg(exif=an_exif(), comment=SECRETS[1], xmp=xmp) + SECRETS[3]


def an_mpo(width: int = 64, height: int = 48) -> bytes:
    """Return two images in one file, as phones and stereo cameras write it."""
    frames = [a_picture(width, height).transpose(Image.Transpose.ROTATE_180)]
    return encoded(a_picture(width, height), "MPO", save_all=True, append_images=frames)


def a_cmyk_jpeg(width: int = 64, height: int = 48) -> bytes:
    return encoded(a_picture(width, height, "CMYK"), "JPEG")


def a_grey_jpeg(width: int = 64, height: int = 48) -> bytes:
    return encoded(a_picture(width, height, "L"), "JPEG")


def a_jpeg_with_profile(colour: tuple[int, int, int], profile: bytes) -> bytes:
    return encoded(Image.new("RGB", (64, 48), colour), "JPEG", quality=95, icc_profile=profile)


def a_swapped_profile() -> bytes:
    """Return an RGB profile with red and green swapped, so that ignoring it is visible."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", profile, 128)[0]
    places = {bytes(profile[132 + 12 * at : 136 + 12 * at]): 132 + 12 * at for at in range(count)}
    red, green = places[b"rXYZ"], places[b"gXYZ"]
    profile[red + 4 : red + 12], profile[green + 4 : green + 12] = (
        profile[green + 4 : green + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile)


def a_png(width: int = 64, height: int = 48, mode: str = "RGB", **options: Any) -> bytes:
    return encoded(a_picture(width, height, mode), "PNG", **options)


def a_transparent_png(mode: str = "RGBA", width: int = 64, height: int = 48) -> bytes:
    """Return a black, fully transparent image: white if transparency is applied, otherwise black."""
    return encoded(Image.new(mode, (width, height)), "PNG")


def a_transparent_palette_png(width: int = 64, height: int = 48) -> bytes:
    return encoded(Image.new("P", (width, height)), "PNG", transparency=0)


def a_deep_png(width: int = 64, height: int = 48, value: int = 0x8000) -> bytes:
    """16 bits of grey per pixel; `value` 0x8000 is middle grey, and 300 is nearly black."""
    return encoded(Image.new("I;16", (width, height), value), "PNG")


def a_deep_colour_png(colour: tuple[int, ...], width: int = 64, height: int = 48) -> bytes:
    """16 bits of red, green, blue and maybe opacity: what Pillow reads and cannot write."""
    row = b"\0" + struct.pack(f">{len(colour)}H", *colour) * width
    kind = 6 if len(colour) == 4 else 2
    header = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)
    return _png([_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(row * height))])


def a_gif(width: int = 64, height: int = 48, frames: int = 3) -> bytes:
    """The first frame shows the corners, the others are black."""
    others = [Image.new("RGB", (width, height)) for _ in range(frames - 1)]
    return encoded(a_picture(width, height), "GIF", save_all=True, append_images=others)


def a_webp(width: int = 64, height: int = 48, **options: Any) -> bytes:
    return encoded(a_picture(width, height), "WEBP", **options)


def an_avif(width: int = 64, height: int = 48, **options: Any) -> bytes:
    return encoded(a_picture(width, height), "AVIF", speed=9, **options)


def a_heic(width: int = 64, height: int = 48, mode: str = "RGB", **options: Any) -> bytes:
    """Encode with pillow-heif, which is a dependency of the tests only."""
    return as_heic(a_picture(width, height, mode), **options)


def as_heic(picture: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(picture).save(out, **({"quality": 95} | options))
    return out.getvalue()


def a_png_header_only(width: int = 10_000, height: int = 6_000) -> bytes:
    """Return a PNG whose header claims 60 megapixels and which has no pixels."""
    return _png(
        [_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), _chunk(b"IDAT", b"")]
    )


def a_png_with_damaged_pixels(width: int = 64, height: int = 48) -> bytes:
    """Return a PNG with valid structure and checksums whose pixels cannot be decompressed."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return _png([_chunk(b"IHDR", header), _chunk(b"IDAT", b"no compressed pixels")])


def a_bomb_png(width: int = 10_000, height: int = 5_000) -> bytes:
    """A PNG of a few kilobytes whose pixels are all there: 50 megapixels of black RGBA unless told."""
    squeezed = zlib.compressobj(9)
    rows = b"".join(squeezed.compress(bytes(1 + 4 * width)) for _ in range(height)) + squeezed.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return _png([_chunk(b"IHDR", header), _chunk(b"IDAT", rows)])


def a_text_named_jpg() -> bytes:
    return b"This is not a picture, whatever its name says.\n" * 20


def a_bmp(width: int = 64, height: int = 48) -> bytes:
    """Return an image in a format that is not accepted."""
    return encoded(a_picture(width, height), "BMP")


def an_svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>'


def truncated(picture: bytes, kept: float = 0.6) -> bytes:
    return picture[: int(len(picture) * kept)]


def _png(chunks: Iterable[bytes]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
