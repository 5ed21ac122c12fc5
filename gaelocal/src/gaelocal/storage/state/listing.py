"""Lists as Cloud Storage does: by prefix, folded at a delimiter, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass

from gaelocal.storage.state.catalog import Catalog
from gaelocal.storage.state.records import Page, StoredObject

# No byte of UTF-8 is 0xFF, so this comes after every name that begins the same.
_AFTER_ALL = b"\xff"
MAX_RESULTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`start` is included, `end` is not; `after` is where the page before stopped."""

    prefix: str = ""
    delimiter: str = ""
    start: str = ""
    end: str = ""
    after: str = ""
    limit: int = MAX_RESULTS
    objects_of_folders: bool = False

    def folder_of(self, name: str) -> str:
        """Give the part of the name up to the first delimiter behind the prefix, or nothing."""
        cut = name.find(self.delimiter, len(self.prefix)) if self.delimiter else -1
        return name[: cut + len(self.delimiter)] if cut >= 0 else ""

    @property
    def first(self) -> bytes:
        passed = self.after.encode()
        beyond = passed + (_AFTER_ALL if self.folder_of(self.after) == self.after else b"\0")
        return max(self.prefix.encode(), self.start.encode(), beyond if passed else b"")

    @property
    def last(self) -> bytes:
        end = self.prefix.encode() + _AFTER_ALL
        return min(end, self.end.encode()) if self.end else end


def list_objects(catalog: Catalog, bucket: str, wanted: Wanted) -> Page:
    """Give one page; a folder counts as one entry, however much is in it."""
    objects: list[StoredObject] = []
    prefixes: list[str] = []
    after = ""
    for entry in _entries(catalog, bucket, wanted):
        if len(objects) + len(prefixes) == wanted.limit:
            return Page(objects, prefixes, after)
        folder = wanted.folder_of(entry.name)
        after = folder or entry.name
        if folder:
            prefixes.append(folder)
        if not folder or (wanted.objects_of_folders and folder == entry.name):
            objects.append(entry)
    return Page(objects, prefixes, None)


def _entries(catalog: Catalog, bucket: str, wanted: Wanted) -> Iterator[StoredObject]:
    """Give every object that stands alone, and of each folder only the first."""
    first = wanted.first
    batch = min(wanted.limit + 1, 64) if wanted.delimiter else wanted.limit + 1
    while found := catalog.objects(bucket, first, wanted.last, batch):
        for entry in found:
            folder = wanted.folder_of(entry.name)
            yield entry
            first = folder.encode() + _AFTER_ALL if folder else entry.name.encode() + b"\0"
            if folder:
                break
