"""Paint the demo's photos again: `python -m demo.painting [NAME…]`. Needs numpy, and POV-Ray for the scenes.

The photos are in the repository, so nobody needs this to run the demo.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from demo.painting import landscapes, night

FOLDER = Path(__file__).resolve().parent
PHOTOS = FOLDER.parent / "photos"
PAINTINGS = {
    "milky_way": night.milky_way,
    "northern_lights": night.northern_lights,
    "moon_over_sea": night.moon_over_sea,
    "eclipse": night.eclipse,
    "city": night.city,
    "planet": night.planet,
    "winter": night.winter,
    "misty_ridges": landscapes.misty_ridges,
    "alps": landscapes.alps,
    "canyon": landscapes.canyon,
    "islands": landscapes.islands,
    "dunes": landscapes.dunes,
    "forest": landscapes.forest,
    "rainy_window": landscapes.rainy_window,
}
SCENES = {
    "sea": (1500, 1000),
    "lighthouse": (1000, 1400),
    "balloons": (1500, 1000),
    "village": (1260, 840),
    "colonnade": (960, 1280),
    "staircase": (960, 1200),
}
BYTES = 147_000
"""Twenty photos take less than 3 MB."""
LOWEST_QUALITY = 66


def main(names: list[str]) -> int:
    PHOTOS.mkdir(exist_ok=True)
    for name in names or [*PAINTINGS, *SCENES]:
        image = PAINTINGS[name]() if name in PAINTINGS else ray_traced(name)
        save(image, PHOTOS / f"{name}.jpg")
    return 0


def ray_traced(name: str) -> Image.Image:
    """Render a scene of the folder `scenes` with POV-Ray."""
    width, height = SCENES[name]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "scene.png")
        scene = FOLDER / "scenes" / f"{name}.pov"
        words = [f"+I{scene}", f"+O{file}", f"+W{width}", f"+H{height}", "+A0.2", "-D", "-GA"]
        subprocess.run(["povray", *words], check=True, capture_output=True)
        return Image.open(file).convert("RGB")


def save(image: Image.Image, file: Path) -> None:
    """Save the best JPEG that is small enough; a picture with too many details becomes smaller."""
    picture = image.convert("RGB")
    while True:
        for quality in range(90, LOWEST_QUALITY, -2):
            picture.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
            if file.stat().st_size <= BYTES:
                return
        size = (round(picture.width * 0.88), round(picture.height * 0.88))
        picture = picture.resize(size, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
