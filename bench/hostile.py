"""Post thousands of hostile files and measure their cost: processes, time, memory, delay of other photos.

`make hostile`; ARGS="--each 20" makes it shorter. Counts should be 0, ratios within limits.
"""

import argparse
import logging
import math
import random
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import PIL
import psutil

from bench.operations import MeteredPlatform, metered_platform
from tests import hostile_pictures, pictures
from tests.hostile_pictures import Hostile
from timeline import outbox
from timeline.errors import TimelineError
from timeline.interfaces import Scan
from timeline.pictures import decoder_sandbox
from timeline.pictures.decoder_sandbox import IMAGES_PER_WORKER, DecoderSandbox
from timeline.pictures.memory_limits import MEMORY_LIMIT

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "hostile"
FORMATS = (".jpg", ".jpeg", ".mpo", ".png", ".gif", ".webp", ".heic", ".heif", ".avif")
MOST_CPU_SECONDS, MOST_GROWTH, MOST_DELAY = 2.0, 200_000_000, 1.5
DEVELOPED_AT_ONCE = 2
"""JPEG and WebP."""
SANDBOXES = (decoder_sandbox._SHORT_JOBS, decoder_sandbox._LONG_JOBS)
RENDERING_QUEUES = ("renditions", "large-renditions", "webp")
ROUNDS, HEALTHY_IN_A_ROUND, POISON_AFTER = 6, 20, 5


@dataclass
class Findings:
    """The results; `worst` contains the highest value of each measure and the file that caused it."""

    ends: Counter[str] = field(default_factory=Counter)
    defects: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    worst: dict[str, tuple[float, str]] = field(default_factory=dict)

    def note(self, measure: str, value: float, name: str) -> None:
        self.worst[measure] = max(self.worst.get(measure, (0.0, "")), (value, name))


class WorkerWatch:
    """The CPU time and memory used by the decoder process of one sandbox."""

    def __init__(self, sandbox: DecoderSandbox) -> None:
        self.sandbox = sandbox
        self.ids = list(sandbox.worker_pids)
        self.images_decoded = sandbox._active.images_decoded if sandbox._active else IMAGES_PER_WORKER
        for process in self.ids:
            Path(f"/proc/{process}/clear_refs").write_text("5")  # forgets the highest memory (man 5 proc)
        self.cpu_before = self._cpu()
        self.resident_before = self._memory("VmRSS")

    @property
    def has_died(self) -> bool:
        """True if the process was replaced before it reached its maximum number of images."""
        is_another = self.ids[:1] != self.sandbox.worker_pids[:1]
        return is_another and self.images_decoded < IMAGES_PER_WORKER - DEVELOPED_AT_ONCE

    @property
    def cpu(self) -> float:
        return self._cpu() - self.cpu_before

    @property
    def memory(self) -> float:
        return self._memory("VmHWM") - self.resident_before

    def _cpu(self) -> float:
        with suppress(psutil.NoSuchProcess):
            times = [psutil.Process(process).cpu_times() for process in self.ids[:1]]
            return sum(each.user + each.system for each in times)
        return 0.0

    def _memory(self, name: str) -> float:
        with suppress(OSError, StopIteration, IndexError):
            lines = Path(f"/proc/{self.ids[0]}/status").read_text().splitlines()
            return 1024.0 * int(next(line for line in lines if line.startswith(name)).split()[1])
        return 0.0


class Watch:
    """The CPU time of the services and both decoder processes, and the peak memory of a decoder process."""

    def __init__(self) -> None:
        self.cpu = time.process_time()
        self.workers = [WorkerWatch(sandbox) for sandbox in SANDBOXES]

    @property
    def has_died(self) -> bool:
        return any(worker.has_died for worker in self.workers)

    def taken(self) -> tuple[float, float]:
        """Return the CPU seconds and the peak memory in bytes."""
        own = time.process_time() - self.cpu
        return own + sum(worker.cpu for worker in self.workers), max(w.memory for w in self.workers)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=200, help="bit flips per small picture")
    parser.add_argument("--seed", type=int, default=hostile_pictures.SEED, help="of the flips and overwrites")
    parser.add_argument("--seconds", type=float, default=math.inf, help="posts no further files after them")
    given = parser.parse_args()
    logging.disable(logging.WARNING)  # each request writes a line
    files = [*hostile_pictures.everything(given.each, given.seed), *pillow_test_images()]
    random.Random(given.seed).shuffle(files)
    print(f"seed {given.seed}: {len(files):,} hostile files", flush=True)
    with tempfile.TemporaryDirectory() as folder, metered_platform(Path(folder)) as platform:
        findings = post_all(platform, files, given.seconds)
    show(findings)
    return 1 if delay() > MOST_DELAY or findings.defects else 0


def pillow_test_images() -> Iterator[Hostile]:
    """Yield Pillow's test images and damaged versions of them; nothing if PyPI cannot be reached."""
    archive = pillow_source()
    if archive is None:
        print("Pillow's test images cannot be downloaded and are skipped", flush=True)
        return
    with tarfile.open(archive) as source:
        for member in source:
            if "/Tests/images/" in member.name and member.isfile():
                found = source.extractfile(member)
                assert found is not None
                yield from versions(Path(member.name).name, found.read())


def pillow_source() -> Path | None:
    CACHE.mkdir(parents=True, exist_ok=True)
    wanted = CACHE / f"pillow-{PIL.__version__}.tar.gz"
    if not wanted.exists():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-binary", ":all:", "--no-deps"]
        subprocess.run([*command, "--dest", str(CACHE), f"pillow=={PIL.__version__}"], check=False)
    return wanted if wanted.exists() else None


