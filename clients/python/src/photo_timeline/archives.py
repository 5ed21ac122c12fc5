"""Fetches the archive of everything: asked for, waited for, and gone on with where it stopped."""

from collections.abc import Callable
from pathlib import Path

import requests

from photo_timeline.client import Client
from photo_timeline.models import Export
from photo_timeline.problems import Problem, Unreachable

LOOK_SECONDS = 2.0
PIECE = 1 << 16
PARTIAL = 206
TRIES = 10

Progress = Callable[[int, int], object]
"""Told how much of how much there is."""


class ExportFailed(Exception):
    """The server could not make the archive."""


def wait_for_export(client: Client, progress: Progress) -> Export:
    """Ask for an archive, or follow the one that is being made."""
    export = client.ask_for_export()
    while export.state == "running":
        progress(export.done, export.total)
        client.transport.patience.sleep(LOOK_SECONDS)
        export = client.export()
    if not export.url:
        raise ExportFailed(f"The archive could not be made: it is {export.state}.")
    return export


def fetch(client: Client, export: Export, into: Path, progress: Progress) -> None:
    """Into a file beside it first; a link that ends on the way is asked for anew, and the rest is fetched."""
    part = into.with_name(f"{into.name}.{export.id}.part")
    for _ in range(TRIES):
        if _size(part) >= export.size:
            break
        try:
            _fetch_rest(client, client.export(), part, progress)
        except (requests.RequestException, Unreachable, Problem):
            client.transport.patience.sleep(LOOK_SECONDS)
    if _size(part) != export.size:
        raise ExportFailed(f"Only {_size(part)} of {export.size} bytes came; call again to go on.")
    part.replace(into)


def _fetch_rest(client: Client, export: Export, part: Path, progress: Progress) -> None:
    start = _size(part)
    answer = client.download(str(export.url), start)
    is_rest = answer.status_code == PARTIAL
    with answer, part.open("ab" if is_rest else "wb") as file:
        for piece in answer.iter_content(PIECE):
            file.write(piece)
            progress(file.tell(), export.size)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
