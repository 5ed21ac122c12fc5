"""The orphan sweep with 100,000 photos: objects and calls of a step, and the time of a full round.

The rows of the photos are in the embedded Datastore, and an original and six renditions of each are in
Cloud Storage: the emulator gets their rows, all with the content of one small file. Some have no photo. The
first steps of a round run; a step runs every five minutes.
"""

import argparse
import logging
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.figures import report
from bench.large_data import OLDER, PHOTOS_OF_EACH, photos_of, put
from bench.metering import Meter, metered
from bench.operations import settings_for
from bench.resilience.services import AdjustableClock
from timeline import ids, orphans
from timeline.interfaces import Backends
from timeline.photos.model import entity_of

RENDITIONS = 6
ORPHAN_EVERY = 1_000
"""One of so many photos has objects, but no row."""
STEP_DAYS = 5 / (24 * 60)
MOST_DAYS = 1.0
PREFIXES = ("originals/", "renditions/")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--steps", type=int, default=20)
    given = parser.parse_args()
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), given.photos, given.steps)
    return 0


def measure(folder: Path, photos: int, steps: int) -> None:
    from tests.cloud import running_cloud

    meter, clock = Meter(), AdjustableClock()
    clock.offset = timedelta(hours=2)  # the objects are then older than those that a request may still need
    with running_cloud(folder, "embedded", 1.0) as cloud, metered(settings_for(cloud), meter) as found:
        backends = replace(found, clock=clock)
        names = fill(cloud, backends, photos)
        meter.reset()
        begun = time.process_time()
        erased = sum(orphans.erase(backends) for _ in range(steps))
        cpu = time.process_time() - begun
        calls, amounts = meter.calls.total(), meter.amounts.copy()
        per_step = {prefix: reached(backends, names[prefix], prefix) / steps for prefix in PREFIXES}
    checked = sum(per_step.values())
    days = max(len(names[prefix]) / per_step[prefix] for prefix in PREFIXES) * STEP_DAYS
    print(f"{photos:,} photos, {sum(map(len, names.values())):,} objects, {steps} steps, {erased} erased")
    report("objects checked by a step", checked)
    report("remote calls of a step", calls / steps)
    report("remote calls per 1,000 objects", calls / steps / checked * 1_000)
    for amount in ("entities_read", "keys_read", "objects_deleted"):
        report(f"{amount.replace('_', ' ')} per 1,000 objects", amounts[amount] / steps / checked * 1_000)
    report("CPU in ms per 1,000 objects, with the emulators", cpu / steps / checked * 1_000_000)
    report("days of a full round", days, at_most=MOST_DAYS)


def reached(backends: Backends, names: list[str], prefix: str) -> int:
    """Return how many objects of the first round were checked."""
    (state,) = backends.entities.get(orphans.STATE)
    assert state is not None
    position = str(state.values.get(prefix, ""))
    return bisect_left(names, position) if position else len(names)


def fill(cloud: Any, backends: Backends, photos: int) -> dict[str, list[str]]:
    """Store the photos and their objects; return the sorted names of the objects by prefix."""
    backends.blobs._client.create_bucket(backends.settings.bucket)  # type: ignore[attr-defined]
    people = [f"person-{number}" for number in range(max(1, photos // PHOTOS_OF_EACH))]
    made = list(photos_of(people, backends.clock.now() - OLDER, photos))
    put(backends, (entity_of(photo) for n, photo in enumerate(made) if n % ORPHAN_EVERY))
    keys = [ids.split_id(photo.id) for photo in made]
    names = {prefix: sorted(objects_of(prefix, keys)) for prefix in PREFIXES}
    template = "originals/template"
    backends.blobs.add(template, b"content", "image/jpeg")
    cloud.run(copy_rows(cloud.emulators.storage._store.database, template, names))
    backends.blobs.delete([template])
    return names


def objects_of(prefix: str, keys: list[tuple[str, str]]) -> Iterator[str]:
    for key, handle in keys:
        folder = f"{prefix}{handle}/{key}"
        if prefix == "originals/":
            yield folder
        else:
            yield from (f"{folder}/{number}.jpg" for number in range(RENDITIONS))


async def copy_rows(database: Any, template: str, names: dict[str, list[str]]) -> None:
    """Insert a row for each name that differs from the template only in its name."""
    cursor = database._rows.execute("SELECT * FROM objects WHERE name = ?", (template.encode(),))
    columns = [column[0] for column in cursor.description]
    row = list(cursor.fetchone())
    at = columns.index("name")
    marks = ", ".join("?" for _ in columns)
    with database.change():
        database._rows.executemany(
            f"INSERT INTO objects VALUES ({marks})",
            ([*row[:at], name.encode(), *row[at + 1 :]] for each in names.values() for name in each),
        )


if __name__ == "__main__":
    sys.exit(main())
