"""Writes per index range and tasks per queue at a given number of posts a day, and the cost of a page.

The first table is a simulation: posts arrive at random times of the busiest hour (a Poisson process); each
one makes the index writes and tasks that the code makes. It shows which documented limit of Google is
reached first, without and with the setting that lifts it. The second table measures a page of everyone's
timeline in 1, 4 and 16 index ranges on the embedded Datastore.
"""

import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.figures import report
from bench.pages import a_photo
from tests.cloud import LOCATION, running_cloud
from timeline.accounts import users
from timeline.backends import connect
from timeline.interfaces import Backends
from timeline.photos.age_index import index_key
from timeline.photos.model import entity_of
from timeline.settings import Settings
from timeline.streams import pages

PER_DAY = (1_000, 100_000, 10_000_000)
RANGES = (1, 4, 16)
PEAK = 3.0
"""The busiest hour has three times the average."""
SECONDS = 300
DAY = 86_400
SEED = 20_261_128

INDEX_LIMIT = 500
"""Writes per second to an index range that grows at its end."""
QUEUE_LIMIT = 500
"""Dispatches per second of one Cloud Tasks queue."""
OUTBOX_WRITES = 4
"""Two entries per post (renditions, then WebP), each inserted into the index on `due` and deleted from it."""
PHOTOS = 2_000
ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Load:
    """The most events in one second of the simulated time, by what counts them."""

    posts: int
    index_range: int
    outbox_index: int
    queue: int


def main() -> int:
    print(
        f"{'posts a day':>12} {'ranges':>6} {'posts/s':>8} {'photo index':>12} {'outbox index':>13} "
        f"{'queue':>6}"
    )
    for per_day in PER_DAY:
        for ranges in RANGES:
            load = simulate(per_day, ranges)
            print(
                f"{per_day:>12,} {ranges:>6} {load.posts:>8} {mark(load.index_range, INDEX_LIMIT):>12} "
                f"{mark(load.outbox_index, INDEX_LIMIT):>13} {mark(load.queue, QUEUE_LIMIT):>6}"
            )
    print("the most per second in the busiest hour; ! is over a limit of 500 per second\n")
    measure_pages()
    return 0


def simulate(per_day: int, ranges: int) -> Load:
    """Count events per second while posts arrive at random."""
    source = random.Random(SEED)
    rate = per_day / DAY * PEAK
    counts: dict[str, Counter[int]] = {name: Counter() for name in ("posts", "outbox", "queue")}
    by_range: Counter[tuple[int, str]] = Counter()
    moment, number = source.expovariate(rate), 0
    while moment < SECONDS:
        second, number = int(moment), number + 1
        counts["posts"][second] += 1
        counts["outbox"][second] += OUTBOX_WRITES
        counts["queue"][second] += 1
        by_range[second, index_key(f"{number:016}-ana", ranges)[:2]] += 1
        moment += source.expovariate(rate)
    return Load(
        posts=most(counts["posts"]),
        index_range=most(by_range),
        outbox_index=most(counts["outbox"]),
        queue=most(counts["queue"]),
    )


def most(counts: "Counter[Any]") -> int:
    return max(counts.values(), default=0)


def mark(found: int, limit: int) -> str:
    return f"{found} !" if found > limit else str(found)


def measure_pages() -> None:
    """Read the second page in turns, so that other work on the machine affects all of them."""
    with tempfile.TemporaryDirectory() as folder, running_cloud(Path(folder), "embedded", 1.0) as cloud:
        by_ranges = {ranges: filled(cloud.addresses["datastore"], ranges) for ranges in RANGES}
        cursors = {ranges: pages.everyone(found, 20).next_cursor for ranges, found in by_ranges.items()}
        times: dict[int, list[float]] = {ranges: [] for ranges in RANGES}
        for _ in range(ROUNDS):
            for ranges, found in by_ranges.items():
                began = time.perf_counter()
                pages.everyone(found, 20, cursors[ranges])
                times[ranges].append(time.perf_counter() - began)
    for ranges in RANGES:
        ratio = statistics.median(times[ranges]) / statistics.median(times[1])
        report(f"page of 20 in {ranges} index ranges ÷ in one", ratio)


def filled(datastore: str, ranges: int) -> Backends:
    settings = Settings(
        google_cloud_project=f"bench-scaling-{ranges}",
        datastore_emulator_host=datastore,
        tasks_location=LOCATION,
        timeline_index_ranges=ranges,
    )
    backends, now = connect(settings), datetime.now(UTC)
    claims = users.Claims(issuer="bench", subject="ana", issued=now, preferred_username="ana")
    users.sign_in(backends, claims)
    photos = [a_photo(now + timedelta(milliseconds=number)) for number in range(PHOTOS)]
    for start in range(0, PHOTOS, 500):
        some = photos[start : start + 500]
        backends.entities.put(
            *(entity_of(replace(photo, index_key=index_key(photo.id, ranges))) for photo in some)
        )
    return backends


if __name__ == "__main__":
    sys.exit(main())
