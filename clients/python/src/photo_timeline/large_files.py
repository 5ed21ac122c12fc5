"""Sends a large file in pieces, and goes on where it stopped (resumable uploads of Cloud Storage)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import requests

from photo_timeline.client import Client
from photo_timeline.models import Upload
from photo_timeline.problems import Problem, Unreachable

LARGE = 5 * 1024 * 1024
"""From here on a broken connection costs more than the two calls around an upload."""
PIECE = 1024 * 1024
"""Cloud Storage takes multiples of 256 KB."""
GO_ON = 308
BEGINNINGS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}
AVIF_BRANDS = (b"avif", b"avis")

Progress = Callable[[int], object]
"""Told how many more bytes have arrived."""


def type_of(file: Path) -> str:
    """Return the media type by the first bytes: a file's name proves nothing."""
    with file.open("rb") as opened:
        start = opened.read(64)
    if start[4:8] == b"ftyp" and any(brand in start[8:] for brand in AVIF_BRANDS):
        return "image/avif"
    return next((kind for begin, kind in BEGINNINGS.items() if start.startswith(begin)), "image/heic")


def send(client: Client, upload: Upload, file: Path, progress: Progress) -> None:
    """Send what has not arrived yet; only tries that move nothing count. Raises Unreachable, Problem."""
    patience = client.transport.patience
    in_vain = 0
    while in_vain < patience.tries:
        moved = _Moved(progress)
        try:
            with file.open("rb") as opened:
                return _send_rest(client, upload, opened, moved)
        except (Unreachable, Problem) as error:
            if isinstance(error, Problem) and error.status < requests.codes.server_error:
                raise
        in_vain = 0 if moved.count else in_vain + 1
        patience.wait(in_vain, None)
    raise Unreachable("The upload does not move.")


@dataclass(slots=True)
class _Moved:
    """Remembers whether anything arrived."""

    progress: Progress
    count: int = 0

    def __call__(self, more: int) -> None:
        self.count += more
        self.progress(more)


def _send_rest(client: Client, upload: Upload, opened: BinaryIO, progress: Progress) -> None:
    """Piece by piece from where the server says that it stopped."""
    arrived = _arrived(client.transport.put(upload.upload_url, b"", f"bytes */{upload.size}"), upload)
    while arrived < upload.size:
        opened.seek(arrived)
        piece = opened.read(PIECE)
        where = f"bytes {arrived}-{arrived + len(piece) - 1}/{upload.size}"
        reached = _arrived(client.transport.put(upload.upload_url, piece, where), upload)
        if reached <= arrived:
            raise Unreachable("The upload does not move.")
        progress(reached - arrived)
        arrived = reached


def _arrived(answer: requests.Response, upload: Upload) -> int:
    """308 tells in Range what is there, and has none while that is nothing; any other success means all."""
    if answer.status_code != GO_ON:
        return upload.size
    told = re.fullmatch(r"bytes=0-(\d+)", answer.headers.get("Range", ""))
    return int(told[1]) + 1 if told else 0
