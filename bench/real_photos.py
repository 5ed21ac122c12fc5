"""Real photos for measurements: 34 wallpapers from Debian packages, not part of this repository."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "real-photos"
BACKGROUNDS, WALLPAPERS = "usr/share/backgrounds", "usr/share/wallpapers"

PACKAGES: dict[str, list[str]] = {
    "lomiri-wallpapers-16.04": [
        f"{BACKGROUNDS}/{name}.jpg"
        for name in (
            "Bridge_by_Sander_Klootwijk",
            "Dragonfly_by_Bolly",
            "Picture_0B_by_freespace",
            "Wine_by_Jakkub_Mede",
            "aitzgorri_by_Aitzol_Berasategi",
            "free_by_Peter_Nerlich",
            "friends_by_Aitzol_Berasategi",
            "greentock_by_Peter_Nerlich",
            "life_by_Aitzol_Berasategi",
            "picosdeeuropa_by_Aitzol_Berasategi",
            "seeding_by_Clements_Engelhardt",
            "sunset_by_Aitzol_Berasategi",
        )
    ],
    "lomiri-wallpapers-20.04": [f"{BACKGROUNDS}/Kleiber_by_Lukas_Baubkus.jpg"],
    "mate-backgrounds": [
        f"{BACKGROUNDS}/mate/nature/{name}.jpg"
        for name in (
            "Aqua",
            "Blinds",
            "FreshFlower",
            "Garden",
            "LadyBird",
            "RainDrops",
            "Storm",
            "TwoWings",
            "Wood",
            "YellowFlower",
        )
    ],
    "plasma-workspace-wallpapers": [
        f"{WALLPAPERS}/{name}/contents/images/2560x1600.jpg"
        for name in (
            "BytheWater",
            "ColdRipple",
            "ColorfulCups",
            "DarkestHour",
            "EveningGlow",
            "FallenLeaf",
            "Grey",
            "Kite",
            "OneStandsOut",
            "Path",
            "summer_1am",
        )
    ],
}


@cache
def real_photos() -> tuple[Path, ...]:
    """Return the files, downloading their packages first; none without apt-get."""
    if shutil.which("apt-get") is None:
        return ()
    for package in PACKAGES:
        if not (CACHE / package).exists():
            _download(package)
    return tuple(CACHE / package / name for package, names in PACKAGES.items() for name in names)


def _download(package: str) -> None:
    debs = CACHE / "debs"
    debs.mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "download", "-qq", package], cwd=debs, check=True)
    (archive,) = debs.glob(f"{package}_*.deb")
    subprocess.run(["dpkg-deb", "-x", archive, CACHE / package], check=True)
