"""Mirror your stream in a folder: download new and edited photos, remove deleted ones."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from photo_timeline.client import Client
from photo_timeline.errors import Problem
from photo_timeline.models import Changes, Photo
from photo_timeline.state_files import JsonFile

INDEX = "timeline.json"
CHUNK = 1 << 16

Progress = Callable[[str], object]
"""Called with a text for each file that was added or removed."""
ByteCounter = Callable[[int], object]
"""Called with the number of bytes of each part that was downloaded."""


@dataclass(slots=True)
class Mirror:
    """`timeline.json` in the folder holds the photos and the sync token; the image files are next to it."""

    client: Client
    folder: Path
    progress: Progress = lambda _: None
    count_bytes: ByteCounter = lambda _: None
    _index: dict[str, Any] = field(default_factory=dict)

    def update(self) -> int:
        """Update the folder, and return the number of changed and removed photos."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._index = self._file_of_index.read() or {"since": None, "photos": {}}
        try:
            return self._apply_changes()
        except Problem as problem:
            if problem.code != "full_sync_required":
                raise
            return self._start_again()

    @property
    def _file_of_index(self) -> JsonFile:
        return JsonFile(self.folder / INDEX)

    def _apply_changes(self) -> int:
        """Save the index after each page, so that an interrupted sync continues there."""
        count = 0
        has_more = True
        while has_more:
            changes = self.client.sync(self._index["since"])
            count += self._apply(changes)
            self._index["since"], has_more = changes.next, changes.has_more
            self._file_of_index.write(self._index)
        return count

    def _start_again(self) -> int:
        """Sync from the start after the token became too old, and remove photos that are not returned."""
        before = self._index["photos"]
        self._index = {"since": None, "photos": {}}
        count = self._apply_changes()
        for photo_id in before.keys() - self._index["photos"].keys():
            self._remove(photo_id, before)
            count += 1
        return count

    def _apply(self, changes: Changes) -> int:
        photos = self._index["photos"]
        new = [photo for photo in changes.changed if photos.get(photo.id) != _to_json(photo)]
        for photo in new:
            photos[photo.id] = _to_json(photo)
        for photo in changes.changed:
            self._download(photo)
        deleted = [photo_id for photo_id in changes.deleted if photo_id in photos]
        for photo_id in deleted:
            self._remove(photo_id, photos)
        return len(new) + len(deleted)

    def _download(self, photo: Photo) -> None:
        """Download the largest JPEG. Photos that are still processing are returned again by a later sync."""
        copies = [rendition for rendition in photo.renditions if rendition.type == "image/jpeg"]
        largest = max(copies, key=lambda rendition: rendition.width, default=None)
        file = self._file(photo.id)
        if largest is None or file.exists():
            return
        part = file.with_suffix(".part")
        with self.client.download(largest.url) as response, part.open("wb") as opened:
            for chunk in response.iter_content(CHUNK):
                opened.write(chunk)
                self.count_bytes(len(chunk))
        part.replace(file)
        self.progress(f"{file.name} added")

    def _remove(self, photo_id: str, photos: dict[str, Any]) -> None:
        del photos[photo_id]
        self._file(photo_id).unlink(missing_ok=True)
        self.progress(f"{self._file(photo_id).name} removed")

    def _file(self, photo_id: str) -> Path:
        """Use only the last path component of the ID, so that no file outside of the folder is written."""
        return self.folder / f"{Path(photo_id).name}.jpg"


def _to_json(photo: Photo) -> dict[str, Any]:
    """Return the value that reading the index gives back."""
    return {**asdict(photo), "renditions": [asdict(rendition) for rendition in photo.renditions]}
