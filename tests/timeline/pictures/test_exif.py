"""No EXIF block decides whether a photo is accepted; the orientation is read as Chromium reads it."""

import pytest

from tests import pictures
from tests.journeys.differential import exif_faults
from tests.journeys.differential.samples import SIDEWAYS, UPRIGHT, entry, little_tiff, segment, tiff
from timeline.pictures.decoder import decode
from timeline.pictures.formats.exif import orientation_in
from timeline.pictures.header import inspect_header

PLAIN = pictures.a_jpeg(16, 8)
TURNED_BY = {
    "big-endian": 6,
    "little-endian": 6,
    "not TIFF": 1,
    "BigTIFF": 1,
    "orientation as text": 1,
    "orientation as a long": 1,
    "orientation with count 2": 1,
    "orientation 9": 1,
    "twice, 6 then 1": 6,
    "twice, 1 then 6": 1,
    "twice, 9 then 6": 6,
    "claims 65535 entries": 6,
    "claims no entries": 1,
    "begins behind the end": 1,
    "ends behind the value": 6,
    "ends inside the entry": 1,
    "in the Exif directory": 6,
    "in the GPS directory": 1,
    "in the thumbnail's directory": 1,
    "directory points at itself": 6,
    "beside a negative resolution": 6,
    "beside a pointer to nowhere": 6,
}


def with_exif(*blocks: bytes) -> bytes:
    return PLAIN[:2] + b"".join(segment(0xE1, b"Exif\0\0" + block) for block in blocks) + PLAIN[2:]


@pytest.mark.parametrize("name", TURNED_BY)
def test_the_orientation_is_the_one_that_chromium_applies(name: str) -> None:
    assert orientation_in(exif_faults.blocks()[name]) == TURNED_BY[name]


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_orientation_is_read(turn: int) -> None:
    assert orientation_in(little_tiff(turn)) == turn


def test_only_the_first_block_that_holds_anything_counts() -> None:
    turned, upright = tiff([SIDEWAYS]), tiff([UPRIGHT])

    sizes = [
        inspect_header(with_exif(*blocks)) for blocks in ((b"", turned), (upright, turned), (turned, upright))
    ]

    assert [(each.width, each.height) for each in sizes] == [(8, 16), (16, 8), (8, 16)]


def test_3000_random_blocks_are_accepted_and_all_agree_on_the_size() -> None:
    differing = []
    for block in exif_faults.random_blocks(seed=8, count=3_000):
        image = with_exif(block)
        header, decoded = inspect_header(image), decode(image, 16)
        sizes = {
            (header.width, header.height),
            (decoded.width, decoded.height),
            (decoded.pixels.width, decoded.pixels.height),
        }
        if len(sizes) > 1 or (16, 8) not in sizes | {(side, other) for other, side in sizes}:
            differing.append(block.hex())

    assert differing == []


def test_random_blocks_are_of_both_kinds() -> None:
    turns = {orientation_in(block) for block in exif_faults.random_blocks(seed=8, count=300)}

    assert turns == set(range(1, 9))


def test_an_entry_is_found_behind_many_others() -> None:
    others = [entry(0x10F, 2, 4, b"ABC\0")] * 2_000

    assert orientation_in(tiff([*others, SIDEWAYS])) == 6
