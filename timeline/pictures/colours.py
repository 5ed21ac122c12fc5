"""Convert decoded images to sRGB."""

import io
from functools import cache

from PIL import Image, ImageCms

SUITABLE_MODES = {b"RGB ": ("RGB", "RGBA", "L"), b"GRAY": ("L",), b"CMYK": ("CMYK",)}
"""Image modes that a profile applies to, by the colour space it names. Browsers apply RGB to grey, too."""

DEVICE_CLASSES = (b"mntr", b"scnr", b"prtr", b"spac")


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return an RGB or RGBA image. A profile that is damaged or meant for other colours counts as none."""
    if image.mode == "LA":
        grey, alpha = image.split()
        return Image.merge("RGBA", (*in_srgb(grey, profile).split(), alpha))
    plain = "RGBA" if image.mode == "RGBA" else "RGB"
    if not profile or not _is_suitable(profile, image.mode):
        return image.convert(plain)
    source = image.convert("RGB") if _space(profile) == b"RGB " and image.mode == "L" else image
    try:
        parsed = ImageCms.getOpenProfile(io.BytesIO(_as_device(profile)))
        converted = ImageCms.profileToProfile(source, parsed, _srgb(), outputMode=plain)
    except ImageCms.PyCMSError:
        return image.convert(plain)
    return converted or image.convert(plain)


def _is_suitable(profile: bytes, mode: str) -> bool:
    is_whole = len(profile) >= int.from_bytes(profile[:4], "big")
    return is_whole and mode in SUITABLE_MODES.get(_space(profile), ())


def _space(profile: bytes) -> bytes:
    return profile[16:20]


def _as_device(profile: bytes) -> bytes:
    """Browsers do not look at the class of a profile; LittleCMS converts from those of devices only."""
    return profile if profile[12:16] in DEVICE_CLASSES else profile[:12] + DEVICE_CLASSES[0] + profile[16:]


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
