"""A copy of one's own stream in a folder: what changed comes, what was deleted goes."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from photo_timeline.client import Client
from photo_timeline.models import Changes, Photo
from photo_timeline.places import Place
from photo_timeline.problems import Problem

LEDGER = "timeline.json"
PIECE = 1 << 16

Progress = Callable[[str], object]
"""Told of each file that came or went."""


@dataclass(slots=True)
class Mirror:
    """`timeline.json` in the folder lists the photos and remembers where to go on; pictures lie beside it."""

    client: Client
    folder: Path
    progress: Progress = lambda _: None
    _ledger: dict[str, Any] = field(default_factory=dict)

    def update(self) -> int:
        """Bring the folder up to date; give how many photos changed or went."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._ledger = self._place.read() or {"since": None, "photos": {}}
        try:
            return self._follow()
        except Problem as problem:
            if problem.code != "full_sync_required":
                raise
            return self._begin_again()

    @property
    def _place(self) -> Place:
        return Place(self.folder / LEDGER)

    def _follow(self) -> int:
        """Written down page by page, so that a stop on the way goes on from there."""
        count = 0
        has_more = True
        while has_more:
            changes = self.client.sync(self._ledger["since"])
            count += self._take(changes)
            self._ledger["since"], has_more = changes.next, changes.has_more
            self._place.write(self._ledger)
        return count

    def _begin_again(self) -> int:
        """The token is too old to say what was deleted: what does not come again is gone."""
        before = self._ledger["photos"]
        self._ledger = {"since": None, "photos": {}}
        count = self._follow()
        for photo_id in before.keys() - self._ledger["photos"].keys():
            self._remove(photo_id, before)
            count += 1
        return count

    def _take(self, changes: Changes) -> int:
        photos = self._ledger["photos"]
        fresh = [photo for photo in changes.changed if photos.get(photo.id) != _written(photo)]
        for photo in fresh:
            photos[photo.id] = _written(photo)
        for photo in changes.changed:
            self._fetch(photo)
        gone = [photo_id for photo_id in changes.deleted if photo_id in photos]
        for photo_id in gone:
            self._remove(photo_id, photos)
        return len(fresh) + len(gone)

    def _fetch(self, photo: Photo) -> None:
        """The largest JPEG; a photo that is still in the works comes again with the changes."""
        copies = [rendition for rendition in photo.renditions if rendition.type == "image/jpeg"]
        largest = max(copies, key=lambda rendition: rendition.width, default=None)
        file = self._file(photo.id)
        if largest is None or file.exists():
            return
        part = file.with_suffix(".part")
        with self.client.download(largest.url) as answer, part.open("wb") as opened:
            for piece in answer.iter_content(PIECE):
                opened.write(piece)
        part.replace(file)
        self.progress(f"{file.name} came")

    def _remove(self, photo_id: str, photos: dict[str, Any]) -> None:
        del photos[photo_id]
        self._file(photo_id).unlink(missing_ok=True)
        self.progress(f"{self._file(photo_id).name} went")

    def _file(self, photo_id: str) -> Path:
        """An id is a name of a file only when it could not lead elsewhere."""
        return self.folder / f"{Path(photo_id).name}.jpg"


def _written(photo: Photo) -> dict[str, Any]:
    """As it is read back from JSON."""
    return {**asdict(photo), "renditions": [asdict(rendition) for rendition in photo.renditions]}
