"""Buckets and objects: a change is whole or it did not happen, whatever is killed when."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gaelocal.state_files import make_folder
from gaelocal.storage.state.catalog import Catalog
from gaelocal.storage.state.conditions import Conditions
from gaelocal.storage.state.contents import Contents
from gaelocal.storage.state.listing import Wanted, list_objects
from gaelocal.storage.state.merging import merged
from gaelocal.storage.state.names import checked_bucket_name, checked_object_name
from gaelocal.storage.state.records import Bucket, Content, Fields, Page, StoredObject, Upload
from gaelocal.storage.state.refusals import BucketNotFound, Conflict, NotFound

ANY = Conditions()
UPLOAD_LIVES = 7 * 24 * 3600


class Store:
    """A row is committed first, its file settled next; `open` finishes what a kill left between the two."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self._folder = folder
        self.clock = clock
        self.contents = Contents(folder)
        self.catalog = Catalog(folder / "catalog.sqlite3")

    def open(self) -> None:
        make_folder(self._folder)
        self.contents.open()
        self.catalog.open()
        self._finish_what_was_left()

    def close(self) -> None:
        self.catalog.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        with self.catalog.change():
            yield
        self._erase_doomed()

    def create_bucket(self, name: str, fields: Fields) -> Bucket:
        now = self.clock()
        bucket = Bucket(
            name=checked_bucket_name(name), metageneration=1, created=now, updated=now, fields=fields
        )
        with self.change():
            if self.catalog.bucket(name):
                raise Conflict(
                    "Your previous request to create the named bucket succeeded and you already own it."
                )
            self.catalog.put_bucket(bucket)
        return bucket

    def bucket(self, name: str) -> Bucket:
        bucket = self.catalog.bucket(name)
        if bucket is None:
            raise BucketNotFound
        return bucket

    def change_bucket(self, name: str, changes: Fields, conditions: Conditions = ANY) -> Bucket:
        with self.change():
            old = self.bucket(name)
            conditions.demand(old)
            new = replace(
                old,
                metageneration=old.metageneration + 1,
                updated=self.clock(),
                fields=merged(old.fields, changes),
            )
            self.catalog.put_bucket(new)
        return new

    def delete_bucket(self, name: str, conditions: Conditions = ANY) -> None:
        with self.change():
            conditions.demand(self.bucket(name))
            if self.list(name, Wanted(limit=1)).objects:
                raise Conflict("The bucket you tried to delete is not empty.")
            self.catalog.delete_bucket(name)

    def list(self, bucket: str, wanted: Wanted) -> Page:
        self.bucket(bucket)
        return list_objects(self.catalog, bucket, wanted)

    def find(self, bucket: str, name: str, generation: int | None = None) -> StoredObject:
        """Give the live object; a generation that is not the live one is not kept here."""
        self.bucket(bucket)
        found = self.catalog.object(bucket, name)
        if found is None or generation not in (None, found.generation):
            raise NotFound(f"No such object: {bucket}/{name}")
        return found

    def demand(self, bucket: str, name: str, conditions: Conditions) -> None:
        """Refuse before any byte is read what would be refused in the end."""
        self.bucket(bucket)
        conditions.demand(self.catalog.object(bucket, checked_object_name(name)))

    def add(self, new: Upload, content: Content) -> StoredObject:
        """Make the draft that `content` describes an object, in the place of the one that had the name."""
        with self.change():
            self.demand(new.bucket, new.name, Conditions.of(new.conditions))
            made = self._place(new.bucket, new.name, content, new.fields)
            if self.catalog.upload(new.id):
                self.catalog.put_upload(replace(new, generation=made.generation))
        self.contents.settle(content.id)
        return made

    def change_object(
        self, found: StoredObject, fields: Fields, conditions: Conditions = ANY
    ) -> StoredObject:
        """Replace the fields; the caller has merged them into the ones of `found`."""
        with self.change():
            old = self.find(found.bucket, found.name, found.generation)
            conditions.demand(old)
            new = replace(old, metageneration=old.metageneration + 1, updated=self.clock(), fields=fields)
            self.catalog.put_object(new)
        return new

    def delete(
        self, bucket: str, name: str, generation: int | None = None, conditions: Conditions = ANY
    ) -> None:
        with self.change():
            conditions.demand(self.find(bucket, name, generation))
            self.catalog.delete_object(bucket, name)

    def copy(
        self, source: StoredObject, to: tuple[str, str], fields: Fields, conditions: Conditions = ANY
    ) -> StoredObject:
        """Give the same content another name; no byte is copied."""
        with self.change():
            self.find(source.bucket, source.name, source.generation)
            self.demand(*to, conditions)
            return self._place(*to, source.content, fields)

    def move(self, source: StoredObject, name: str, conditions: Conditions = ANY) -> StoredObject:
        with self.change():
            self.find(source.bucket, source.name, source.generation)
            self.demand(source.bucket, name, conditions)
            moved = self._place(source.bucket, name, source.content, source.fields)
            if name != source.name:
                self.catalog.delete_object(source.bucket, source.name)
        return moved

    def _place(self, bucket: str, name: str, content: Content, fields: Fields) -> StoredObject:
        now = self.clock()
        made = StoredObject(
            bucket=bucket,
            name=name,
            generation=self.catalog.next_generation(now),
            metageneration=1,
            created=now,
            updated=now,
            content=content,
            fields=fields,
        )
        self.catalog.put_object(made)
        return made

    def _erase_doomed(self) -> None:
        doomed = self.catalog.doomed()
        for content_id in doomed:
            self.contents.erase(content_id)
        if doomed:
            self.catalog.forget_doomed(doomed)

    def _finish_what_was_left(self) -> None:
        self.catalog.delete_uploads_before(self.clock() - UPLOAD_LIVES)
        for content_id in self.contents.incoming_ids():
            if self.catalog.has_content(content_id):
                self.contents.settle(content_id)
            elif not self.catalog.upload(content_id):
                self.contents.discard(content_id)
        self._erase_doomed()
