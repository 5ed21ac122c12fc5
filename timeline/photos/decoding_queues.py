"""Choose the queue in which a photo waits for its renditions, so that one user cannot delay the others.

Short jobs of users with little outstanding work have a queue and a worker process of their own.
"""

from timeline.interfaces import Backends, Increment
from timeline.photos.model import Photo

RENDITIONS_QUEUE, LARGE_QUEUE = "renditions", "large-renditions"

JPEG = "image/jpeg"
OTHER_FORMATS = 2
"""The work of a pixel in other formats, in pixels of a JPEG; measured from 2 (PNG) to 8 (WebP)."""

SHORT_JOB = 25_000_000
"""Pixels of a JPEG; what phones post. As many fit the memory of the worker for short jobs."""

MAX_OUTSTANDING = 200_000_000
"""Pixels that a user may have waiting, 16 photos of 12 megapixels; further photos go to the other queue."""

UNIT = 100_000
"""Counters of memcached are exact to a tenth of a megapixel."""

COUNTED_SECONDS = 600
"""What no task ever subtracts is forgotten after this."""


def decoding_work(photo: Photo) -> int:
    """Return how much work it is to decode the original, in pixels of a JPEG."""
    factor = 1 if photo.content_type == JPEG else OTHER_FORMATS
    return photo.width * photo.height * factor


def is_short(photo: Photo) -> bool:
    return decoding_work(photo) <= SHORT_JOB


def choose_queue(backends: Backends, photo: Photo) -> str:
    """Count the work of a new photo, and return the queue for it. Without memcache its size alone decides."""
    work = Increment(key=_key(photo), seconds=COUNTED_SECONDS, by=_units(photo))
    (outstanding,) = backends.cache.incr(work)
    is_within_limit = (outstanding or 0) * UNIT <= MAX_OUTSTANDING
    return queue_by_size(photo) if is_within_limit else LARGE_QUEUE


def queue_by_size(photo: Photo) -> str:
    return RENDITIONS_QUEUE if is_short(photo) else LARGE_QUEUE


def subtract(backends: Backends, photo: Photo) -> None:
    """The work is done, or will not be done."""
    backends.cache.decr(_key(photo), _units(photo))


def _key(photo: Photo) -> str:
    return f"decoding:{photo.user}"


def _units(photo: Photo) -> int:
    return -(-decoding_work(photo) // UNIT)
