"""List objects as Cloud Storage does: by prefix, folded at a delimiter, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass

from gaelocal.storage.state.database import LIVE, Database
from gaelocal.storage.state.globs import Glob
from gaelocal.storage.state.records import Page, StoredObject

# No byte of UTF-8 is 0xFF, so this sorts after every name that begins the same.
_AFTER_ALL = b"\xff"
_LAST_GENERATION = 2**63 - 1
MAX_RESULTS = 1000
_BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """`start` is included, `end` is not; `after` is the last name and generation of the page before.

    `source` is one of the queries of the database, `folders` are names of folders to list as prefixes.
    """

    prefix: str = ""
    delimiter: str = ""
    start: str = ""
    end: str = ""
    after: tuple[str, int] = ("", 0)
    limit: int = MAX_RESULTS
    includes_trailing_delimiter: bool = False
    glob: Glob | None = None
    source: str = LIVE
    folders: tuple[str, ...] = ()

    def folder_of(self, name: str) -> str:
        """Return the name up to the first delimiter behind the prefix, or nothing."""
        cut = name.find(self.delimiter, len(self.prefix)) if self.delimiter else -1
        return name[: cut + len(self.delimiter)] if cut >= 0 else ""

    def admits(self, name: str, folder: str) -> bool:
        if self.glob is None:
            return True
        names = (folder, folder.removesuffix(self.delimiter)) if folder else (name,)
        return any(self.glob.matches(one) for one in names)

    def last_generation(self, entry: StoredObject) -> int:
        """Return where to go on within the name: a live object may be replaced between two pages."""
        return _LAST_GENERATION if self.source == LIVE else entry.generation

    @property
    def first(self) -> tuple[bytes, int]:
        """The position after which to read; a folder that was listed is passed over."""
        name, generation = self.after
        start = max(self.prefix.encode(), self.start.encode())
        passed = name.encode()
        if name and self.folder_of(name) == name:
            passed, generation = passed + _AFTER_ALL, 0
        return (passed, generation) if passed >= start else (start, -1)

    @property
    def last(self) -> bytes:
        end = self.prefix.encode() + _AFTER_ALL
        return min(end, self.end.encode()) if self.end else end


def list_objects(database: Database, bucket: str, listing: Listing) -> Page:
    """Return one page; a folder counts as one entry, however much is in it."""
    objects: list[StoredObject] = []
    prefixes: list[str] = []
    after = ("", 0)
    for name, folder, entry in _merged(database, bucket, listing):
        if not listing.admits(name, folder):
            continue
        if len(objects) + len(prefixes) >= listing.limit and folder not in prefixes:
            return Page(objects, prefixes, after)
        after = (folder, 0) if folder or entry is None else (name, listing.last_generation(entry))
        if folder and folder not in prefixes[-1:]:
            prefixes.append(folder)
        if entry and (not folder or (listing.includes_trailing_delimiter and folder == name)):
            objects.append(entry)
    return Page(objects, prefixes, None)


Entry = tuple[str, str, StoredObject | None]


def _merged(database: Database, bucket: str, listing: Listing) -> Iterator[Entry]:
    """Yield objects and folders in the order of their names."""
    first = listing.first[0]
    folders = {listing.folder_of(name) for name in listing.folders} - {""}
    waiting = sorted((one for one in folders if first <= one.encode() < listing.last), key=str.encode)
    for entry in _entries(database, bucket, listing):
        folder = listing.folder_of(entry.name)
        while waiting and waiting[0].encode() < (folder or entry.name).encode():
            one = waiting.pop(0)
            yield one, one, None
        if waiting and waiting[0] == folder:
            waiting.pop(0)
        yield entry.name, folder, entry
    for one in waiting:
        yield one, one, None


def _entries(database: Database, bucket: str, listing: Listing) -> Iterator[StoredObject]:
    """Yield every object that is not in a folder, and of each folder only the first."""
    after = listing.first
    batch = min(listing.limit + 1, _BATCH) if listing.delimiter else listing.limit + 1
    while found := database.objects(listing.source, bucket, after, listing.last, batch):
        for entry in found:
            folder = listing.folder_of(entry.name)
            yield entry
            after = (entry.name.encode(), listing.last_generation(entry))
            if folder:
                after = (folder.encode() + _AFTER_ALL, _LAST_GENERATION)
                break
