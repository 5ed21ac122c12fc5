"""Scan streams and the timeline page by page while photos and accounts come and go.

`make scan-campaign` makes 1,000 scans. A photo that existed during a whole scan must appear in it exactly
once; a photo whose deletion was acknowledged before the scan must not appear.
"""

import random
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.resilience.command_line import run_campaign_command
from bench.resilience.services import LocalServices, local_services, unique_image

SCANNERS = 3
WRITERS = 3
OWNERS = 4
FIRST_PHOTOS = 12
MOST_PHOTOS = 25
PAGE_SIZES = (1, 2, 3, 5, 8, 20)
NEVER = float("inf")


@dataclass
class Counts:
    scans: int = 0
    pages: int = 0
    photos_posted: int = 0
    photos_deleted: int = 0
    deletions_undone: int = 0
    accounts_deleted: int = 0
    failed_calls: int = 0
    skipped: int = 0
    repeated: int = 0
    phantoms: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.failed_calls or self.skipped or self.repeated or self.phantoms)


@dataclass
class Life:
    """Numbers of events: the post's acknowledgement, the deletion's request and its acknowledgement."""

    owner: str
    posted: float
    deleting: float = NEVER
    deleted: float = NEVER


@dataclass
class History:
    """The events of the campaign in their order; photos are added when they are acknowledged."""

    counts: Counts = field(default_factory=Counts)
    photos: dict[str, Life] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    events: int = 0

    def now(self) -> int:
        with self.lock:
            self.events += 1
            return self.events

    def count(self, **more: int) -> None:
        with self.lock:
            for name, value in more.items():
                setattr(self.counts, name, getattr(self.counts, name) + value)

    def check(self, seen: list[str], owner: str, start: float, end: float) -> None:
        """Compare a scan with the photos that existed all the time, and with those deleted before."""
        with self.lock:
            lives = dict(self.photos)
        stayed = {
            photo
            for photo, life in lives.items()
            if life.posted < start and life.deleting > end and owner in ("", life.owner)
        }
        gone = {photo for photo, life in lives.items() if life.deleted < start}
        repeated = sum(times - 1 for times in Counter(seen).values())
        self.count(
            scans=1, skipped=len(stayed - set(seen)), repeated=repeated, phantoms=len(gone & set(seen))
        )


def run_campaign(folder: Path, scans: int, seed: int) -> Counts:
    history, finished = History(), threading.Event()
    with local_services(folder) as services, ThreadPoolExecutor(SCANNERS + WRITERS) as pool:
        for number in range(OWNERS):
            owner = services.person(f"owner-{number}")
            for _ in range(FIRST_PHOTOS):
                _post(history, owner, f"owner-{number}")
        writers = [
            pool.submit(_write, services, history, number, seed, finished) for number in range(WRITERS)
        ]
        share = -(-scans // SCANNERS)
        readers = [
            pool.submit(_scan_often, services, history, random.Random(seed - number), share)
            for number in range(1, SCANNERS + 1)
        ]
        try:
            for reader in readers:
                reader.result()
        finally:
            finished.set()
        for writer in writers:
            writer.result()
    return history.counts


def _write(services: LocalServices, history: History, number: int, seed: int, stop: threading.Event) -> None:
    """Post, delete and restore photos of one owner, and create short-lived accounts; writer 0 runs tasks."""
    chance, own = random.Random(seed + number), f"owner-{number}"
    person = services.person(own)
    while not stop.is_set():
        alive = [
            photo
            for photo, life in list(history.photos.items())
            if life.owner == own and life.deleting == NEVER
        ]
        step = chance.random()
        if step < 0.08:
            _live_shortly(services, history, chance)
        elif alive and (step < 0.4 or len(alive) > MOST_PHOTOS):
            photo = chance.choice(alive)
            _delete(history, person, photo)
            if chance.random() < 1 / 2:
                _undo(services, history, photo)
        else:
            _post(history, person, own)
        if number == 0 and chance.random() < 1 / 10:
            services.run_tasks()


def _undo(services: LocalServices, history: History, photo: str) -> None:
    """Restore a deleted photo; too late if its files are already erased."""
    from timeline.errors import NotFound
    from timeline.photos.delete import restore_photo

    owner = history.photos[photo].owner
    history.photos[photo].deleted = NEVER  # it may be seen again from now on
    try:
        restore_photo(services.faulty, photo, owner)
    except NotFound:
        history.photos[photo].deleted = history.now()
        return
    history.photos[photo] = Life(owner, history.now())
    history.count(deletions_undone=1)


def _live_shortly(services: LocalServices, history: History, chance: random.Random) -> None:
    """Create an account with photos and delete it."""
    user = f"guest-{chance.randrange(10**9)}"
    guest = services.person(user)
    photos = [photo for _ in range(3) if (photo := _post(history, guest, user))]
    deleting = history.now()
    for photo in photos:
        history.photos[photo].deleting = deleting
    answer = guest.erase_me()
    deleted = history.now()
    history.count(accounts_deleted=1, failed_calls=answer.status_code != 202)
    for photo in photos:
        history.photos[photo].deleted = deleted


def _post(history: History, person: Any, owner: str) -> str:
    answer = person.post_photo(unique_image(history.now()))
    if answer.status_code != 201:
        history.count(failed_calls=1)
        return ""
    photo = str(answer.get_json()["id"])
    life = Life(owner, history.now())
    with history.lock:
        history.photos[photo] = life
    history.count(photos_posted=1)
    return photo


def _delete(history: History, person: Any, photo: str) -> None:
    with history.lock:
        if history.photos[photo].deleting != NEVER:
            return
        history.events += 1
        history.photos[photo].deleting = history.events
    answer = person.delete_photo(photo)
    history.photos[photo].deleted = history.now()
    history.count(photos_deleted=1, failed_calls=answer.status_code != 204)


def _scan_often(services: LocalServices, history: History, chance: random.Random, times: int) -> None:
    client = services.api.test_client()
    for _ in range(times):
        owner = chance.choice(["", *(f"owner-{number}" for number in range(OWNERS))])
        path = f"/api/v1/users/{owner}/photos" if owner else "/api/v1/photos"
        start = history.now()
        seen = _scan(client, history, path, chance.choice(PAGE_SIZES))
        history.check(seen, owner, start, history.now())


def _scan(client: Any, history: History, path: str, size: int) -> list[str]:
    seen: list[str] = []
    query: dict[str, Any] = {"limit": size}
    while True:
        answer = client.get(path, query_string=query)
        history.count(pages=1, failed_calls=answer.status_code != 200)
        page = answer.get_json()
        seen += [photo["id"] for photo in page["results"]]
        if not page["next_cursor"]:
            return seen
        query["cursor"] = page["next_cursor"]


def main() -> int:
    return run_campaign_command(__doc__, {"scans": 1_000}, run_campaign)


if __name__ == "__main__":
    sys.exit(main())
