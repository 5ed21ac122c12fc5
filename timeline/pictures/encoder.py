"""Encode renditions: their formats and quality."""

from typing import Any

import pyvips

from timeline.pictures.rendered_photo import EncodedImage
from timeline.pictures.sizes import JPEG, WEBP

FLAT_STEPS = 1
"""All frequencies of brightness and colour are treated alike; libjpeg's own steps rise sixfold."""

Qualities = dict[int, int]
"""By the longest side up to which each is used."""

JPEG_QUALITIES: Qualities = {400: 59, 700: 62, 1_400: 66, 65_535: 69}
WEBP_QUALITIES: Qualities = {700: 80, 16_383: 81}
"""Each size is as like the original as sharp and libvips make it by default, in no more bytes: see
docs/decisions/0065."""

SIDE_WITH_OWN_TABLES = 400
"""Up to here Huffman tables of their own save 4 to 10 % for half a millisecond; above, 3 % for 15."""

WEBP_EFFORT = 6
"""Takes 1.7 times as long as 4 and saves 1 to 2 %, for as long as the photo is looked at."""


def encode_jpeg(name: str, picture: pyvips.Image) -> EncodedImage:
    content = picture.jpegsave_buffer(
        Q=_quality(JPEG_QUALITIES, picture),
        quant_table=FLAT_STEPS,
        optimize_coding=max(picture.width, picture.height) <= SIDE_WITH_OWN_TABLES,
        keep="none",
    )
    return _encoded(name, picture, JPEG, content)


def encode_webp(name: str, picture: pyvips.Image) -> EncodedImage:
    content = picture.webpsave_buffer(Q=_quality(WEBP_QUALITIES, picture), effort=WEBP_EFFORT, keep="none")
    return _encoded(name, picture, WEBP, content)


def _quality(qualities: Qualities, picture: pyvips.Image) -> int:
    side = max(picture.width, picture.height)
    return next(quality for up_to, quality in qualities.items() if side <= up_to)


def _encoded(name: str, picture: pyvips.Image, content_type: str, content: Any) -> EncodedImage:
    return EncodedImage(name, picture.width, picture.height, content_type, bytes(content))
