"""Full, read-only, broken and slow disks, 256 file descriptors, and clocks that differ by two hours.

`make machine-campaign` posts photos in each of these states and after it. Nothing that was acknowledged may
be lost, errors must be problem details with status 5xx, and everything must work again afterwards. The
disks are mounted, which needs Linux and root; without them, these states are skipped, with the reason.
"""

import contextlib
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import requests

from bench.remaining_work import WorkRemains, wait_until_idle
from bench.resilience.command_line import run_campaign_command
from bench.resilience.faulty_disks import READY_WITHIN, DiskCounts, run_on_faulty_disk
from bench.resilience.services import AdjustableClock, local_services, unique_image
from tests.journeys.platform import Person, Platform
from tests.waiting import eventually

DISK_MB = 24
IMAGE_BYTES = 400_000
DESCRIPTORS = 256
SKEW = timedelta(hours=1)
WITHIN = 400.0
"""The sweep creates a missing task after three minutes, and its seven retries take up to 127 seconds."""
FEWEST_PER_STATE = 2
CREATED = 201


@dataclass
class Counts:
    acknowledged: int = 0
    refused_on_full_disk: int = 0
    refused_without_descriptors: int = 0
    refused_while_disk_changed: int = 0
    slowest_post_on_slow_disk: float = 0.0
    skipped: str = ""
    lost: int = 0
    doubled: int = 0
    unclear_errors: int = 0
    not_recovered: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.unclear_errors or self.not_recovered)


