"""Request an export, wait until it is ready, and download it with resumption."""

from collections.abc import Callable
from pathlib import Path

import requests

from photo_timeline.client import Client
from photo_timeline.errors import PhotoTimelineError, Problem, Unreachable
from photo_timeline.models import Export

POLL_SECONDS = 2.0
CHUNK = 1 << 16
PARTIAL = 206
TRIES = 10

Progress = Callable[[int, int], object]
"""Called with the amount done and the total."""


class ExportFailed(PhotoTimelineError):
    """The server could not make the export, or the download is incomplete."""


def wait_for_export(client: Client, progress: Progress) -> Export:
    """Request an export, or wait for the one that is running."""
    export = client.request_export()
    while export.state == "running":
        progress(export.done, export.total)
        client.transport.retries.sleep(POLL_SECONDS)
        export = client.export()
    if not export.url:
        raise ExportFailed(f"The export has the state '{export.state}'.")
    return export


def download(client: Client, export: Export, target: Path, progress: Progress) -> None:
    """Download to a temporary file next to the target; renew an expired link, and fetch the rest."""
    part = target.with_name(f"{target.name}.{export.id}.part")
    for _ in range(TRIES):
        if _size(part) >= export.size:
            break
        try:
            _download_rest(client, client.export(), part, progress)
        except (requests.RequestException, Unreachable, Problem):
            client.transport.retries.sleep(POLL_SECONDS)
    if _size(part) != export.size:
        raise ExportFailed(
            f"Only {_size(part)} of {export.size} bytes were downloaded. Run the command again to continue."
        )
    part.replace(target)


def _download_rest(client: Client, export: Export, part: Path, progress: Progress) -> None:
    start = _size(part)
    response = client.download(str(export.url), start)
    is_rest = response.status_code == PARTIAL
    with response, part.open("ab" if is_rest else "wb") as file:
        for chunk in response.iter_content(CHUNK):
            file.write(chunk)
            progress(file.tell(), export.size)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
