"""Renditions: CPU, size and similarity compared with libvips at its defaults, and the memory of each format.

Usage: python -m bench renditions, or one part: python -m bench.renditions cpu|photos|formats|peaks
"""

import io
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pyvips
from PIL import Image

from bench import image_similarity
from bench.figures import report
from bench.real_photos import real_photos
from tests import pictures
from timeline.pictures import decoder_sandbox
from timeline.pictures.decoder import PEAK_BYTES_PER_PIXEL
from timeline.pictures.memory_limits import MEMORY_LIMIT
from timeline.pictures.renderer import render, render_as_webp
from timeline.pictures.sizes import SIZES, fit

ROUNDS, TIMES = 7, 4
LIBVIPS_QUALITY = 80
"""The default of sharp for JPEG and WebP; jpegsave itself takes 75, with which nothing is compared."""
LARGEST_FIRST = sorted(SIZES.values(), reverse=True)

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


def in_the_sandbox(image: bytes) -> None:
    decoder_sandbox.render(image)


def with_libvips(image: bytes) -> None:
    """Shrink while decoding, then make each size from the larger one."""
    picture = pyvips.Image.thumbnail_buffer(image, LARGEST_FIRST[0], height=LARGEST_FIRST[0]).copy_memory()
    for side in LARGEST_FIRST:
        picture = picture.thumbnail_image(side, height=side).copy_memory()
        picture.jpegsave_buffer(Q=LIBVIPS_QUALITY, keep="none")


def with_libvips_from_the_file(image: bytes) -> None:
    """Make each size from the original."""
    for side in LARGEST_FIRST:
        _libvips_thumbnail(image, side).jpegsave_buffer(Q=LIBVIPS_QUALITY, keep="none")


def with_sharps_defaults(image: bytes) -> None:
    """As with_libvips; sharp also optimises the Huffman tables."""
    picture = _libvips_thumbnail(image, LARGEST_FIRST[0]).copy_memory()
    for side in LARGEST_FIRST:
        picture = picture.thumbnail_image(side, height=side).copy_memory()
        picture.jpegsave_buffer(Q=LIBVIPS_QUALITY, keep="none", optimize_coding=True)


def naive(image: bytes) -> None:
    """Open, resize and save for every size, as most tutorials do."""
    for side in LARGEST_FIRST:
        picture = Image.open(io.BytesIO(image))
        size = fit(picture.width, picture.height, side)
        picture.resize(size, Image.Resampling.LANCZOS).save(io.BytesIO(), "JPEG", quality=LIBVIPS_QUALITY)


def decode_only(image: bytes) -> None:
    """Decode only; the largest size does not allow a draft decode."""
    Image.open(io.BytesIO(image)).load()


def cpu_milliseconds(work: Callable[[bytes], object], image: bytes) -> float:
    started = cpu_of_all()
    for _ in range(TIMES):
        work(image)
    return (cpu_of_all() - started) * 1000 / TIMES


def cpu_of_all() -> float:
    """Seconds of this process, its threads, and the process it decodes in."""
    times = [psutil.Process(pid).cpu_times() for pid in decoder_sandbox._SHORT_JOBS.worker_pids[:1]]
    return time.process_time() + sum(each.user + each.system for each in times)


def photos_of_12_megapixels() -> Iterator[tuple[str, bytes]]:
    yield "noise", pictures.a_noisy_jpeg(4032, 3024)
    for path in real_photos():
        with Image.open(path) as picture:
            if picture.width * picture.height > 12_000_000:
                enlarged = picture.convert("RGB").resize((4032, 3024), Image.Resampling.LANCZOS)
                yield path.stem, pictures.encoded(enlarged, "JPEG", quality=92)


def tell_cpu() -> None:
    for name, image in photos_of_12_megapixels():
        tell_cpu_of(name, image)


