"""Measure how long acknowledged photos wait for their renditions, and describe those that never get them."""

import itertools
import json
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any

import requests

from bench.campaigns import backends_of
from bench.remaining_work import (
    LOOK_SECONDS,
    MOST_ROWS,
    SWEEP_SECONDS,
    log_of,
    outbox_entries,
    sweep,
    without_body,
)
from tests.journeys.platform import Person, Platform
from timeline import outbox
from timeline.interfaces import Backends, Entity, Scan
from timeline.pictures.sizes import WEBP

PAUSE_PER_LOOK = 5.0
"""Long looks become rare, so that they do not slow down what they measure."""
LOG_LINES = 12


class ReadinessWatch:
    """Asks for every acknowledged photo until it is ready, in a thread of its own."""

    def __init__(self) -> None:
        self.longest_seconds = 0.0
        self._waiting: dict[str, tuple[Person, float]] = {}
        self._finished = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Look once more, and end the thread if it was started."""
        self._finished.set()
        if self._thread.ident is not None:
            self._thread.join()

    def add(self, person: Person, photo_id: str) -> None:
        """Count the time of a photo from now, when it was acknowledged."""
        self._waiting[photo_id] = (person, time.monotonic())

    def _run(self) -> None:
        pause = LOOK_SECONDS
        while not self._finished.wait(pause):
            started = time.monotonic()
            self._look()
            pause = max(LOOK_SECONDS, PAUSE_PER_LOOK * (time.monotonic() - started))
        self._look()

    def _look(self) -> None:
        """Read the streams, newest photo first, down to the oldest photo that is not ready.

        A request that a kill interrupted is repeated at the next look.
        """
        oldest: dict[str, tuple[Person, str]] = {}
        for photo_id, (person, _) in list(self._waiting.items()):
            oldest[person.user] = person, max(photo_id, oldest.get(person.user, (person, ""))[1])
        for person, last in oldest.values():
            with suppress(requests.RequestException, KeyError):
                self._look_at(person, last)

    def _look_at(self, person: Person, last: str) -> None:
        for photo in itertools.takewhile(lambda each: each["id"] <= last, person.photos()):
            if photo["status"] == "ready" and photo["id"] in self._waiting:
                _, since = self._waiting.pop(photo["id"])
                self.longest_seconds = max(self.longest_seconds, time.monotonic() - since)


def wait_until_ready(
    platform: Platform, people: list[Person], within: float, *, with_webp: bool = False
) -> None:
    """Wait until all photos are ready and the queues are empty; for WebP renditions only if asked to.

    Give up when neither the tasks nor the photos that wait have become fewer for `within` seconds.

    A task that was not created waits in the outbox for three minutes, and then for the sweep. Its cron job
    is run here more often than every five minutes, so that a campaign takes no longer than necessary.
    """
    deadline = time.monotonic() + within
    sweep_at = 0.0
    fewest = None
    while time.monotonic() < deadline:
        left = tasks_left(platform, () if with_webp else ("webp",))
        photos = 0 if left else len(unready_photos(people, with_webp=with_webp))
        if not left and not photos:
            return
        if not left and time.monotonic() > sweep_at:
            sweep(platform)
            sweep_at = time.monotonic() + SWEEP_SECONDS
        work = (left > 0, left or photos)
        if fewest is None or work < fewest:
            fewest, deadline = work, time.monotonic() + within
        time.sleep(LOOK_SECONDS)


def tasks_left(platform: Platform, ignored: Collection[str] = ()) -> int:
    queues = platform.ask_console("/api/queues")
    return sum(queue["tasks"] for queue in queues if queue["name"] not in ignored)


def unready_photos(people: list[Person], *, with_webp: bool = False) -> list[tuple[str, dict[str, Any]]]:
    """Return each photo without renditions, or with JPEGs only if WebP is asked for, with its user."""
    photos = [(person.user, photo) for person in people for photo in person.stream()]
    return [
        (user, photo) for user, photo in photos if _is_unready(photo) or (with_webp and not _has_webp(photo))
    ]


def outbox_size(platform: Platform) -> int:
    """Return how many tasks the sweep will create because they are overdue, if they do not end before."""
    with backends_of(platform) as backends:
        return len(outbox_entries(backends))


def describe_unready(platform: Platform, people: list[Person]) -> list[str]:
    """Return for each photo that is not ready its state, and all that could still lead to its renditions."""
    with backends_of(platform) as backends:
        unready = unready_photos(people)
        return [line for user, photo in unready for line in _describe(platform, backends, user, photo)]


def _is_unready(photo: dict[str, Any]) -> bool:
    return bool(photo["status"] != "ready")


def _has_webp(photo: dict[str, Any]) -> bool:
    return any(rendition["type"] == WEBP for rendition in photo["renditions"])


def _describe(platform: Platform, backends: Backends, user: str, photo: dict[str, Any]) -> Iterator[str]:
    photo_id = photo["id"]
    yield f"photo {photo_id}: {photo['status']}, failure code {photo.get('failure_code')}"
    for kind in (outbox.KIND, outbox.DEAD_LETTER):
        rows = [row for row in _rows(backends, user, kind) if photo_id in row.values["body"]]
        yield from (f"  {kind}: {without_body(row)}" for row in rows)
        yield from () if rows else (f"  {kind}: none",)
    for queue in platform.ask_console("/api/queues"):
        for where in ("tasks", "dead"):
            tasks = platform.ask_console(f"/api/queues/{queue['name']}/{where}")
            yield from (f"  {where} of {queue['name']}: {json.dumps(task)}" for task in _of(tasks, photo_id))
    log = [line for line in log_of(platform).splitlines() if photo_id in line and " GET /" not in line]
    yield from (f"  log: {line}" for line in log[-LOG_LINES:])


def _rows(backends: Backends, user: str, kind: str) -> list[Entity]:
    return list(backends.entities.scan(Scan(kind=kind, parent=("User", user), limit=MOST_ROWS)))


def _of(tasks: list[dict[str, Any]], photo_id: str) -> list[dict[str, Any]]:
    return [task for task in tasks if task["name"].startswith(photo_id)]
