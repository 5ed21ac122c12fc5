"""Renditions: CPU of ours against the obvious way, and the memory that each format needs at its largest.

Usage: python -m bench renditions
"""

import io
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from tests import pictures
from timeline.pictures.darkroom import MEMORY_CEILING, PEAK_BYTES_PER_PIXEL, develop
from timeline.pictures.prints import SIDES

ROUNDS = 7
LARGEST = (8_000, 6_250)
KINDS: dict[str, tuple[str, dict[str, object]]] = {
    "JPEG": ("RGB", {"quality": 60}),
    "JPEG progressive": ("RGB", {"quality": 60, "progressive": True, "subsampling": 0}),
    "JPEG progressive CMYK": ("CMYK", {"quality": 60, "progressive": True}),
    "PNG RGB": ("RGB", {"compress_level": 1}),
    "PNG RGBA": ("RGBA", {"compress_level": 1}),
    "PNG 16 bit": ("I;16", {"compress_level": 1}),
    "PNG palette": ("P", {"compress_level": 1}),
    "PNG LA": ("LA", {"compress_level": 1}),
    "GIF": ("P", {}),
    "GIF transparent": ("P", {"transparency": 0}),
    "WEBP": ("RGB", {"quality": 30, "method": 0}),
    "WEBP RGBA": ("RGBA", {"quality": 30, "method": 0}),
}


def naive(image: bytes) -> None:
    """Open, resize, save, three times over: what most tutorials show."""
    for side in SIDES.values():
        picture = Image.open(io.BytesIO(image))
        ratio = side / max(picture.size)
        small = picture.resize(
            (round(picture.width * ratio), round(picture.height * ratio)), Image.Resampling.LANCZOS
        )
        small.save(io.BytesIO(), "JPEG", quality=92)


def largest_only(image: bytes) -> None:
    picture = Image.open(io.BytesIO(image))
    picture.draft(None, (1920, 1440))
    picture.resize((1280, 960), Image.Resampling.LANCZOS).save(io.BytesIO(), "JPEG", quality=92)


def draft_only(image: bytes) -> None:
    """Decode at half size and stop: nobody can be faster with this decoder."""
    picture = Image.open(io.BytesIO(image))
    picture.draft(None, (SIDES["large"],) * 2)
    picture.load()


def cpu_milliseconds(work: Callable[[bytes], object], image: bytes) -> float:
    started = time.process_time()
    work(image)
    return (time.process_time() - started) * 1000


def compare() -> None:
    """Take turns, so that a busy machine slows all of them alike; the best round counts."""
    image = pictures.a_noisy_jpeg(4032, 3024)
    ways: dict[str, Callable[[bytes], object]] = {
        "ours, three sizes and a placeholder": develop,
        "the largest alone": largest_only,
        "draft decode alone": draft_only,
        "naive, three sizes": naive,
    }
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, work in ways.items():
            best[name] = min(best[name], cpu_milliseconds(work, image))
    ours = next(iter(best.values()))
    print(f"12-megapixel JPEG of {len(image) / 1e6:.1f} MB, CPU, best of {ROUNDS}")
    for name, milliseconds in best.items():
        print(f"  {name:38} {milliseconds:7.0f} ms   {milliseconds / ours:5.2f} x ours")


def a_large_picture(kind: str) -> bytes:
    mode, options = KINDS[kind]
    picture = Image.new(mode, LARGEST, 9 if mode in ("P", "I;16") else 0)
    return pictures.encoded(picture, kind.partition(" ")[0], **options)


def peak_of(kind: str) -> int:
    """Bytes that developing takes beyond the process and the file, in a process of its own."""
    command = [sys.executable, "-m", "bench.renditions", kind]
    made = subprocess.run(command, input=a_large_picture(kind), capture_output=True, check=True)
    return int(made.stdout)


def develop_and_tell_peak() -> None:
    develop(pictures.a_jpeg())
    image = sys.stdin.buffer.read()
    peak_memory()
    before = peak_memory()
    develop(image)
    print(peak_memory() - before)


def peak_memory() -> int:
    """Give the highest resident memory since the last call; Linux forgets it by writing 5 (man 5 proc)."""
    status = Path("/proc/self/status").read_text()
    Path("/proc/self/clear_refs").write_text("5")
    return 1024 * int(re.findall(r"VmHWM:\s+(\d+)", status)[0])


def tell_peaks() -> None:
    pixels = LARGEST[0] * LARGEST[1]
    print(
        f"{pixels / 1e6:.0f} megapixels, peak memory of one develop (ceiling {MEMORY_CEILING / 1e6:.0f} MB)"
    )
    for kind in KINDS:
        peak = peak_of(kind)
        stated = PEAK_BYTES_PER_PIXEL[kind.partition(" ")[0]]
        print(f"  {kind:22} {peak / 1e6:5.0f} MB   {peak / pixels:5.2f} bytes a pixel, stated {stated}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        develop_and_tell_peak()
    else:
        compare()
        tell_peaks()
