"""The console's operations on buckets and objects: list, show, upload, change, delete."""

from aiohttp import web

from gaelocal.storage.protocol.bodies import Part, fill_from_part
from gaelocal.storage.protocol.calls import Call
from gaelocal.storage.protocol.downloads import send
from gaelocal.storage.protocol.new_objects import planned_upload
from gaelocal.storage.protocol.resources import object_resource
from gaelocal.storage.state.listing import Listing
from gaelocal.storage.state.merging import merged
from gaelocal.storage.state.object_settings import checked_object_fields
from gaelocal.storage.state.records import Bucket, Fields, Page, StoredObject
from gaelocal.storage.state.store import Store

CALL = Call(method="POST", path=(), query={}, headers={}, origin="")
"""A call without parameters: what the console writes gets the defaults of the bucket."""

AT_A_TIME = 1000
LAST_GENERATION = 2**63 - 1


class StorageBrowser:
    """Raises StorageError as the JSON API does."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def buckets(self) -> list[Bucket]:
        return self._store.database.buckets()

    def bucket(self, name: str) -> Bucket:
        return self._store.bucket(name)

    def create_bucket(self, name: str) -> None:
        self._store.create_bucket(name, {})

    def delete_bucket(self, name: str) -> None:
        self._store.delete_bucket(name)

    def list_folder(self, bucket: str, prefix: str, after: str, limit: int) -> Page:
        """Return what is directly below a prefix; `after` is the last name of the page before."""
        position = (after, 0 if after.endswith("/") else LAST_GENERATION) if after else ("", 0)
        listing = Listing(prefix=prefix, delimiter="/", after=position, limit=limit)
        return self._store.list(bucket, listing)

    def find(self, bucket: str, name: str) -> StoredObject:
        return self._store.find(bucket, name)

    def describe(self, found: StoredObject) -> Fields:
        """Return an object as the JSON API describes it."""
        return object_resource(found, self._store.bucket(found.bucket), "", full=False, key=None)

    async def upload(self, bucket: str, name: str, content_type: str, part: Part) -> StoredObject:
        """Store a part of a form as an object, replacing the one of that name."""
        new = planned_upload(self._store, CALL, bucket, name, {"contentType": content_type})
        with self._store.blobs.drafted() as draft:
            await fill_from_part(draft, part)
            return self._store.add(new, draft.finish())

    def change(self, bucket: str, name: str, changes: Fields) -> None:
        """Merge the changes into the fields of an object; None removes one."""
        found = self._store.find(bucket, name)
        checked = checked_object_fields(
            "", {key: value for key, value in changes.items() if value is not None}
        )
        removed: Fields = {key: None for key, value in changes.items() if value is None}
        self._store.change_object(found, merged(found.fields, checked | removed))

    def delete(self, bucket: str, name: str) -> None:
        self._store.delete(bucket, name)

    def delete_folder(self, bucket: str, prefix: str) -> int:
        """Delete every object below a prefix and return their number."""
        count = 0
        while found := self._store.list(bucket, Listing(prefix=prefix, limit=AT_A_TIME)).objects:
            for one in found:
                self._store.delete(bucket, one.name)
            count += len(found)
        return count

    def beginning(self, found: StoredObject, length: int) -> bytes:
        with self._store.blobs.reader(found.blob.id) as file:
            return bytes(file.read(length))

    async def send(
        self, request: web.BaseRequest, found: StoredObject, headers: dict[str, str]
    ) -> web.StreamResponse:
        """Stream the bytes of an object, or a range of them; `headers` win over its own."""
        return await send(request, self._store.blobs, found, headers)