def tell_cpu_of(name: str, image: bytes) -> None:
    """Take turns, so that a busy machine slows all alike; several at once: a child's clock ticks coarsely."""
    decoder_sandbox.render(image)
    spent: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(ROUNDS):
        for way, work in WAYS.items():
            spent[way].append(cpu_milliseconds(work, image))
    cost = {way: min(each) for way, each in spent.items()}
    print(f"{name}: {len(SIZES)} sizes of a JPEG of 12 megapixels, {len(image) / 1e6:.1f} MB,", end=" ")
    print(f"CPU, best of {ROUNDS} rounds of {TIMES}")
    for way, milliseconds in cost.items():
        print(f"  {way:44} {milliseconds:7.0f} ms")
    libvips = min(cost[LIBVIPS], cost[LIBVIPS_FROM_THE_FILE])
    report(f"{name}: ours ÷ libvips, the faster of its two ways, CPU", cost[OURS] / libvips)
    report(f"{name}: ours in the child process ÷ libvips", cost[IN_THE_SANDBOX] / libvips, at_most=0.9)
    report(f"{name}: ours in the child process ÷ sharp's defaults", cost[IN_THE_SANDBOX] / cost[SHARP])
    report(f"{name}: naive ÷ ours", cost[NAIVE] / cost[OURS], at_least=4)


def tell_photos() -> None:
    """SSIM of brightness against all pixels decoded, one fine filter, no compression."""
    found: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for path in real_photos():
        image = path.read_bytes()
        original = Image.open(io.BytesIO(image)).convert("RGB")
        for (kind, size), content in {**made_by_us(image), **made_by_libvips(image)}.items():
            shown = Image.open(io.BytesIO(content))
            reference = original.resize(shown.size, Image.Resampling.LANCZOS)
            measured = image_similarity.ssim(shown, reference), len(content)
            found.setdefault((kind, size), []).append(measured)
    print(f"{len(real_photos())} real photos: mean SSIM; bytes of ours to those of libvips")
    for kind in ("JPEG", "WebP"):
        for size in SIZES:
            tell_against(f"{kind} {size}", found[kind, size], found[f"libvips {kind}", size])
    for size in SIZES:
        tell_against(f"JPEG {size}, sharp", found["JPEG", size], found["sharp JPEG", size])


def tell_against(name: str, ours: list[tuple[float, int]], theirs: list[tuple[float, int]]) -> None:
    (our_ssim, our_bytes), (their_ssim, their_bytes) = (
        (sum(each[0] for each in some) / len(some), sum(each[1] for each in some)) for some in (ours, theirs)
    )
    print(f"  {name:22} {our_ssim:.4f} against {their_ssim:.4f}   {our_bytes / their_bytes:.3f}")


def made_by_us(image: bytes) -> dict[tuple[str, str], bytes]:
    jpegs, webps = render(image).images, render_as_webp(image).images
    return {("JPEG", each.name): each.content for each in jpegs} | {
        ("WebP", each.name): each.content for each in webps
    }


def made_by_libvips(image: bytes) -> dict[tuple[str, str], bytes]:
    made: dict[tuple[str, str], bytes] = {}
    for name, side in SIZES.items():
        picture = _libvips_thumbnail(image, side)
        made["libvips JPEG", name] = picture.jpegsave_buffer(Q=LIBVIPS_QUALITY, keep="none")
        made["sharp JPEG", name] = picture.jpegsave_buffer(
            Q=LIBVIPS_QUALITY, keep="none", optimize_coding=True
        )
        made["libvips WebP", name] = picture.webpsave_buffer(Q=LIBVIPS_QUALITY, keep="none")
    return made


def _libvips_thumbnail(image: bytes, side: int) -> pyvips.Image:
    """Return a thumbnail that is never enlarged, like ours."""
    return pyvips.Image.thumbnail_buffer(image, side, height=side, size="down").copy_memory()


