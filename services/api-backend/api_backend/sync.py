"""Delta sync: the changes in your stream since the last sync, for apps that keep a copy."""

from typing import Self

from flask import Blueprint
from msgspec import Struct

from api_backend.inputs import SyncRequest
from api_backend.operations import Reply, operation
from api_backend.photos import PhotoView
from timeline.accounts.users import Caller
from timeline.errors import FullSyncRequired
from timeline.serving import current_backends, signed_in
from timeline.streams.sync import Synced, changes_since

sync = Blueprint("sync", __name__)


class SyncView(Struct):
    """New and edited photos in their current state, and the IDs of deleted ones.

    Send `next` as `since` in the next sync, at once if `has_more`. Unchanged photos may be returned again.
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


@sync.get("")
@signed_in
@operation(errors=(FullSyncRequired,), headers=("ETag",))
def sync_photos(caller: Caller, page: SyncRequest) -> Reply[SyncView]:
    """Get the changes in your stream since a token.

    Without `since`, the whole stream is returned in pages, newest first: start with an empty copy.
    Acknowledged changes are never missed. After 410 `full_sync_required`, start again without `since`.
    """
    synced = changes_since(current_backends(), caller.handle, page.since, page.limit)
    return Reply(body=SyncView.of(synced))
