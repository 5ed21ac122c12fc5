"""Write a photo in a transaction that also records the change and invalidates cached pages."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from timeline import change_log, ids, outbox
from timeline.accounts.users import user_of
from timeline.concurrency import started, together
from timeline.errors import Forbidden, PreconditionFailed
from timeline.first_page_cache import Invalidation
from timeline.interfaces import Backends, Key, Transaction
from timeline.photos.decoding_queues import LARGE_QUEUE
from timeline.photos.model import Photo, entity_of, key_of, photo_of

WEBP_QUEUE = "webp"
WEBP_PATH = "/tasks/webp/"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects(Generic[T]):
    """`task` returns the entry to deliver after the commit; `keys` are then deleted from the cache too.

    `is_news` is that of Invalidation.
    """

    is_news: bool = False
    task: Callable[[T], outbox.OutboxEntry | None] = lambda _: None
    keys: tuple[str, ...] = ()


def write(
    backends: Backends,
    photo_id: str,
    work: Callable[[Transaction], T],
    effects: Effects[T] = Effects(),
) -> T:
    """Run `work` in a transaction, and invalidate the cached first pages before and after its commit.

    If `work` puts or deletes the photo, the same commit adds an entry to the change log. What does not depend
    on each other runs at the same time: the first invalidation and the reads of the transaction, the second
    one and the delivery of the task.
    """
    photo, now = key_of(photo_id), backends.clock.now()
    pages = Invalidation(backends, photo[1], effects.is_news)

    def recorded(transaction: Transaction, shard: Key) -> T:
        recorder = change_log.Recorder(transaction, photo, shard)
        result = work(recorder)
        recorder.record(now)
        first.result()
        return result

    with started(pages.run) as first, change_log.free_shard(photo[1]) as shard:
        result = backends.entities.transact(lambda transaction: recorded(transaction, shard))
    entry = effects.task(result)
    if entry is None:
        pages.run(*effects.keys)
    else:
        together(lambda: pages.run(*effects.keys), lambda: outbox.deliver(backends, entry))
    return result


def photo_within(transaction: Transaction, photo_id: str) -> Photo:
    """Raises NotFound, also for a photo whose owner's account is being deleted."""
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
    """Store `new` with the next revision; unchanged photos keep their revision and ETag."""
    if new == old:
        return old
    revised = replace(new, revision=str(int(old.revision) + 1))
    transaction.put(entity_of(revised))
    return revised


def renditions_entry(photo: Photo, trace: str, queue: str) -> outbox.OutboxEntry:
    """Return the entry named after the photo, so that delivering it again creates no second task."""
    work = _rendition_work(photo.id, trace, queue)
    return outbox.OutboxEntry(id=photo.id, work=work, created=photo.created)


def repeated_renditions_entry(photo_id: str, trace: str, now: datetime) -> outbox.OutboxEntry:
    """Return an entry with a fresh name: the task named after the photo has already run.

    It goes to the queue of large photos, so that failing photos do not delay new ones.
    """
    return outbox.new_entry(key_of(photo_id)[1], _rendition_work(photo_id, trace, LARGE_QUEUE), now)


def missing_renditions_entry(
    photo: Photo, trace: str, entry_id: str, now: datetime
) -> outbox.OutboxEntry | None:
    """Return an entry for the renditions that the photo lacks, because a task may have run in vain."""
    if photo.status == "processing":
        work = _rendition_work(photo.id, trace, LARGE_QUEUE)
    elif photo.is_ready and not photo.has_webp:
        work = _webp_work(photo.id, trace)
    else:
        return None
    return outbox.OutboxEntry(id=entry_id, work=work, created=now)


def webp_entry_id(photo_id: str) -> str:
    """A photo becomes ready once, so it has one entry, which a repeated task finds by this ID."""
    key, user = ids.split_id(photo_id)
    return ids.id_of(ids.derived_key(key, WEBP_QUEUE), user)


def webp_entry(photo_id: str, trace: str, now: datetime) -> outbox.OutboxEntry:
    """Return an entry for a separate queue: it may grow long without delaying the first renditions."""
    return outbox.OutboxEntry(id=webp_entry_id(photo_id), work=_webp_work(photo_id, trace), created=now)


def _webp_work(photo_id: str, trace: str) -> outbox.Work:
    return outbox.Work(queue=WEBP_QUEUE, path=WEBP_PATH, body={"photo_id": photo_id}, trace=trace)


def _rendition_work(photo_id: str, trace: str, queue: str) -> outbox.Work:
    path = f"/tasks/{queue.replace('-', '_')}/"
    return outbox.Work(queue=queue, path=path, body={"photo_id": photo_id}, trace=trace)
