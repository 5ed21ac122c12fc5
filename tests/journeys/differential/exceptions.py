"""The files on which this service and Chromium differ, and why; patterns match titles of samples."""

TRUNCATED = "It is cut off: the contract refuses it, Chromium shows the part that is there."
WEBP_ORIENTATION = "Chromium ignores the orientation in WebP; Safari and photo applications turn it."
RANGE = "Chromium 156 reads the alpha channel and the films of libavif in video range."
CHROMA = "The libheif that makes the reference enlarges the colours of 4:2:2 differently."
OVERLAY = "libheif before 1.23, which makes the reference, composes overlays differently."

EXCEPTIONS = {
    "webp exif/*": WEBP_ORIENTATION,
    "webp animation/turned": WEBP_ORIENTATION,
    "*hopper_orientation_?.webp": WEBP_ORIENTATION,
    "png chunks/text between IDAT": "The specification forbids it; Chromium shows the rows before the text.",
    "png depth/RGB of 16 bits, black clear": "Its clear colour is compared in 8 bits: Pillow keeps no more.",
    "webp structure/lossless alpha without its flag": "Chromium adds undeclared alpha to the ground.",
    "webp animation/clear frame without the flag": "Chromium adds undeclared alpha to the ground.",
    "avif coding/alpha": RANGE,
    "avif coding/premultiplied alpha": RANGE,
    "avif colour/profile with alpha": RANGE,
    "avif coding/film": RANGE,
    "*star.avifs": RANGE,
    "*truncated_*": TRUNCATED,
    "*ultrahdr.jpg": TRUNCATED,
    "*broken_data_stream.png": "A chunk claims more bytes than the file has: as cut off as a file can be.",
    "*nokia/alpha.heic": OVERLAY,
    "*guitar_cw90.hif": CHROMA,
    "*cat.hif": CHROMA,
    "*invalid_id.heic": "Its primary image does not exist; decoders show another of another size.",
    "*200MP.heic": "It has more than 50 megapixels.",
}
