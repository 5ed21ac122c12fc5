"""Phones post and read while the disk becomes read-only, full, broken and slow, and works again each time.

The platform keeps running. Everything acknowledged must be there, once; reads must succeed throughout;
refusals must be problem details with status 503 that name no internals; and everything must work again
without a restart. At the end the platform is killed and started again, and everything must still be there.
The disk is the file system of tests/faults, which needs Linux and root.
"""

import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import requests

from bench.remaining_work import WorkRemains, wait_until_idle
from bench.resilience.services import unique_image
from tests.faults.faulty_disk import FaultyDisk, faulty_disk
from tests.journeys.platform import Person, Platform
from tests.waiting import eventually

PHONES = 3
SLOW_SECONDS = 0.01
"""For each write to a file: a photo takes about 240 of them, until all its renditions are stored."""
WITHIN = 60.0
READY_WITHIN = 400.0
"""A task that was not created is created by a sweep, three minutes later."""
CREATED, OK, UNAVAILABLE = 201, 200, 503
INTERNALS = re.compile(r"traceback|errno|sqlite|disk i/o|/state|\.py\b|[a-z]Error\b", re.IGNORECASE)
"""Words that an answer to a client must not contain."""
STATES: dict[str, Callable[[FaultyDisk], None]] = {
    "read-only": FaultyDisk.become_read_only,
    "full": FaultyDisk.become_full,
    "broken": FaultyDisk.fail,
    "slow": lambda disk: disk.become_slow(SLOW_SECONDS),
}


@dataclass
class DiskCounts:
    posts_acknowledged: int = 0
    posts_refused: int = 0
    reads: int = 0
    failed_reads: int = 0
    lost: int = 0
    unexpected: int = 0
    """Photos in the streams that no acknowledged post explains."""
    not_ready: int = 0
    not_recovered: int = 0
    slowest_post_on_slow_disk: float = 0.0
    slowest_recovery: float = 0.0
    unclear_errors: list[str] = field(default_factory=list)


@dataclass
class Phones:
    """People that post and read all the time; what is refused is posted again later, with its key."""

    people: list[Person]
    counts: DiskCounts = field(default_factory=DiskCounts)
    state: str = "working"
    attempts: int = 0
    acknowledged: int = 0
    """Since the state changed, like `attempts`."""
    photos: dict[tuple[int, int], str] = field(default_factory=dict)
    """The ID of each photo that was acknowledged, by the number of its person and its own."""
    refused: list[tuple[int, int]] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, meanwhile: Callable[[], None]) -> None:
        with ThreadPoolExecutor(len(self.people)) as threads:
            futures = [threads.submit(self._use, number) for number in range(len(self.people))]
            try:
                meanwhile()
            finally:
                self._stopped.set()
            for future in futures:
                future.result()

    def enter(self, state: str) -> None:
        with self._lock:
            self.state, self.attempts, self.acknowledged = state, 0, 0

    def post(self, number: int, photo: int) -> bool:
        """Post a photo once; return whether it was acknowledged."""
        begun, state, person = time.monotonic(), self.state, self.people[number]
        image = unique_image(photo * len(self.people) + number)
        try:
            answer = person.post_photo(image, key=f"key-{photo}")
        except requests.RequestException as error:
            self._note_unclear(f"{state}: post: {error!r}")
            return False
        with self._lock:
            self.attempts += state == self.state
            if answer.status_code == CREATED:
                self.photos[number, photo] = str(answer.json()["id"])
                self.acknowledged += state == self.state
            if state == "slow":
                took = round(time.monotonic() - begun, 2)
                self.counts.slowest_post_on_slow_disk = max(self.counts.slowest_post_on_slow_disk, took)
        if answer.status_code != CREATED and (reason := unclear(answer)):
            self._note_unclear(f"{state}: {reason}")
        return answer.status_code == CREATED

    def _use(self, number: int) -> None:
        photo = 0
        while not self._stopped.is_set():
            if not self.post(number, photo):
                with self._lock:
                    self.counts.posts_refused += 1
                    self.refused.append((number, photo))
            self._read(self.people[number])
            photo += 1

    def _read(self, person: Person) -> None:
        state = self.state
        for path in ("/api/v1/photos", f"/api/v1/users/{person.user}/photos", f"/user/{person.user}/"):
            answer = person.ask("GET", path)
            with self._lock:
                self.counts.reads += 1
                self.counts.failed_reads += answer.status_code != OK
            if answer.status_code != OK:
                self._note_unclear(f"{state}: GET {path} {answer.status_code} {answer.text[:200]}")

    def _note_unclear(self, what: str) -> None:
        with self._lock:
            self.counts.unclear_errors.append(what)


