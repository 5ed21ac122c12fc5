"""All photos by age, newest first: in one index range, or in several that grow at the same time.

IDs sort by time, so every new photo is written to the same end of the index on `id`. Datastore splits busy
ranges of an index, but not at its end, which limits an application to about 500 posts per second
(cloud.google.com/datastore/docs/best-practices, "Sharding"). With TIMELINE_INDEX_RANGES, new photos are
spread over several ranges, and a page merges them.
"""

from collections.abc import Sequence
from functools import partial
from zlib import crc32

from timeline.concurrency import all_together
from timeline.interfaces import Backends, Entity, Scan
from timeline.photos.model import KIND, id_of

AFTER_EVERY_ID = "~"


def index_key(photo_id: str, ranges: int) -> str:
    """Return the index key of a new photo: the number of its range and its ID; "" uses the index on `id`."""
    if ranges == 1:
        return ""
    return f"{crc32(photo_id.encode()) % ranges:02}.{photo_id}"


def scan_by_age(
    backends: Backends,
    limit: int,
    *,
    above: str | None = None,
    below: str | None = None,
    keys_only: bool = False,
) -> Sequence[Entity]:
    """Return photos of all users after the ID `above` and before `below`, newest first.

    Photos from before TIMELINE_INDEX_RANGES was raised are found in the index on `id`.
    """
    on_id = Scan(kind=KIND, by="id", above=above, below=below, limit=limit, keys_only=keys_only)
    ranges = backends.settings.timeline_index_ranges
    if ranges == 1:
        return backends.entities.scan(on_id)
    scans = [on_id, *(_range(on_id, number) for number in range(ranges))]
    answers = all_together([partial(backends.entities.scan, scan) for scan in scans])
    found = {row.key: row for rows in answers for row in rows}
    return [found[key] for key in sorted(found, key=id_of)[:limit]]


def _range(on_id: Scan, number: int) -> Scan:
    return Scan(
        kind=KIND,
        by="index_key",
        above=f"{number:02}.{on_id.above or ''}",
        below=f"{number:02}.{on_id.below or AFTER_EVERY_ID}",
        limit=on_id.limit,
        keys_only=on_id.keys_only,
    )