FORMATS: dict[str, tuple[str, dict[str, object]]] = {
    "JPEG 80": ("JPEG", {"quality": 80}),
    "JPEG 80, progressive": ("JPEG", {"quality": 80, "progressive": True}),
    "WebP 80, method 4": ("WEBP", {"quality": 80, "method": 4}),
    "WebP 80, method 6": ("WEBP", {"quality": 80, "method": 6}),
    "AVIF 66, speed 10": ("AVIF", {"quality": 66, "speed": 10, "max_threads": 1}),
    "AVIF 66, speed 8": ("AVIF", {"quality": 66, "speed": 8, "max_threads": 1}),
    "AVIF 63, speed 6": ("AVIF", {"quality": 63, "speed": 6, "max_threads": 1}),
}
EVERY_FOURTH = 4


def tell_formats() -> None:
    """Print the CPU time and size of each format at 960 pixels, for the encoders alone."""
    photos = [_scaled(path, SIZES["wide"]) for path in real_photos()[::EVERY_FOURTH]]
    print(f"{len(photos)} real photos of 960 pixels, each format: CPU, bytes and SSIM")
    for name, (kind, options) in FORMATS.items():
        started = time.process_time()
        files = [pictures.encoded(photo, kind, **options) for photo in photos]
        spent = (time.process_time() - started) * 1000 / len(photos)
        similar = [
            image_similarity.ssim(Image.open(io.BytesIO(file)), photo)
            for file, photo in zip(files, photos, strict=True)
        ]
        size = sum(map(len, files)) / len(files)
        print(f"  {name:22} {spent:6.1f} ms  {size / 1000:6.1f} kB  {sum(similar) / len(similar):.4f}")


def _scaled(path: Path, side: int) -> Image.Image:
    with Image.open(path) as picture:
        size = fit(picture.width, picture.height, side)
        return picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def a_large_picture(kind: str) -> bytes:
    mode, options = KINDS[kind]
    picture = Image.new(mode, LARGEST, 9 if mode in ("P", "I;16") else 0)
    name = kind.partition(" ")[0]
    return (
        pictures.as_heic(picture, **options) if name == "HEIF" else pictures.encoded(picture, name, **options)
    )


def peak_of(kind: str) -> int:
    """Return the additional bytes that rendering needs, measured in a separate process."""
    command = [sys.executable, "-m", "bench.renditions", "peak"]
    made = subprocess.run(command, input=a_large_picture(kind), capture_output=True, check=True)
    return int(made.stdout)


def tell_peak_of_input() -> None:
    render(pictures.a_jpeg())
    image = sys.stdin.buffer.read()
    peak_memory()
    before = peak_memory()
    render(image)
    print(peak_memory() - before)


def peak_memory() -> int:
    """Return the highest resident memory since the last call; Linux forgets it by writing 5 (man 5 proc)."""
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


OURS, IN_THE_SANDBOX = "ours: every size and a placeholder", "the same in the child process"
LIBVIPS, LIBVIPS_FROM_THE_FILE = "libvips, each from the one before", "libvips, each from the file"
SHARP = "libvips with sharp's defaults"
NAIVE, FLOOR = "naive: open, resize, save, for each", "decode alone"
WAYS: dict[str, Callable[[bytes], object]] = {
    OURS: render,
    IN_THE_SANDBOX: in_the_sandbox,
    LIBVIPS: with_libvips,
    LIBVIPS_FROM_THE_FILE: with_libvips_from_the_file,
    SHARP: with_sharps_defaults,
    NAIVE: naive,
    FLOOR: decode_only,
}
PARTS: dict[str, Callable[[], None]] = {
    "cpu": tell_cpu,
    "photos": tell_photos,
    "formats": tell_formats,
    "peaks": tell_peaks,
}

if __name__ == "__main__":
    if sys.argv[1:] == ["peak"]:
        tell_peak_of_input()
    else:
        for part in sys.argv[1:] or PARTS:
            PARTS[part]()
