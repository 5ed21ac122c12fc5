"""Buckets and objects: a change is complete or did not happen, whenever the process is killed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gaelocal.state_files import make_folder
from gaelocal.storage.state import bucket_settings, object_settings, retention
from gaelocal.storage.state.blobs import Blobs
from gaelocal.storage.state.bucket_fields import INTERNAL
from gaelocal.storage.state.conditions import Conditions
from gaelocal.storage.state.database import ALL_VERSIONS, Database
from gaelocal.storage.state.errors import BucketNotFound, Conflict, Invalid, NotFound
from gaelocal.storage.state.listing import Listing, list_objects
from gaelocal.storage.state.merging import merged, without
from gaelocal.storage.state.names import checked_bucket_name, checked_object_name
from gaelocal.storage.state.records import Blob, Bucket, Fields, Page, StoredObject, Upload

ANY = Conditions()
UPLOAD_SECONDS = 7 * 24 * 3600


class Store:
    """Commits a row first and moves its file second; `open` finishes what a kill left between the two."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self._folder = folder
        self.clock = clock
        self.blobs = Blobs(folder)
        self.database = Database(folder / "catalog.sqlite3")

    def open(self) -> None:
        make_folder(self._folder)
        self.blobs.open()
        self.database.open()
        self._recover()

    def clear(self) -> None:
        """Delete all buckets, objects and uploads; generations go on."""
        self.database.clear()
        self.blobs.clear()

    def close(self) -> None:
        self.database.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        with self.database.change():
            yield
            self.database.delete_versions_kept_until(self.clock())
        self._erase_doomed()

    # Buckets

    def create_bucket(self, name: str, fields: Fields) -> Bucket:
        now = self.clock()
        checked_bucket_name(name)
        with self.change():
            if self.database.bucket(name):
                raise Conflict(
                    "Your previous request to create the named bucket succeeded and you already own it.",
                    code="BucketAlreadyOwnedByYou",
                )
            generation = self.database.next_generation(now)
            settled = bucket_settings.settled(fields, None, now) | {"generation": str(generation)}
            bucket = Bucket(name=name, metageneration=1, created=now, updated=now, fields=settled)
            self.database.put_bucket(bucket)
        return bucket

    def bucket(self, name: str) -> Bucket:
        bucket = self.database.bucket(name)
        if bucket is None:
            raise BucketNotFound
        return bucket

    def change_bucket(
        self, name: str, changes: Fields, conditions: Conditions = ANY, *, replaces: bool = False
    ) -> Bucket:
        """Merge the changes into the settings, or replace the settings by them."""
        with self.change():
            old = self.bucket(name)
            conditions.demand(old)
            kept = {key: value for key, value in old.fields.items() if key in INTERNAL}
            kept_acl = {key: old.fields[key] for key in ("acl", "defaultObjectAcl") if key in old.fields}
            fields = merged(kept_acl | kept if replaces else old.fields, changes)
            new = self._written(old, bucket_settings.settled(fields, old, self.clock()))
            self.database.put_bucket(new)
        return new

    def lock_retention(self, name: str, conditions: Conditions) -> Bucket:
        with self.change():
            old = self.bucket(name)
            conditions.demand(old)
            if not old.retention_seconds:
                raise Invalid("The bucket has no retention policy to lock.")
            locked = {"retentionPolicy": old.fields["retentionPolicy"] | {"isLocked": True}}
            new = self._written(old, old.fields | locked)
            self.database.put_bucket(new)
        return new

    def delete_bucket(self, name: str, conditions: Conditions = ANY) -> None:
        with self.change():
            bucket = self.bucket(name)
            conditions.demand(bucket)
            if self.database.has_objects(name):
                raise Conflict("The bucket you tried to delete is not empty.")
            generation, now = int(bucket.fields.get("generation", 0)), self.clock()
            self.database.delete_bucket(name)
            self.database.rename_bucket_of_versions(name, f"{name}#{generation}")
            if bucket.soft_delete_seconds:
                until = now + bucket.soft_delete_seconds
                self.database.put_deleted_bucket(bucket, generation, now, until)

    def deleted_bucket(self, name: str, generation: int) -> tuple[Bucket, float, float]:
        """Return a soft-deleted bucket, when it was deleted, and until when it is kept."""
        for bucket, number, deleted, until in self.database.deleted_buckets():
            if (bucket.name, number) == (name, generation) and until > self.clock():
                return bucket, deleted, until
        raise BucketNotFound

    def restore_bucket(self, name: str, generation: int) -> Bucket:
        with self.change():
            bucket, _, _ = self.deleted_bucket(name, generation)
            if self.database.bucket(name):
                raise Conflict("A bucket with this name exists.", code="BucketAlreadyOwnedByYou")
            self.database.delete_deleted_bucket(name, generation)
            self.database.rename_bucket_of_versions(f"{name}#{generation}", name)
            self.database.put_bucket(bucket)
        return bucket

    # Objects

    def list(self, bucket: str, listing: Listing) -> Page:
        self.bucket(bucket)
        return list_objects(self.database, bucket, listing)

    def find(
        self, bucket: str, name: str, generation: int | None = None, *, soft_deleted: bool = False
    ) -> StoredObject:
        """Return the live version, or that of a generation."""
        self.bucket(bucket)
        if generation is None:
            found = self.database.object(bucket, name)
        else:
            found = self.database.version(bucket, name, generation, soft_deleted=soft_deleted)
        if found is None:
            raise NotFound(f"No such object: {bucket}/{name}")
        return found

    def demand(self, bucket: str, name: str, conditions: Conditions) -> None:
        """Refuse a write before its body is read if it would be refused afterwards."""
        row = self.bucket(bucket)
        live = self.database.object(bucket, checked_object_name(name))
        conditions.demand(live)
        if live and not row.is_versioned:
            retention.demand_deletable(live, row, self.clock())

    def add(self, new: Upload, blob: Blob, used_up: Iterable[StoredObject] = ()) -> StoredObject:
        """Create an object from a draft, replacing the live one of that name, and delete those used up."""
        with self.change():
            self.demand(new.bucket, new.name, Conditions.of(new.conditions))
            self._use_up({one.generation: one for one in used_up if one.name != new.name})
            made = self._place(new.bucket, new.name, blob, without(new.fields, ("origin",)))
            if self.database.upload(new.id):
                self.database.put_upload(replace(new, generation=made.generation))
        self.blobs.settle(blob.id)
        return made

    def change_object(
        self,
        found: StoredObject,
        fields: Fields,
        conditions: Conditions = ANY,
        *,
        override_unlocked: bool = False,
    ) -> StoredObject:
        """Replace the fields; the caller has merged them into those of `found`."""
        with self.change():
            old = self.find(found.bucket, found.name, found.generation)
            conditions.demand(old)
            now, bucket = self.clock(), self.bucket(found.bucket)
            settled = object_settings.settled(
                fields, old.fields, bucket, now, override_unlocked=override_unlocked
            )
            new = replace(old, metageneration=old.metageneration + 1, updated=now, fields=settled)
            (self.database.put_object if new.is_live else self.database.put_version)(new)
        return new

    def note_read(self, found: StoredObject, now: str) -> None:
        """Write down when an object of a bucket with Autoclass was read, which makes its class standard."""
        with self.change():
            fields = found.fields | {"lastRead": now, "storageClass": "STANDARD"}
            self.database.put_object(replace(found, fields=fields))

    def delete(
        self, bucket: str, name: str, generation: int | None = None, conditions: Conditions = ANY
    ) -> None:
        """Delete an object: in a versioned bucket the live version becomes noncurrent unless it is named."""
        with self.change():
            found, row = self.find(bucket, name, generation), self.bucket(bucket)
            conditions.demand(found)
            if generation is None and row.is_versioned:
                self._end(found, None)
                return
            retention.demand_deletable(found, row, self.clock())
            self._remove(found, row)

    def restore(self, bucket: str, name: str, generation: int, conditions: Conditions = ANY) -> StoredObject:
        """Restore a soft-deleted version as a new generation."""
        with self.change():
            found = self.find(bucket, name, generation, soft_deleted=True)
            self.demand(bucket, name, conditions)
            restored = self._place(bucket, name, found.blob, found.fields)
            self.database.delete_version(found)
        return restored

    def copy(
        self, source: StoredObject, to: tuple[str, str], fields: Fields, conditions: Conditions = ANY
    ) -> StoredObject:
        """Create an object that shares the blob of the source; no byte is copied."""
        with self.change():
            self.find(source.bucket, source.name, source.generation)
            self.demand(*to, conditions)
            return self._place(*to, source.blob, fields)

    def move(self, source: StoredObject, name: str, conditions: Conditions = ANY) -> StoredObject:
        with self.change():
            self.find(source.bucket, source.name, source.generation)
            bucket = self.bucket(source.bucket)
            retention.demand_deletable(source, bucket, self.clock())
            self.demand(source.bucket, name, conditions)
            moved = self._place(source.bucket, name, source.blob, source.fields)
            if name != source.name:
                self._retire(source, bucket)
        return moved

    def all_versions(self, bucket: str) -> Iterator[StoredObject]:
        """Yield all versions of all objects that are not soft-deleted."""
        after: tuple[bytes, int] = (b"", -1)
        while found := self.database.objects(ALL_VERSIONS, bucket, after, b"\xff", 256):
            yield from found
            after = (found[-1].name.encode(), found[-1].generation)

    def _written(self, old: Bucket, fields: Fields) -> Bucket:
        return replace(old, metageneration=old.metageneration + 1, updated=self.clock(), fields=fields)

    def _place(self, bucket: str, name: str, blob: Blob, fields: Fields) -> StoredObject:
        now, row = self.clock(), self.bucket(bucket)
        settled = object_settings.settled(fields, {}, row, now)
        old = self.database.object(bucket, name)
        if old:
            self._retire(old, row)
        made = StoredObject(
            bucket=bucket,
            name=name,
            generation=self.database.next_generation(now),
            metageneration=1,
            created=now,
            updated=now,
            blob=blob,
            fields=settled,
        )
        self.database.put_object(made)
        return made

    def _use_up(self, sources: Mapping[int, StoredObject]) -> None:
        for one in sources.values():
            source, bucket = self.find(one.bucket, one.name, one.generation), self.bucket(one.bucket)
            if source.is_live and bucket.is_versioned:
                self._end(source, None)
            else:
                retention.demand_deletable(source, bucket, self.clock())
                self._remove(source, bucket)

    def _retire(self, old: StoredObject, bucket: Bucket) -> None:
        """Take the live version away to make room: noncurrent where the bucket is versioned, else deleted."""
        if bucket.is_versioned:
            self._end(old, None)
        else:
            self._remove(old, bucket)

    def _remove(self, found: StoredObject, bucket: Bucket) -> None:
        """Delete a version for good, or soft-delete it where the bucket has such a policy."""
        if bucket.soft_delete_seconds:
            self._end(found, self.clock() + bucket.soft_delete_seconds)
        elif found.is_live:
            self.database.delete_object(found.bucket, found.name)
        else:
            self.database.delete_version(found)

    def _end(self, found: StoredObject, kept_until: float | None) -> None:
        deleted = self.clock() if kept_until or found.deleted is None else found.deleted
        self.database.put_version(replace(found, deleted=deleted, kept_until=kept_until))
        if found.is_live:
            self.database.delete_object(found.bucket, found.name)

    def _erase_doomed(self) -> None:
        doomed = self.database.doomed_blobs()
        for blob_id in doomed:
            self.blobs.erase(blob_id)
        if doomed:
            self.database.forget_doomed_blobs(doomed)

    def _recover(self) -> None:
        self.database.delete_uploads_before(self.clock() - UPLOAD_SECONDS)
        self.database.delete_versions_kept_until(self.clock())
        for blob_id in self.blobs.incoming_ids():
            if self.database.has_blob(blob_id):
                self.blobs.settle(blob_id)
            elif not self.database.upload(blob_id):
                self.blobs.discard(blob_id)
        self._erase_doomed()
