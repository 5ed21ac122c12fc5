"""Make the renditions of an original, or mark the photo as failed with the reason."""

import base64
import logging
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256

from timeline import first_page_cache, ids, outbox
from timeline.begun import with_begun
from timeline.concurrency import all_together, started
from timeline.errors import (
    ImageBroken,
    ImageTooComplex,
    ImageTooManyPixels,
    ImageUnsupported,
    NotFound,
    Unavailable,
)
from timeline.interfaces import Backends
from timeline.photos import decoding_queues, tombstones
from timeline.photos.model import Photo, Rendition, key_of, original_name, rendition_name
from timeline.photos.processing import RenditionSet, mark_failed, mark_ready
from timeline.photos.read import get_photo
from timeline.photos.writes import webp_entry_id
from timeline.pictures import decoder_sandbox
from timeline.pictures.rendered_photo import EncodedImage, RenderedPhoto

BAD_PICTURE = (ImageBroken, ImageTooComplex, ImageTooManyPixels, ImageUnsupported)
GIVEN_UP = "The picture could not be prepared, although it was tried often."
MOST_LEFTOVERS = 100
"""Twice what a photo has; repeated tasks of other releases may have left a few more."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The task that makes the renditions of one photo, and the trace of its post."""

    photo_id: str
    outbox_id: str
    trace: str = ""
    is_large: bool = False

    @property
    def is_first(self) -> bool:
        """Tell whether the task was created together with the photo; repeated tasks have other names."""
        return self.outbox_id == self.photo_id


def make_renditions(backends: Backends, job: Job) -> Photo | None:
    """Make the photo ready or failed; return None if it was deleted in the meantime.

    Safe to repeat and to run concurrently: equal bytes have equal names, and the photo changes only once.
    """
    try:
        return _make(backends, job)
    except NotFound:
        erase_leftovers(backends, job)
        return None


def give_up(backends: Backends, job: Job) -> None:
    """Mark the photo as failed after the last attempt, and keep a dead letter."""
    try:
        mark_failed(backends, job.photo_id, Unavailable(GIVEN_UP), job.outbox_id)
    except NotFound:
        erase_leftovers(backends, job)


def original_of(backends: Backends, photo_id: str) -> bytes:
    """Return the original. Raises ImageBroken if it is missing."""
    try:
        return backends.blobs.read(original_name(photo_id))
    except NotFound as error:
        raise ImageBroken("The original is missing.") from error


def store(backends: Backends, photo: Photo, images: tuple[EncodedImage, ...]) -> tuple[Rendition, ...]:
    """Store the images at the same time, and return them as renditions, smallest first."""
    return tuple(all_together([partial(_add, backends, photo, made) for made in reversed(images)]))


def erase_leftovers(backends: Backends, job: Job) -> None:
    """Erase the renditions of a photo that cannot be restored: the erase task may have missed some."""
    if tombstones.is_gone(backends, key_of(job.photo_id)):
        key, user = ids.split_id(job.photo_id)
        leftovers = backends.blobs.list(f"renditions/{user}/{key}/", MOST_LEFTOVERS)
        backends.blobs.delete([blob.name for blob in leftovers])
    outbox.finish(backends, job.outbox_id)


def _make(backends: Backends, job: Job) -> Photo:
    with started(lambda: original_of(backends, job.photo_id)) as original_read:
        photo = get_photo(backends, job.photo_id)
    if photo.is_ready:
        return _finish_repeated(backends, photo, job)
    try:
        original = original_read.result()
        rendered = _render(photo, original, job)
    except BAD_PICTURE as error:
        log.warning("photo %s failed: %s", photo.id, error.code)
        with started(lambda: _subtract(backends, photo, job)):
            return mark_failed(backends, photo.id, error, job.outbox_id)
    with started(backends.entities.begin) as begun:
        made = replace(_made(backends, photo, rendered), digest=sha256(original).hexdigest())
    backends = with_begun(backends, begun.result())
    with started(lambda: _subtract(backends, photo, job)):
        return mark_ready(backends, photo.id, made, job.outbox_id, job.trace)


def _subtract(backends: Backends, photo: Photo, job: Job) -> None:
    """If the commit fails, the repeated task subtracts again: the count of waiting work is an estimate."""
    if job.is_first:
        decoding_queues.subtract(backends, photo)


def _render(photo: Photo, original: bytes, job: Job) -> RenderedPhoto:
    work = decoding_queues.decoding_work(photo)
    if job.is_large or not decoding_queues.is_short(photo):
        return decoder_sandbox.render_in_background(original, "jpeg", work)
    return decoder_sandbox.render(original, work)


def _finish_repeated(backends: Backends, photo: Photo, job: Job) -> Photo:
    """Repeat what follows the commit, in case an earlier run was interrupted there."""
    first_page_cache.invalidate(backends, photo.user)
    outbox.deliver_if_waiting(backends, webp_entry_id(photo.id))
    outbox.finish(backends, job.outbox_id)
    return photo


def _made(backends: Backends, photo: Photo, rendered: RenderedPhoto) -> RenditionSet:
    return RenditionSet(
        renditions=store(backends, photo, rendered.images),
        placeholder=base64.b64encode(rendered.placeholder).decode(),
        width=rendered.width,
        height=rendered.height,
    )


def _add(backends: Backends, photo: Photo, made: EncodedImage) -> Rendition:
    rendition = Rendition(
        name=made.name, width=made.width, height=made.height, type=made.type, digest=made.digest
    )
    backends.blobs.add(rendition_name(photo.id, rendition), made.content, made.type)
    return rendition
