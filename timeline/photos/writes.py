"""How a photo's row is changed: in a transaction, by its owner, cached pages forgotten around it."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from timeline import change_log, first_page_cache, outbox
from timeline.accounts.users import user_of
from timeline.errors import Forbidden, PreconditionFailed
from timeline.interfaces import Backends, Key, Transaction
from timeline.photos.model import Photo, entity_of, key_of, photo_of

RENDITIONS_QUEUE = "renditions"
RENDITIONS_PATH = "/tasks/renditions/"
WEBP_QUEUE = "webp"
WEBP_PATH = "/tasks/webp/"

T = TypeVar("T")


def write(backends: Backends, photo_id: str, work: Callable[[Transaction], T]) -> T:
    """Forgets the cached heads around the commit, so that no reader can keep what this write makes old.

    Whatever `work` does to the photo is noted for those who keep a copy of the stream, in the same commit.
    """
    photo, now = key_of(photo_id), backends.clock.now()

    def noted(transaction: Transaction, lane: Key) -> T:
        noting = change_log.Recorder(transaction, photo, lane)
        result = work(noting)
        noting.note(now)
        return result

    first_page_cache.invalidate(backends, photo[1])
    with change_log.free_shard(photo[1]) as lane:
        result = backends.entities.transact(lambda transaction: noted(transaction, lane))
    first_page_cache.invalidate(backends, photo[1])
    return result


def photo_within(transaction: Transaction, photo_id: str) -> Photo:
    """Raises NotFound also for a photo whose erased owner still has rows to be erased."""
    photo, owner = transaction.get(key_of(photo_id), key_of(photo_id)[:2])
    user_of(owner)
    return photo_of(photo)


def check_owner(photo: Photo, by: str, if_match: Collection[str] | None = None) -> None:
    """Raises Forbidden, PreconditionFailed."""
    if photo.user != by:
        raise Forbidden
    if if_match is not None and photo.revision not in if_match:
        raise PreconditionFailed


def put_if_changed(transaction: Transaction, old: Photo, new: Photo) -> Photo:
    """A task that runs twice changes nothing the second time, and no client's ETag."""
    if new == old:
        return old
    revised = replace(new, revision=str(int(old.revision) + 1))
    transaction.put(entity_of(revised))
    return revised


def promised_renditions(photo: Photo, trace: str) -> outbox.OutboxEntry:
    """Named after the photo, so that whoever has the photo can deliver it again without doubling the task."""
    return outbox.OutboxEntry(id=photo.id, work=_rendition_work(photo.id, trace), created=photo.created)


def renditions_promised_anew(photo_id: str, trace: str, now: datetime) -> outbox.OutboxEntry:
    """Under a fresh name: the task named after the photo has already been."""
    return outbox.new_entry(key_of(photo_id)[1], _rendition_work(photo_id, trace), now)


def promised_webp(photo_id: str, trace: str, now: datetime) -> outbox.OutboxEntry:
    """A queue of its own: it may grow long while people post, and nobody waits for it."""
    work = outbox.Work(queue=WEBP_QUEUE, path=WEBP_PATH, body={"photo_id": photo_id}, trace=trace)
    return outbox.new_entry(key_of(photo_id)[1], work, now)


def _rendition_work(photo_id: str, trace: str) -> outbox.Work:
    body = {"photo_id": photo_id}
    return outbox.Work(queue=RENDITIONS_QUEUE, path=RENDITIONS_PATH, body=body, trace=trace)
