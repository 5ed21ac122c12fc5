"""Post files exactly once, despite crashes, lost responses and repeated commands."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from photo_timeline.client import Client
from photo_timeline.errors import Problem
from photo_timeline.models import Photo
from photo_timeline.resumable_upload import MIN_BYTES, Progress, send, type_of
from photo_timeline.state_files import JsonFile

READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Result:
    """The photo of a file, or the error."""

    file: Path
    photo: Photo | None
    error: Problem | OSError | None


@dataclass(frozen=True, slots=True)
class FilePoster:
    """Stores the idempotency key of each file until its photo is acknowledged.

    Files that were posted before are not posted again unless `again` is set.
    """

    client: Client
    pending: JsonFile
    account: str
    again: bool = False

    def post(
        self, files: Iterable[Path], caption: str = "", progress: Progress = lambda _: None
    ) -> Iterator[Result]:
        """Raises Unreachable; the next call posts unacknowledged files with the same keys."""
        for file in files:
            yield self._post_one(file, caption, progress)

    def _post_one(self, file: Path, caption: str, progress: Progress) -> Result:
        name = ""
        try:
            name = self._name_of(file, caption)
            photo = self._send(file, caption, self._key(name), progress)
        except (Problem, OSError) as error:
            if isinstance(error, Problem) and error.code == "unauthenticated":
                raise
            if isinstance(error, Problem) and error.status < requests.codes.server_error:
                self._forget(name)
            return Result(file, None, error)
        self._forget(name)
        return Result(file, photo, None)

    def _send(self, file: Path, caption: str, key: str, progress: Progress) -> Photo:
        size = file.stat().st_size
        if size < MIN_BYTES:
            photo = self.client.post(file, caption, key=key, dedupe=not self.again)
            progress(size)
            return photo
        upload = self.client.begin_upload(type_of(file), size, key=f"{key}-upload")
        if upload.state == "waiting":
            send(self.client, upload, file, progress)
        return self.client.post_from_upload(upload.id, caption, key=key, dedupe=not self.again)

    def _name_of(self, file: Path, caption: str) -> str:
        """Identify a file by its content, so that it may be renamed between two calls."""
        context = f"{self.client.transport.url}\n{self.account}\n{self.again}\n{caption}\n"
        digest = hashlib.sha256(context.encode())
        with file.open("rb") as content:
            while chunk := content.read(READ_BYTES):
                digest.update(chunk)
        return digest.hexdigest()

    def _key(self, name: str) -> str:
        """On disk before the first byte is sent."""
        keys: dict[str, Any] = self.pending.read()
        if name not in keys:
            self.pending.write({**keys, name: str(uuid.uuid4())})
        return str(self.pending.read()[name])

    def _forget(self, name: str) -> None:
        keys = self.pending.read()
        if keys.pop(name, None) is not None:
            self.pending.write(keys)
