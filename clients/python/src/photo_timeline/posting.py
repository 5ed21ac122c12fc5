"""Posts files so that no crash, no lost answer and no second call makes two photos of one."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from photo_timeline.client import Client
from photo_timeline.large_files import LARGE, Progress, send, type_of
from photo_timeline.models import Photo
from photo_timeline.places import Place
from photo_timeline.problems import Problem

READ_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """Either a photo or the reason why there is none."""

    file: Path
    photo: Photo | None
    problem: Problem | OSError | None


@dataclass(frozen=True, slots=True)
class Desk:
    """Keeps the key of each file on disk until its photo is acknowledged.

    Bytes that were posted before are not posted again, unless `again` says so.
    """

    client: Client
    pending: Place
    account: str
    again: bool = False

    def post(
        self, files: Iterable[Path], caption: str = "", progress: Progress = lambda _: None
    ) -> Iterator[Outcome]:
        """Raises Unreachable: what was not acknowledged is posted with the same key by the next call."""
        for file in files:
            yield self._post_one(file, caption, progress)

    def _post_one(self, file: Path, caption: str, progress: Progress) -> Outcome:
        name = ""
        try:
            name = self._name_of(file, caption)
            photo = self._send(file, caption, self._key(name), progress)
        except (Problem, OSError) as problem:
            if isinstance(problem, Problem) and problem.code == "unauthenticated":
                raise
            if isinstance(problem, Problem) and problem.status < requests.codes.server_error:
                self._forget(name)
            return Outcome(file, None, problem)
        self._forget(name)
        return Outcome(file, photo, None)

    def _send(self, file: Path, caption: str, key: str, progress: Progress) -> Photo:
        size = file.stat().st_size
        if size < LARGE:
            photo = self.client.post(file, caption, key=key, dedupe=not self.again)
            progress(size)
            return photo
        upload = self.client.begin_upload(type_of(file), size, key=f"{key}-upload")
        if upload.state == "waiting":
            send(self.client, upload, file, progress)
        return self.client.post_upload(upload.id, caption, key=key, dedupe=not self.again)

    def _name_of(self, file: Path, caption: str) -> str:
        """By content, so that a file that was renamed or moved in between is still the same."""
        words = f"{self.client.transport.url}\n{self.account}\n{self.again}\n{caption}\n"
        digest = hashlib.sha256(words.encode())
        with file.open("rb") as content:
            while piece := content.read(READ_AT_ONCE):
                digest.update(piece)
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
