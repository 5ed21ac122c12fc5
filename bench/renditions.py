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

import psutil
import pyvips
from PIL import Image

from bench import likeness
from tests import pictures
from timeline.pictures import decoder_sandbox
from timeline.pictures.decoder import MEMORY_LIMIT, PEAK_BYTES_PER_PIXEL, decode
from timeline.pictures.encoder import SIDES, encode_jpeg
from timeline.pictures.renderer import render, render_as_webp

ROUNDS, TIMES = 7, 4
SAME_BYTES = 92
"""The quality at which libjpeg's own steps take as many bytes as ours."""

PHOTO_LIKE = {"1/f noise, like photos": 1.0, "a little smoother": 1.15, "faint details": 1.3}
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
    "HEIF": ("RGB", {"quality": 30}),
    "HEIF RGBA": ("RGBA", {"quality": 30}),
    "AVIF": ("RGB", {"quality": 30, "speed": 10}),
    "AVIF 4:4:4": ("RGB", {"quality": 30, "speed": 10, "subsampling": "4:4:4"}),
    "AVIF RGBA": ("RGBA", {"quality": 30, "speed": 10}),
}


def in_the_lab(image: bytes) -> None:
    decoder_sandbox.render(image)


def largest_only(image: bytes) -> None:
    """What the first of three sizes costs: nothing can be saved on it."""
    encode_jpeg("large", decode(image, SIDES["large"]).pixels)


def with_libvips(image: bytes) -> None:
    """Its own shortcuts: shrinking while it decodes, then each size from the one before."""
    picture = pyvips.Image.thumbnail_buffer(image, SIDES["large"], height=SIDES["large"]).copy_memory()
    for side in SIDES.values():
        picture = picture.thumbnail_image(side, height=side).copy_memory()
        picture.jpegsave_buffer(Q=SAME_BYTES, keep="none", subsample_mode="on")


def with_libvips_from_the_file(image: bytes) -> None:
    """The other way, with libvips: each size from the original."""
    for side in SIDES.values():
        pyvips.Image.thumbnail_buffer(image, side, height=side).jpegsave_buffer(
            Q=SAME_BYTES, keep="none", subsample_mode="on"
        )


def naive(image: bytes) -> None:
    """Open, resize, save, three times over: what most tutorials show."""
    for side in SIDES.values():
        picture = Image.open(io.BytesIO(image))
        ratio = side / max(picture.size)
        small = picture.resize(
            (round(picture.width * ratio), round(picture.height * ratio)), Image.Resampling.LANCZOS
        )
        small.save(io.BytesIO(), "JPEG", quality=SAME_BYTES)


def draft_only(image: bytes) -> None:
    """Decode at half size and stop: nobody can be faster with this decoder."""
    picture = Image.open(io.BytesIO(image))
    picture.draft(None, (SIDES["large"],) * 2)
    picture.load()


def cpu_milliseconds(work: Callable[[bytes], object], image: bytes) -> float:
    started = cpu_of_all()
    for _ in range(TIMES):
        work(image)
    return (cpu_of_all() - started) * 1000 / TIMES


def cpu_of_all() -> float:
    """Seconds of this process, its threads, and the process it decodes in."""
    times = [psutil.Process(process).cpu_times() for process in decoder_sandbox._SANDBOX.worker_pids[:1]]
    return time.process_time() + sum(each.user + each.system for each in times)


def compare() -> None:
    """Take turns, so that a busy machine slows all alike; several at once: a child's clock ticks coarsely."""
    image = pictures.a_noisy_jpeg(4032, 3024)
    decoder_sandbox.render(image)
    spent: dict[str, list[float]] = {name: [] for name in WORKS}
    for _ in range(ROUNDS):
        for name, work in WORKS.items():
            spent[name].append(cpu_milliseconds(work, image))
    cost = {name: min(each) for name, each in spent.items()}
    print(f"12-megapixel JPEG of {len(image) / 1e6:.1f} MB, CPU, best of {ROUNDS} rounds of {TIMES}")
    for name, milliseconds in cost.items():
        print(f"  {name:44} {milliseconds:7.0f} ms")
    libvips = min(cost[LIBVIPS], cost[LIBVIPS_FROM_THE_FILE])
    print(f"  ours ÷ libvips, the faster of its two ways    {cost[OURS] / libvips:5.2f}  (aim: ≤ 0.9)")
    print(f"  ours, in the child process, ÷ libvips         {cost[IN_THE_LAB] / libvips:5.2f}")
    print(f"  three sizes ÷ the largest alone               {cost[OURS] / cost[ALONE]:5.2f}  (aim: ≤ 1.35)")
    print(f"  naive ÷ ours                                  {cost[NAIVE] / cost[OURS]:5.2f}  (aim: ≥ 4)")


