"""Run the job: re-render photo after photo, save a checkpoint every second, and stop when asked to."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from timeline import shutdown
from timeline.errors import NotFound
from timeline.interfaces import Backends, Transaction
from timeline.photos.age_index import scan_by_age
from timeline.photos.decoding_queues import decoding_work
from timeline.photos.model import Photo, Rendition, id_of, photo_of
from timeline.photos.renditions import BAD_PICTURE, original_of, store
from timeline.photos.writes import photo_within, put_if_changed, write
from timeline.pictures import decoder_sandbox
from timeline.pictures.sizes import JPEG, SIZES, WEBP
from timeline.rerendering.job import Job, JobReplaced, claim, enqueue, save

BATCH = 50
COUNTED_AT_ONCE = 1000
CHECKPOINT_EVERY = timedelta(seconds=1)
"""A row of the legacy Datastore takes one commit per second. A killed run repeats at most this much work."""
SLICE = timedelta(minutes=5)
"""A task may run for ten minutes by default; then the next task continues."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When to end this run: at the latest after `slice`, or as soon as `is_stopping` returns true."""

    is_stopping: Callable[[], bool] = shutdown.is_requested
    checkpoint_every: timedelta = CHECKPOINT_EVERY
    slice: timedelta = SLICE


DEFAULT_LIMITS = Limits()


def run(backends: Backends, job_id: str, limits: Limits = DEFAULT_LIMITS) -> Job | None:
    """Continue the job from its checkpoint; return None if another run or job has taken its place.

    Before the instance stops, the checkpoint is saved and the next task is created. After a kill, the queue
    repeats the task. Photos that already have all sizes are skipped, so repeated work changes nothing.
    """
    try:
        job = claim(backends, job_id)
        log.info("re-rendering %s: run %d starts at %d", job.id, job.run, job.done)
        return _Run(backends, job, limits).work()
    except JobReplaced:
        return None


class _Run:
    """One run of the job; `saved` is the time of its last checkpoint."""

    def __init__(self, backends: Backends, job: Job, limits: Limits) -> None:
        self._backends = backends
        self._limits = limits
        self._job = job
        self._saved = job.updated
        self._ends = job.updated + limits.slice

    def work(self) -> Job:
        if not self._job.is_counted:
            self._job = save(self._backends, replace(self._job, total=_count_photos(self._backends)))
        while photos := _photos_after(self._backends, self._job.position):
            for photo in photos:
                if self._must_end():
                    return self._hand_over()
                self._take(photo)
        return self._save(replace(self._job, state="done"))

    def _must_end(self) -> bool:
        return self._limits.is_stopping() or self._now() >= self._ends

    def _hand_over(self) -> Job:
        self._save(self._job)
        enqueue(self._backends, self._job)
        log.info("re-rendering %s: run %d stops at %d", self._job.id, self._job.run, self._job.done)
        return self._job

    def _take(self, photo: Photo) -> None:
        job = self._job
        try:
            rendered, failed = int(rerender(self._backends, photo)), 0
        except BAD_PICTURE as error:
            log.warning("photo %s keeps its renditions: %s", photo.id, error.code)
            rendered, failed = 0, 1
        self._job = replace(
            job,
            position=photo.id,
            done=job.done + 1,
            rendered=job.rendered + rendered,
            failed=job.failed + failed,
        )
        if self._now() - self._saved >= self._limits.checkpoint_every:
            self._save(self._job)

    def _save(self, job: Job) -> Job:
        self._job = save(self._backends, job)
        self._saved = self._job.updated
        return self._job

    def _now(self) -> datetime:
        return self._backends.clock.now()


def rerender(backends: Backends, photo: Photo) -> bool:
    """Add the sizes that a ready photo lacks; return whether it changed.

    The objects of replaced renditions stay until the photo is deleted: phones may still show their URLs.
    """
    if not photo.is_ready or has_all_sizes(photo):
        return False
    original = original_of(backends, photo.id)
    made = _render(backends, photo, original)

    def work(transaction: Transaction) -> bool:
        current = photo_within(transaction, photo.id)
        if not current.is_ready or has_all_sizes(current):
            return False
        new = made if any(each.type == WEBP for each in made) else (*made, *_webp_of(current))
        return put_if_changed(transaction, current, replace(current, renditions=new)) is not current

    try:
        return write(backends, photo.id, work)
    except NotFound:
        return False  # it was deleted in the meantime; the erase task or the sweep deletes the new objects


def has_all_sizes(photo: Photo) -> bool:
    """Tell whether the photo has every size as JPEG, and as WebP if it has WebP at all."""
    return all(
        {rendition.name for rendition in photo.renditions if rendition.type == kind} >= set(SIZES)
        for kind in (JPEG, *([WEBP] if photo.has_webp else []))
    )


def _webp_of(photo: Photo) -> tuple[Rendition, ...]:
    return tuple(rendition for rendition in photo.renditions if rendition.type == WEBP)


def _render(backends: Backends, photo: Photo, original: bytes) -> tuple[Rendition, ...]:
    work = decoding_work(photo)
    jpegs = store(backends, photo, decoder_sandbox.render_in_background(original, "jpeg", work).images)
    if not photo.has_webp:
        return jpegs
    return (
        *jpegs,
        *store(backends, photo, decoder_sandbox.render_in_background(original, "webp", work).images),
    )


def _photos_after(backends: Backends, position: str) -> Sequence[Photo]:
    """Return the next photos, newest first. Photos posted since the start already have all sizes."""
    return [photo_of(row) for row in scan_by_age(backends, BATCH, above=position or None)]


def _count_photos(backends: Backends) -> int:
    count, position = 0, None
    while True:
        found = scan_by_age(backends, COUNTED_AT_ONCE, above=position, keys_only=True)
        count += len(found)
        if len(found) < COUNTED_AT_ONCE:
            return count
        position = id_of(found[-1].key)
