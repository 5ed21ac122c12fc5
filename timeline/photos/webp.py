"""Add WebP renditions to a ready photo, for browsers that show them: they have fewer bytes."""

import logging
from dataclasses import replace

from timeline import outbox
from timeline.concurrency import started
from timeline.errors import NotFound
from timeline.interfaces import Backends, Transaction
from timeline.photos.decoding_queues import decoding_work
from timeline.photos.model import Photo, Rendition
from timeline.photos.read import get_photo
from timeline.photos.renditions import BAD_PICTURE, Job, erase_leftovers, original_of, store
from timeline.photos.writes import Effects, photo_within, put_if_changed, write
from timeline.pictures import decoder_sandbox
from timeline.pictures.rendered_photo import RenderedPhoto

log = logging.getLogger(__name__)


def make_webp(backends: Backends, job: Job) -> Photo | None:
    """Add the renditions; return None if the photo was deleted. Safe to repeat and to run concurrently."""
    try:
        return _make(backends, job)
    except NotFound:
        erase_leftovers(backends, job)
        return None


def _make(backends: Backends, job: Job) -> Photo:
    with started(lambda: original_of(backends, job.photo_id)) as original_read:
        photo = get_photo(backends, job.photo_id)
    if not photo.is_ready or photo.has_webp:
        outbox.finish(backends, job.outbox_id)
        return photo
    try:
        made = store(backends, photo, _render(photo, original_read.result()).images)
    except BAD_PICTURE as error:
        log.warning("photo %s stays without WebP: %s", photo.id, error.code)
        outbox.move_to_dead_letters(backends, job.outbox_id, str(error))
        return photo
    return _offer(backends, job, made)


def _render(photo: Photo, original: bytes) -> RenderedPhoto:
    return decoder_sandbox.render_in_background(original, "webp", decoding_work(photo))


def _offer(backends: Backends, job: Job, made: tuple[Rendition, ...]) -> Photo:
    """Add them after the JPEGs: clients that take the first rendition of a size get a common format."""

    def work(transaction: Transaction) -> Photo:
        photo = photo_within(transaction, job.photo_id)
        transaction.delete(outbox.key_of(job.outbox_id))
        new = () if photo.has_webp else made
        return put_if_changed(transaction, photo, replace(photo, renditions=(*photo.renditions, *new)))

    return write(backends, job.photo_id, work, Effects(is_news=True))