def tell_likeness() -> None:
    """SSIM of brightness against all pixels decoded, one fine filter, no compression."""
    print("likeness to a reference (SSIM): large, medium, thumb; bytes of all three")
    for name, octave in PHOTO_LIKE.items():
        photo = likeness.a_photo_like_picture(octave, 3000, 2250)
        image = pictures.encoded(photo, "JPEG", quality=93)
        prints = {"JPEG": render(image).images, "WebP": render_as_webp(image).images}
        for kind, made in prints.items():
            tell_likeness_of(f"{name}, {kind}", image, {each.name: each.content for each in made})
        tell_likeness_of(f"{name}, libvips at Q {SAME_BYTES}", image, made_by_libvips(image))


def made_by_libvips(image: bytes) -> dict[str, bytes]:
    return {
        name: pyvips.Image.thumbnail_buffer(image, side, height=side).jpegsave_buffer(
            Q=SAME_BYTES, keep="none"
        )
        for name, side in SIDES.items()
    }


def tell_likeness_of(name: str, image: bytes, made: dict[str, bytes]) -> None:
    original = Image.open(io.BytesIO(image)).convert("RGB")
    found = []
    for content in made.values():
        small = Image.open(io.BytesIO(content))
        found.append(likeness.ssim(small, original.resize(small.size, Image.Resampling.LANCZOS)))
    told = "  ".join(f"{each:.4f}" for each in found) or "not made: not lighter"
    print(f"  {name:44} {told}   {sum(map(len, made.values())) / 1000:5.0f} kB")


def a_large_picture(kind: str) -> bytes:
    mode, options = KINDS[kind]
    picture = Image.new(mode, LARGEST, 9 if mode in ("P", "I;16") else 0)
    name = kind.partition(" ")[0]
    return (
        pictures.as_heic(picture, **options) if name == "HEIF" else pictures.encoded(picture, name, **options)
    )


def peak_of(kind: str) -> int:
    """Bytes that developing takes beyond the process and the file, in a process of its own."""
    command = [sys.executable, "-m", "bench.renditions", kind]
    made = subprocess.run(command, input=a_large_picture(kind), capture_output=True, check=True)
    return int(made.stdout)


def develop_and_tell_peak() -> None:
    render(pictures.a_jpeg())
    image = sys.stdin.buffer.read()
    peak_memory()
    before = peak_memory()
    render(image)
    print(peak_memory() - before)


def peak_memory() -> int:
    """Give the highest resident memory since the last call; Linux forgets it by writing 5 (man 5 proc)."""
    status = Path("/proc/self/status").read_text()
    Path("/proc/self/clear_refs").write_text("5")
    return 1024 * int(re.findall(r"VmHWM:\s+(\d+)", status)[0])


def tell_peaks() -> None:
    pixels = LARGEST[0] * LARGEST[1]
    print(f"{pixels / 1e6:.0f} megapixels, peak memory of one render (ceiling {MEMORY_LIMIT / 1e6:.0f} MB)")
    for kind in KINDS:
        peak = peak_of(kind)
        stated = PEAK_BYTES_PER_PIXEL[kind.partition(" ")[0]]
        print(f"  {kind:22} {peak / 1e6:5.0f} MB   {peak / pixels:5.2f} bytes a pixel, stated {stated}")


OURS, IN_THE_LAB, ALONE = (
    "ours: three sizes and a placeholder",
    "the same in the child process",
    "the largest alone",
)
LIBVIPS, LIBVIPS_FROM_THE_FILE = "libvips, each from the one before", "libvips, each from the file"
NAIVE, FLOOR = "naive: open, resize, save, three times", "draft decode alone"
WORKS: dict[str, Callable[[bytes], object]] = {
    OURS: render,
    IN_THE_LAB: in_the_lab,
    ALONE: largest_only,
    LIBVIPS: with_libvips,
    LIBVIPS_FROM_THE_FILE: with_libvips_from_the_file,
    NAIVE: naive,
    FLOOR: draft_only,
}

if __name__ == "__main__":
    if len(sys.argv) > 1:
        develop_and_tell_peak()
    else:
        compare()
        tell_likeness()
        tell_peaks()
