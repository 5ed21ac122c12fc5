"""Time of page 1,000 ÷ page 2 of one user's stream in the embedded Datastore."""

import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import report
from tests.cloud import LOCATION, running_cloud
from timeline import ids
from timeline.accounts import users
from timeline.backends import connect
from timeline.interfaces import Backends
from timeline.photos.model import Photo, entity_of
from timeline.settings import Settings
from timeline.streams import pages

LIMIT = 20
PAGES = 1_000
ROUNDS = 60
MOST = 1.1
BATCH = 500  # as many as one commit takes


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, running_cloud(Path(folder), "embedded", 1.0) as cloud:
        settings = Settings(
            google_cloud_project="bench-pages",
            datastore_emulator_host=cloud.addresses["datastore"],
            tasks_location=LOCATION,
        )
        backends = connect(settings)
        fill(backends)
        measure(backends, *first_and_last_cursor(backends))
    return 0


def measure(backends: Backends, first: str | None, last: str | None) -> None:
    """Read both pages alternately, so that varying load affects both."""
    shallow: list[float] = []
    deep: list[float] = []
    for _ in range(ROUNDS):
        for cursor, times in ((first, shallow), (last, deep)):
            began = time.perf_counter()
            page = pages.stream_of(backends, "ana", LIMIT, cursor)
            times.append(time.perf_counter() - began)
            assert len(page.photos) == LIMIT
    ratio = statistics.median(deep) / statistics.median(shallow)
    report(f"page {PAGES} ÷ page 2, limit {LIMIT}", ratio, at_most=MOST)


def first_and_last_cursor(backends: Backends) -> tuple[str | None, str | None]:
    """Return the cursors of the second page (the first one is cached) and of the last page."""
    second = cursor = pages.stream_of(backends, "ana", LIMIT, None).next_cursor
    for _ in range(PAGES - 2):
        cursor = pages.stream_of(backends, "ana", LIMIT, cursor).next_cursor
    return second, cursor


def fill(backends: Backends) -> None:
    """Write enough photos of one user for all pages to the Datastore."""
    now = datetime.now(UTC)
    claims = users.Claims(issuer="bench", subject="ana", issued=now, preferred_username="ana")
    users.sign_in(backends, claims)
    for start in range(0, LIMIT * PAGES + 1, BATCH):
        moments = [now + timedelta(milliseconds=start + n) for n in range(BATCH)]
        backends.entities.put(*(entity_of(a_photo(at)) for at in moments))


def a_photo(created: datetime) -> Photo:
    return Photo(
        id=ids.id_of(ids.new_key(created), "ana"),
        user="ana",
        caption="sea",
        created=created,
        status="ready",
        width=1600,
        height=1200,
        content_type="image/jpeg",
    )


if __name__ == "__main__":
    sys.exit(main())
