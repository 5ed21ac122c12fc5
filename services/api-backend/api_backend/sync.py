"""What changed in your stream since you last asked, for a phone that keeps a copy of it."""

from typing import Self

from flask import Blueprint
from msgspec import Struct

from api_backend.inputs import SyncWanted
from api_backend.operations import Reply, operation
from api_backend.photos import PhotoView
from timeline.accounts.users import Caller
from timeline.errors import FullSyncRequired
from timeline.serving import current_backends, signed_in
from timeline.streams.sync import Synced, sync

syncs = Blueprint("syncs", __name__)


class SyncView(Struct):
    """Photos that are new or different, as they are now, and ids of those that are gone.

    Send `next` as `since` the next time; at once while `has_more`. A photo may come again unchanged.
    """

    changed: list[PhotoView]
    deleted: list[str]
    next: str
    has_more: bool

    @classmethod
    def of(cls, synced: Synced) -> Self:
        return cls(
            changed=[PhotoView.of(photo) for photo in synced.changed],
            deleted=list(synced.deleted),
            next=synced.token,
            has_more=synced.has_more,
        )


@syncs.get("")
@signed_in
@operation(refuses=(FullSyncRequired,), headers=("ETag",))
def sync_photos(caller: Caller, wanted: SyncWanted) -> Reply[SyncView]:
    """What changed in your stream since a token.

    Without `since`: all of it, newest first, by pages; begin with an empty copy then. Nothing that was
    acknowledged is ever missed. After 410 `full_sync_required` begin again without `since`.
    """
    return Reply(body=SyncView.of(sync(current_backends(), caller.handle, wanted.since, wanted.limit)))
