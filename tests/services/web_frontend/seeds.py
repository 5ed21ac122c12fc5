"""Photos stored directly, so that a timeline of thousands takes seconds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from timeline import ids
from timeline.interfaces import Backends
from timeline.photos.model import Photo, entity_of

SHAPES = ((3, 2), (2, 3), (1, 1), (16, 9), (3, 4), (5, 2))
ROWS_PER_COMMIT = 400
A_SATURDAY = datetime(2026, 6, 20, 16, tzinfo=UTC)
"""Fixed, so that the same photos share a day and a month whenever the tests run."""


def seed(
    backends: Backends, count: int, apart: timedelta, user: str = "ana", newest: datetime = A_SATURDAY
) -> list[Photo]:
    """Store photos of this user without files, each older than the one before, and return them."""
    made = [*islice(photos(newest, apart, user), count)]
    for start in range(0, count, ROWS_PER_COMMIT):
        backends.entities.put(*map(entity_of, made[start : start + ROWS_PER_COMMIT]))
    return made


def photos(newest: datetime, apart: timedelta, user: str) -> Iterator[Photo]:
    number = 0
    while True:
        created = newest - number * apart
        width, height = SHAPES[number % len(SHAPES)]
        yield Photo(
            id=ids.id_of(ids.new_key(created), user),
            user=user,
            caption=f"Number {number}",
            created=created,
            status="ready",
            width=width,
            height=height,
            content_type="image/jpeg",
        )
        number += 1
