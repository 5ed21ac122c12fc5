"""Every operation with 100,000 photos and 10,000 people: its budget, and its time next to 1,000 photos.

Both amounts of data are in one embedded Datastore, as two projects. Each operation of
docs/operation-budgets.json runs in both, and its amounts are compared with its budget. A page of several
people's photos may read more entities than in the budget, which was measured with photos of one person: at
most a whole page of photos and their authors. Then pages are read in turns, and the medians of the CPU time
are compared: that of the service and of the emulators together, which run in this process.
"""

import argparse
import json
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from bench.budgets import BUDGETS, Cost, cost_of
from bench.figures import report
from bench.operations import OPERATIONS, MeteredPlatform, Operation, metered_platform_on, settings_for
from bench.pages import a_photo
from timeline import ids
from timeline.accounts import users
from timeline.interfaces import Backends, Entity
from timeline.photos.model import Photo, entity_of

SMALL_PHOTOS = 1_000
PHOTOS_OF_EACH = 10
ROWS_PER_COMMIT = 500
OLDER = timedelta(days=1)
"""The seeded photos are older than those of the operations."""
APART = timedelta(minutes=3)
MOST_RATIO = 1.2
FULL_PAGE = 21
MOST_READ = 2 * FULL_PAGE + 1
"""Photos, their authors, and the caller."""
LIMITED = ("calls", "cache", "entities_written", "entities_deleted", "tasks")
OBJECTS = ("objects_written", "objects_read", "objects_listed", "objects_deleted")
READ = ("entities_read", "keys_read")
Fault = tuple[str, str, int, int]
"""Operation, amount, budget and what was measured."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    given = parser.parse_args()
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        return measure(Path(folder), given.photos, given.rounds)


def measure(folder: Path, photos: int, rounds: int) -> int:
    from tests.cloud import running_cloud

    with running_cloud(folder, "embedded", 1.0) as cloud, ExitStack() as stack:
        small, large = (
            stack.enter_context(metered_platform_on(cloud, settings_for(cloud))) for _ in range(2)
        )
        fill(small.backends, SMALL_PHOTOS)
        begun = time.monotonic()
        fill(large.backends, photos)
        print(f"seeded {photos:,} photos of {photos // PHOTOS_OF_EACH:,} people in", end=" ")
        print(f"{time.monotonic() - begun:.0f} s", flush=True)
        over = over_budget(large)
        for name, amount, budget, found in over:
            print(f"{name}: {amount} {found}, budget {budget}")
        what = f"operations over budget with {photos:,} photos, of {len(OPERATIONS)}"
        report(what, len({name for name, *_ in over}), at_most=0)
        ratios = page_ratios(small, large, rounds)
    label = f"with {photos:,} ÷ {SMALL_PHOTOS:,} photos"
    for name, ratio in ratios.items():
        print(f"{name:48} {ratio:.2f}")
    report(f"CPU of the page that grows most {label}", max(ratios.values()), at_most=MOST_RATIO)
    report(f"CPU of all pages {label}, median", statistics.median(ratios.values()))
    return 0


def over_budget(platform: MeteredPlatform) -> list[Fault]:
    """Run every operation and return the amounts that exceed its budget."""
    budgets: dict[str, Cost] = json.loads(BUDGETS.read_text())
    found: list[Fault] = []
    for operation in OPERATIONS:
        cost, budget = cost_of(platform, operation), budgets[operation.name]
        limits = {amount: budget.get(amount, 0) for amount in (*LIMITED, *OBJECTS)}
        is_page = "entities_read" in budget and operation.name.startswith("GET ")
        for amount in READ:
            limits[amount] = max(budget.get(amount, 0), MOST_READ) if is_page else budget.get(amount, 0)
        found += [
            (operation.name, amount, limit, cost[amount])
            for amount, limit in limits.items()
            if cost.get(amount, 0) > limit
        ]
    return found


def page_ratios(small: MeteredPlatform, large: MeteredPlatform, rounds: int) -> dict[str, float]:
    """Return the median CPU time of each page with much data relative to little data."""
    pages = [operation for operation in OPERATIONS if operation.name.startswith("GET ")]
    ratios = {}
    for operation in pages:
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            for platform, taken in zip((small, large), times, strict=True):
                taken.append(seconds_of(platform, operation))
        ratios[operation.name] = statistics.median(times[1]) / statistics.median(times[0])
    return ratios


def seconds_of(platform: MeteredPlatform, operation: Operation) -> float:
    prepared = operation.prepare(platform)
    begun = time.process_time()
    answer = operation.run(platform, prepared)
    taken = time.process_time() - begun
    assert answer.status_code < 400, f"{operation.name}: {answer.status_code}"
    return taken


def fill(backends: Backends, photos: int) -> None:
    """Store people and ten photos of each; photos that follow each other have different authors."""
    people = [f"person-{number}" for number in range(max(1, photos // PHOTOS_OF_EACH))]
    newest = backends.clock.now() - OLDER
    rows = (row for person in people for row in rows_of(person, newest))
    put(backends, rows)
    put(backends, (entity_of(photo) for photo in photos_of(people, newest, photos)))


def rows_of(person: str, now: datetime) -> tuple[Entity, Entity]:
    user = users.User(
        handle=person,
        display_name=person.title(),
        email=f"{person}@example.com",
        summary="daily",
        timezone="UTC",
        created=now,
    )
    account = Entity(users.account_key("bench", person), {"handle": person, "created": now})
    return users._entity_of(user), account


def photos_of(people: list[str], newest: datetime, count: int) -> Iterator[Photo]:
    for number in range(count):
        created = newest - number * APART
        person = people[number % len(people)]
        yield replace(a_photo(created), id=ids.id_of(ids.new_key(created), person), user=person)


def put(backends: Backends, rows: Iterator[Entity]) -> None:
    while some := list(islice(rows, ROWS_PER_COMMIT)):
        backends.entities.put(*some)


if __name__ == "__main__":
    sys.exit(main())
