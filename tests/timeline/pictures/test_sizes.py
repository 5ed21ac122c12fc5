"""The sizes of renditions: their shapes, and that a new one needs a single line."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from timeline.pictures.sizes import MAX_AREA, MAX_SIDE, SIZES, fit, fit_all

ROOT = Path(__file__).resolve().parents[3]
LAST_LINE = '    "full": 2048,\n'
NEW_LINE = '    "poster": 2600,\n'

RENDER_ALL = """
import json
from tests import pictures
from timeline.photos.model import Photo
from timeline.pictures import decoder_sandbox
image = pictures.a_jpeg(3000, 1000)
made = [decoder_sandbox.render(image), decoder_sandbox.render_in_background(image, "webp", 0)]
print(json.dumps([[[each.name, each.width, each.height] for each in photo.images] for photo in made]))
"""


def test_a_new_size_is_one_line(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "timeline", tmp_path / "timeline")
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    table = tmp_path / "timeline" / "pictures" / "sizes.py"
    text = table.read_text()
    assert LAST_LINE in text

    table.write_text(text.replace(LAST_LINE, LAST_LINE + NEW_LINE))

    command = [sys.executable, "-c", RENDER_ALL]
    ran = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, check=True
    )
    for made in json.loads(ran.stdout):
        assert made[0] == ["poster", 2600, 867]
        assert [name for name, *_ in made[1:]] == [
            name for name, _ in sorted(SIZES.items(), key=lambda size: -size[1])
        ]


def test_the_promised_sizes_exist() -> None:
    promised = {"thumb": 160, "small": 320, "medium": 640, "wide": 960, "large": 1280, "full": 2048}

    assert promised.items() <= SIZES.items()


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (3000, 1000), (2000, 4000), (9000, 9000)])
def test_a_size_is_the_longest_side_of_ordinary_pictures(size: tuple[int, int]) -> None:
    assert [max(fit(*size, side)) for side in SIZES.values()] == list(SIZES.values())


@pytest.mark.parametrize(("size", "shorter_side"), [((20_000, 2_000), 683), ((2_000, 20_000), 1024)])
def test_a_panorama_keeps_the_pixels_of_what_the_grid_shows(size: tuple[int, int], shorter_side: int) -> None:
    """3:1 and 1:2 are shown: a third and half of 2048 on the shorter side."""
    assert min(fit(*size, 2048)) == shorter_side


@pytest.mark.parametrize(
    "size", [(790, 36_861), (20_000, 1), (1, 9_000), (16_384, 40), (50_000, 1_000), (5, 4)]
)
def test_no_shape_is_enlarged_or_without_bounds(size: tuple[int, int]) -> None:
    for name, (width, height) in fit_all(*size).items():
        assert 1 <= width <= size[0]
        assert 1 <= height <= size[1]
        assert max(width, height) <= MAX_SIDE
        assert min(width, height) == 1 or width * height <= (MAX_AREA + 0.1) * SIZES[name] ** 2