def versions(name: str, content: bytes) -> Iterator[Hostile]:
    yield Hostile(f"Pillow's {name}", content)
    if name.endswith(FORMATS):
        yield Hostile(f"Pillow's {name}, half", content[: len(content) // 2])
        yield Hostile(f"Pillow's {name}, one byte less", content[:-1])
        middle = len(content) // 2
        yield Hostile(f"Pillow's {name}, a hole", content[:middle] + bytes(64) + content[middle + 64 :])


def post_all(platform: MeteredPlatform, files: list[Hostile], seconds: float = math.inf) -> Findings:
    findings = Findings()
    decoder_sandbox.render(pictures.a_jpeg())
    service = psutil.Process()
    before = service.memory_info().rss
    deadline = time.monotonic() + seconds
    for number, hostile in enumerate(files):
        if number % 500 == 0:
            print(f"  {number:,}", flush=True)
        watch = Watch()
        findings.ends[post(platform, hostile, findings)] += 1
        cpu, memory = watch.taken()
        findings.note("seconds of CPU", cpu, hostile.name)
        findings.note("memory of the decoding process", memory, hostile.name)
        findings.note("growth of the service", service.memory_info().rss - before, hostile.name)
        if watch.has_died:
            findings.replaced.append(hostile.name)
        if time.monotonic() > deadline:
            break
    return findings


def post(platform: MeteredPlatform, hostile: Hostile, findings: Findings) -> str:
    """Post one file and return the outcome; unexpected outcomes are added to the defects."""
    answer = platform.phone.post_photo(hostile.content)
    if answer.status_code != 201:
        if answer.status_code >= 500 or "code" not in (answer.get_json() or {}):
            findings.defects.append(f"{hostile.name}: {answer.status_code}")
        return f"refused: {answer.get_json()['code']}"
    photo = answer.get_json()
    run_tasks(platform, hostile, findings, *RENDERING_QUEUES)
    found = platform.phone.photo(photo["id"]).get_json()
    if found["status"] == "processing" or (
        found["status"] == "failed" and not has_dead_letter(platform, photo["id"])
    ):
        findings.defects.append(f"{hostile.name}: {found['status']}, and no dead letter")
    platform.phone.delete_photo(photo["id"])
    run_tasks(platform, hostile, findings, "erase")
    return str(found["status"])


def run_tasks(platform: MeteredPlatform, hostile: Hostile, findings: Findings, *queues: str) -> None:
    project = platform.backends.settings.google_cloud_project
    ran = platform.cloud.run_tasks(project, platform.worker, *queues)
    if any(status != 200 for _, status in ran):
        findings.defects.append(f"{hostile.name}: {ran}")


def has_dead_letter(platform: MeteredPlatform, photo_id: str) -> bool:
    rows = platform.backends.entities.scan(Scan(kind=outbox.DEAD_LETTER, parent=("User", "ana"), limit=1000))
    letters = [row for row in rows if photo_id in row.values["body"] and row.values["reason"]]
    platform.backends.entities.delete(*(row.key for row in letters))
    return bool(letters)


def show(findings: Findings) -> None:
    print(f"  {'posted':40} {findings.ends.total():6,}")
    for end, count in findings.ends.most_common():
        print(f"  {end:40} {count:6,}")
    print(f"service processes that died              {0:6}")  # or nothing would be printed here
    print(f"decoding processes that died             {len(findings.replaced):6} {findings.replaced[:9]}")
    print(f"5xx, stuck photos, missing dead letters  {len(findings.defects):6} {findings.defects[:9]}")
    limits: dict[str, tuple[float, float, str]] = {
        "seconds of CPU": (MOST_CPU_SECONDS, 1, "s"),
        "growth of the service": (MOST_GROWTH, 1e6, "MB"),
        "memory of the decoding process": (MEMORY_LIMIT, 1e6, "MB"),
    }
    for measure, (limit, unit, word) in limits.items():
        value, name = findings.worst[measure]
        print(f"{measure}, at most {value / unit:.2f} {word} (limit {limit / unit:g}): {name}")


def delay() -> float:
    """Return the ratio of the 95th percentiles of valid photos with and without concurrent hostile files."""
    healthy = pictures.a_noisy_jpeg(4032, 3024)
    poison = [each.content for each in hostile_pictures.bombs() if "50 mega" not in each.name]
    alone: list[float] = []
    beside: list[float] = []
    decoder_sandbox.render(healthy)
    for _ in range(ROUNDS):
        alone += waits(healthy, [])
        beside += waits(healthy, poison)
    ratio = quantiles(beside, n=20)[-1] / quantiles(alone, n=20)[-1]
    print(f"valid photos with concurrent hostile ones, p95 ÷ p95 alone: {ratio:.2f} (limit {MOST_DELAY})")
    return ratio


def waits(healthy: bytes, poison: list[bytes]) -> list[float]:
    """Return the times of valid photos; a hostile file is decoded concurrently at regular intervals."""
    found = []
    for number in range(HEALTHY_IN_A_ROUND):
        beside: Any = None
        if poison and number % POISON_AFTER == 0:
            beside = threading.Thread(target=swallow, args=(poison[number // POISON_AFTER % len(poison)],))
            beside.start()
        started = time.perf_counter()
        decoder_sandbox.render(healthy)
        found.append(time.perf_counter() - started)
        if beside is not None:
            beside.join()
    return found


def swallow(image: bytes) -> None:
    with suppress(TimelineError):
        decoder_sandbox.render(image)


if __name__ == "__main__":
    sys.exit(main())
