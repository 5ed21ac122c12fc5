"""Send a large file in chunks with resumption (resumable uploads of Cloud Storage)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import requests

from photo_timeline.client import Client
from photo_timeline.errors import Problem, Unreachable
from photo_timeline.models import Upload

MIN_BYTES = 5 * 1024 * 1024
"""Below this size, repeating a broken request costs less than the two calls of a resumable upload."""
CHUNK = 1024 * 1024
"""Cloud Storage requires multiples of 256 KB."""
RESUME_INCOMPLETE = 308
SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}

AVIF_BRANDS = (b"avif", b"avis")

Progress = Callable[[int], object]
"""Called with the number of bytes that have arrived since the last call."""


def type_of(file: Path) -> str:
    """Return the media type from the first bytes; other files are declared as HEIC, which has many brands."""
    with file.open("rb") as opened:
        start = opened.read(64)
    if start[4:8] == b"ftyp" and any(brand in start[8:] for brand in AVIF_BRANDS):
        return "image/avif"
    return next((kind for signature, kind in SIGNATURES.items() if start.startswith(signature)), "image/heic")


def send(client: Client, upload: Upload, file: Path, progress: Progress) -> None:
    """Send the remaining bytes; only attempts without progress are counted. Raises Unreachable, Problem."""
    retries = client.transport.retries
    failures = 0
    while failures < retries.tries:
        counter = _Counter(progress)
        try:
            with file.open("rb") as opened:
                return _send_rest(client, upload, opened, counter)
        except (Unreachable, Problem) as error:
            if isinstance(error, Problem) and error.status < requests.codes.server_error:
                raise
        failures = 0 if counter.count else failures + 1
        retries.wait(failures, None)
    raise Unreachable("The upload makes no progress.")


@dataclass(slots=True)
class _Counter:
    """Counts the bytes that have arrived."""

    progress: Progress
    count: int = 0

    def __call__(self, more: int) -> None:
        self.count += more
        self.progress(more)


def _send_rest(client: Client, upload: Upload, opened: BinaryIO, progress: Progress) -> None:
    """Send chunk by chunk, from the offset that the server reports."""
    arrived = _arrived(client.transport.put(upload.upload_url, b"", f"bytes */{upload.size}"), upload)
    while arrived < upload.size:
        opened.seek(arrived)
        chunk = opened.read(CHUNK)
        content_range = f"bytes {arrived}-{arrived + len(chunk) - 1}/{upload.size}"
        reached = _arrived(client.transport.put(upload.upload_url, chunk, content_range), upload)
        if reached <= arrived:
            raise Unreachable("The upload makes no progress.")
        progress(reached - arrived)
        arrived = reached


def _arrived(response: requests.Response, upload: Upload) -> int:
    """Return the number of received bytes: 308 has it in Range, if any; other statuses mean all."""
    if response.status_code != RESUME_INCOMPLETE:
        return upload.size
    found = re.fullmatch(r"bytes=0-(\d+)", response.headers.get("Range", ""))
    return int(found[1]) + 1 if found else 0