def run_campaign(folder: Path, posts: int, seed: int, ready_within: float = READY_WITHIN) -> Counts:
    counts = Counts()
    _with_skewed_clocks(folder / "clocks", counts, posts, seed)
    _with_few_descriptors(folder / "descriptors", counts, posts)
    try:
        with _small_disk(folder / "full") as disk:
            _on_full_disk(disk, counts)
        with _small_disk(folder / "read-only") as disk:
            _on_read_only_disk(disk, counts)
    except subprocess.CalledProcessError:
        counts.skipped = "full and read-only tmpfs: mounting needs root"
    try:
        _add(counts, run_on_faulty_disk(folder / "faulty", max(FEWEST_PER_STATE, posts // 12), ready_within))
    except NotImplementedError as reason:
        counts.skipped += f" disks that change: {reason}"
    return counts


def _add(counts: Counts, disk: DiskCounts) -> None:
    for line in disk.unclear_errors:
        print(line)
    counts.acknowledged += disk.posts_acknowledged
    counts.refused_while_disk_changed = disk.posts_refused
    counts.slowest_post_on_slow_disk = disk.slowest_post_on_slow_disk
    counts.lost += disk.lost
    counts.doubled += disk.unexpected
    counts.unclear_errors += len(disk.unclear_errors)
    counts.not_recovered += disk.not_recovered + disk.not_ready


def _with_skewed_clocks(folder: Path, counts: Counts, posts: int, seed: int) -> None:
    """Two instances serve one user, one with a clock an hour slow, the other with one an hour fast."""
    chance = random.Random(seed)
    with local_services(folder) as slow, slow.another_instance(AdjustableClock()) as fast:
        slow.clock.offset, fast.clock.offset = -SKEW, SKEW
        writers = [slow.person("ana"), fast.again(slow.person("ana"))]
        kept: set[str] = set()
        for number in range(posts):
            answer = chance.choice(writers).post_photo(unique_image(number), key=f"key-{number}")
            counts.unclear_errors += answer.status_code != CREATED
            kept.add(answer.get_json()["id"])
            if chance.random() < 1 / 4:
                gone = chance.choice(sorted(kept))
                chance.choice(writers).delete_photo(gone)
                kept.discard(gone)
        for services in (slow, fast, slow):
            services.run_tasks()
            services.sweep()
        fast.run_tasks()
        _count(counts, kept, slow.stream("ana"))


def _with_few_descriptors(folder: Path, counts: Counts, posts: int) -> None:
    """Connections take all descriptors of the front door; when they end, it must work again."""
    with _platform(folder) as (platform, ana):
        limit = (DESCRIPTORS, DESCRIPTORS)
        psutil.Process(platform.process.pid).rlimit(psutil.RLIMIT_NOFILE, limit)
        kept = _post(counts, ana, range(posts // 4))
        host, _, port = platform.app.removeprefix("http://").rpartition(":")
        with ExitStack() as stack:
            for _ in range(DESCRIPTORS + 50):
                with contextlib.suppress(OSError):
                    stack.enter_context(socket.create_connection((host, int(port)), timeout=1))
            try:
                answer = ana.post_photo(unique_image(posts + 1), key="full")
                counts.refused_without_descriptors += answer.status_code != CREATED
            except requests.RequestException:
                counts.refused_without_descriptors += 1
        eventually(lambda: _answers(platform), within=WITHIN)
        kept |= _post(counts, ana, range(posts // 4, posts // 2), may_fail=False)
        _settle(platform, counts, ana, kept)


def _on_full_disk(disk: Path, counts: Counts) -> None:
    with _platform(disk) as (platform, ana):
        filler = disk / "filler"
        filler.write_bytes(bytes(psutil.disk_usage(str(disk)).free // 2))
        kept: set[str] = set()
        for number in range(100):
            answer = ana.post_photo(unique_image(number) + bytes(IMAGE_BYTES), key=f"key-{number}")
            if answer.status_code != CREATED:
                counts.refused_on_full_disk += 1
                counts.unclear_errors += not _is_clear(answer)
                break
            kept.add(answer.json()["id"])
        filler.unlink()
        kept |= _post(counts, ana, range(1000, 1002), may_fail=False)
        _settle(platform, counts, ana, kept)


def _on_read_only_disk(disk: Path, counts: Counts) -> None:
    """A data folder that cannot be written is one line that names it."""
    (disk / "state").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True, capture_output=True)
    command = [
        sys.executable,
        "-m",
        "gaelocal",
        "--port",
        "0",
        "--only",
        "emulators",
        "--data",
        str(disk / "state"),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    lines = (ran.stderr + ran.stdout).strip().splitlines()
    is_clear = ran.returncode != 0 and len(lines) == 1 and str(disk / "state") in lines[0]
    counts.unclear_errors += not is_clear


def _answers(platform: Platform) -> bool:
    """Return whether the front door accepts connections again."""
    try:
        return platform.get("/healthz").ok
    except requests.RequestException:
        return False


def _post(counts: Counts, person: Person, numbers: range, *, may_fail: bool = True) -> set[str]:
    acknowledged = set()
    for number in numbers:
        answer = person.post_photo(unique_image(number), key=f"key-{number}")
        if answer.status_code == CREATED:
            acknowledged.add(str(answer.json()["id"]))
        else:
            counts.not_recovered += not may_fail
            counts.unclear_errors += not _is_clear(answer)
    return acknowledged


def _settle(platform: Platform, counts: Counts, ana: Person, kept: set[str]) -> None:
    try:
        wait_until_idle(platform, WITHIN)
    except WorkRemains as remains:
        print(remains)
        counts.not_recovered += 1
    photos = ana.stream()
    counts.not_recovered += sum(photo["status"] != "ready" for photo in photos)
    _count(counts, kept, photos)


def _count(counts: Counts, kept: set[str], photos: list[Any]) -> None:
    present = [photo["id"] for photo in photos]
    counts.acknowledged += len(kept)
    counts.lost += len(kept - set(present))
    counts.doubled += len(present) - len(set(present))


def _is_clear(answer: requests.Response) -> bool:
    is_problem = answer.headers.get("Content-Type", "").startswith("application/problem+json")
    return answer.status_code in (500, 503, 507) and is_problem and "Traceback" not in answer.text


@contextmanager
def _platform(folder: Path) -> Iterator[tuple[Platform, Person]]:
    folder.mkdir(exist_ok=True, parents=True)
    platform = Platform(folder)
    try:
        platform.start()
        ana = platform.as_("ana")
        ana.ask("GET", "/api/v1/me").raise_for_status()
        yield platform, ana
    finally:
        platform.stop()


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """Mount a small file system; it needs root."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


def main() -> int:
    return run_campaign_command(__doc__, {"posts": 60}, run_campaign)


if __name__ == "__main__":
    sys.exit(main())