def run_on_faulty_disk(folder: Path, posts: int, ready_within: float = READY_WITHIN) -> DiskCounts:
    """Run with at least this many posts in each state; `ready_within` 0 does not wait for renditions.

    Raises:
        NotImplementedError: this machine cannot mount the disk; the message is the reason.
    """
    with faulty_disk(folder) as disk:
        platform = Platform(disk.folder)
        try:
            platform.start()
            people = [platform.as_(f"phone-{number}") for number in range(PHONES)]
            for person in people:
                person.ask("GET", "/api/v1/me").raise_for_status()
            phones = Phones(people)
            phones.run(lambda: change_states(disk, phones, posts))
            settle(platform, phones, ready_within)
            platform.kill()
            platform.start()
            compare(phones, [platform.as_(person.user) for person in people])
        finally:
            disk.work_again()
            platform.stop()
    return phones.counts


def change_states(disk: FaultyDisk, phones: Phones, posts: int) -> None:
    """Requests are under way at each change."""
    eventually(lambda: phones.acknowledged >= posts, within=WITHIN)
    for state, apply in STATES.items():
        phones.enter(state)
        apply(disk)
        eventually(lambda: phones.attempts >= posts, within=WITHIN + posts)
        begun = time.monotonic()
        disk.work_again()
        phones.enter("working")
        eventually(lambda: phones.acknowledged >= posts, within=WITHIN + posts)
        took = round(time.monotonic() - begun, 1)
        phones.counts.slowest_recovery = max(phones.counts.slowest_recovery, took)


def settle(platform: Platform, phones: Phones, ready_within: float) -> None:
    """Post again what was refused, let all tasks end, and look for what is missing."""
    for number, photo in phones.refused:
        phones.counts.not_recovered += not phones.post(number, photo)
    phones.counts.posts_acknowledged = len(phones.photos)
    if ready_within:
        try:
            wait_until_idle(platform, ready_within)
        except WorkRemains as remains:
            print(remains)
        phones.counts.not_ready = unready(phones.people)
    compare(phones, phones.people)
    health = platform.ask_console("/api/health")["components"]
    named = [part["name"] for part in health if part["status"] != "ok" and part["name"] != "instance hours"]
    phones.counts.not_recovered += len(named)


def unready(people: list[Person]) -> int:
    return sum(photo["status"] != "ready" for person in people for photo in person.stream())


def compare(phones: Phones, people: list[Person]) -> None:
    present = [photo["id"] for person in people for photo in person.stream()]
    expected = set(phones.photos.values())
    phones.counts.lost += len(expected - set(present))
    phones.counts.unexpected += len(present) - len(expected & set(present))


def unclear(answer: requests.Response) -> str:
    """Return what is wrong with a refusal; empty if it is a clear one."""
    is_problem = answer.headers.get("Content-Type", "").startswith("application/problem+json")
    if answer.status_code != UNAVAILABLE or not is_problem or INTERNALS.search(answer.text):
        return f"{answer.request.method} {answer.url} {answer.status_code} {answer.text[:300]}"
    return ""
