"""The number of photos of a user."""

from dataclasses import dataclass

from timeline import first_page_cache
from timeline.accounts.users import user_key
from timeline.interfaces import Backends, Scan
from timeline.photos.model import KIND as PHOTO

MAX_COUNTED = 1000
"""One query returns at most this many keys; aggregation queries are missing in legacy Datastore."""


@dataclass(frozen=True, slots=True)
class PhotoCount:
    """`is_complete` is false if there are more photos than were counted."""

    number: int
    is_complete: bool = True


def count_photos(backends: Backends, user: str, *, may_be_cached: bool = True) -> PhotoCount:
    """Count the photos of a user; a cached count may be a minute old. Raises NotFound for invalid handles."""
    scan = Scan(kind=PHOTO, parent=user_key(user), limit=MAX_COUNTED + 1, keys_only=True)

    def read() -> dict[str, int]:
        return {"photos": len(backends.entities.scan(scan))}

    key = f"count:1:{user}"
    found = (
        first_page_cache.read_through(backends, key, read, first_page_cache.OBJECT)
        if may_be_cached
        else read()
    )
    number = found["photos"]
    return PhotoCount(min(number, MAX_COUNTED), number <= MAX_COUNTED)
