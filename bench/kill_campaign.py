"""Post photos while processes of the platform are killed, then count losses.

`make campaign` posts 1,000; `ARGS="--photos 10000 --phones 8"` is the long version. Every tenth kill is of
the whole platform, the others of one random process; every twentieth photo has two to five megapixels. The
counts from `unanswered` on should be 0. A photo without renditions is described: its outbox entry, tasks and
log lines.
"""

import random
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import requests

from bench.campaigns import kill, run_from_command_line
from bench.readiness import (
    ReadinessWatch,
    describe_unready,
    outbox_size,
    tasks_left,
    unready_photos,
    wait_until_ready,
)
from bench.remaining_work import log_of
from tests import pictures
from tests.journeys.platform import Person, Platform

TIMEOUT_SECONDS = 120.0  # how long a phone retries one photo
PAUSE_SECONDS = 0.2
DRAIN_SECONDS = 900.0
"""Without progress. The sweep creates a missing task after three minutes, and its seven retries take up to
127 seconds."""
KILLS_PER_PLATFORM_KILL = 10
SMALLEST_WIDTH, WIDTHS, HEIGHT = 100, 200, 75
"""Most are small, so that more of them are posted between two kills; the width shows which one it is."""
PHOTOS_PER_LARGE_ONE = 20
SMALLEST_LARGE_WIDTH, LARGE_WIDTHS, WIDTH_STEP = 1_700, 90, 10
"""2.2 to 5 megapixels, three quarters as high as wide."""
MOST_WITH_WEBP = 2_000
PHOTOS_PER_LINE = 1_000
NOT_CREATED = "was not created, the sweep will retry"


@dataclass(frozen=True)
class Sizes:
    """The options of the campaign: a process is killed every `interval` seconds.

    It waits for the WebP renditions, which are made one at a time, of at most `webp` photos.
    """

    photos: int = 1_000
    interval: float = 1.0
    phones: int = 4
    webp: int = MOST_WITH_WEBP

    @property
    def has_webp(self) -> bool:
        return self.photos <= self.webp


@dataclass
class Losses:
    """The result of a campaign; `unanswered` photos were never acknowledged.

    `tasks_not_created` were left to the sweep. `outbox_entries` still wait for it: WebP renditions of photos
    that are ready. `seconds_until_ready` begin after the last post and end when nothing is awaited any more.
    """

    acknowledged: int = 0
    kills: int = 0
    kills_of_the_platform_itself: int = 0
    tasks_not_created: int = 0
    tasks_left: int = 0
    outbox_entries: int = 0
    seconds_of_posts: float = 0.0
    seconds_until_ready: float = 0.0
    longest_seconds_to_renditions: float = 0.0
    unanswered: int = 0
    lost: int = 0
    wrong: int = 0
    phantom: int = 0
    doubled: int = 0
    renditions_missing: int = 0
    webp_missing: int = 0

    @property
    def is_clean(self) -> bool:
        wrong = (self.lost, self.wrong, self.phantom, self.doubled, self.renditions_missing)
        return not (self.unanswered or any(wrong) or self.webp_missing)


def run_campaign(folder: Path, sizes: Sizes, seed: int) -> Losses:
    """Post photos from several phones, kill processes meanwhile, and count the losses."""
    platform = Platform(folder)
    platform.start()
    losses = Losses()
    finished = threading.Event()
    watch = ReadinessWatch()
    killer = threading.Thread(
        target=kill_until, args=(platform, finished, sizes.interval, random.Random(seed), losses)
    )
    try:
        people = [platform.as_(f"phone-{n}") for n in range(sizes.phones)]
        for person in people:
            person.ask("GET", "/api/v1/me").raise_for_status()
        killer.start()
        watch.start()
        started = time.monotonic()
        try:
            with ThreadPoolExecutor(sizes.phones) as pool:
                answers = pool.map(
                    lambda n: post_until_acknowledged(people[n % sizes.phones], n, watch),
                    range(sizes.photos),
                )
                posted = list(_with_progress(answers, losses))
        finally:
            finished.set()
            killer.join()
        ended = time.monotonic()
        losses.seconds_of_posts = round(ended - started, 1)
        platform.kill()
        platform.start()
        people = [platform.as_(person.user) for person in people]  # tokens expire after an hour
        wait_until_ready(platform, people, DRAIN_SECONDS, with_webp=sizes.has_webp)
        losses.seconds_until_ready = round(time.monotonic() - ended, 1)
        watch.stop()
        losses.longest_seconds_to_renditions = round(watch.longest_seconds, 1)
        count_losses(losses, people, posted)
        losses.unanswered = posted.count(None)
        if sizes.has_webp:
            losses.webp_missing = len(unready_photos(people, with_webp=True)) - losses.renditions_missing
        losses.tasks_not_created = log_of(platform).count(NOT_CREATED)
        losses.tasks_left = tasks_left(platform)
        losses.outbox_entries = outbox_size(platform)
        print(*describe_unready(platform, people), sep="\n", end="")
    finally:
        watch.stop()
        platform.stop()
    return losses


def kill_until(
    platform: Platform, finished: threading.Event, interval: float, chance: random.Random, losses: Losses
) -> None:
    """Kill random processes, and regularly the whole platform, which is then started again."""
    while not finished.wait(interval):
        pids = platform.pids()
        is_whole = losses.kills % KILLS_PER_PLATFORM_KILL == KILLS_PER_PLATFORM_KILL - 1
        victim = pids[0] if is_whole else chance.choice(pids)
        if not kill(victim):
            continue
        losses.kills += 1
        if victim == pids[0]:
            losses.kills_of_the_platform_itself += 1
            platform.kill()
            platform.start()


def _with_progress(answers: Iterable[str | None], losses: Losses) -> Iterator[str | None]:
    """Print a line from time to time."""
    started = time.monotonic()
    for number, answer in enumerate(answers, 1):
        yield answer
        if number % PHOTOS_PER_LINE == 0:
            seconds = time.monotonic() - started
            print(f"{number:,} photos after {seconds:.0f} s and {losses.kills} kills", flush=True)


def post_until_acknowledged(person: Person, number: int, watch: ReadinessWatch) -> str | None:
    """Post one photo, repeating it with the same key until it is acknowledged; None after the time limit."""
    width, height = size_of(number)
    image = (pictures.a_noisy_jpeg if is_large(number) else pictures.a_jpeg)(width, height)
    key = uuid.uuid4().hex
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        try:
            answer = person.post_photo(image, caption=f"number {number}", key=key)
        except requests.RequestException:
            time.sleep(PAUSE_SECONDS)
            continue
        if answer.status_code == requests.codes.created:
            photo_id = str(answer.json()["id"])
            watch.add(person, photo_id)
            return photo_id
        time.sleep(PAUSE_SECONDS)
    return None


def size_of(number: int) -> tuple[int, int]:
    if not is_large(number):
        return SMALLEST_WIDTH + number % WIDTHS, HEIGHT
    width = SMALLEST_LARGE_WIDTH + WIDTH_STEP * (number // PHOTOS_PER_LARGE_ONE % LARGE_WIDTHS)
    return width, width * 3 // 4


def is_large(number: int) -> bool:
    return number % PHOTOS_PER_LARGE_ONE == PHOTOS_PER_LARGE_ONE - 1


def count_losses(losses: Losses, people: list[Person], posted: list[str | None]) -> None:
    """Compare the streams with the acknowledged photos; a photo without an answer may exist or not."""
    expected = {photo_id: f"number {number}" for number, photo_id in enumerate(posted) if photo_id}
    unanswered = {f"number {number}" for number, photo_id in enumerate(posted) if photo_id is None}
    streams = [photo for person in people for photo in person.stream()]
    present = {photo["id"]: photo["caption"] for photo in streams}
    captions = Counter(photo["caption"] for photo in streams)
    losses.acknowledged = len(expected)
    losses.lost = len(expected.keys() - present.keys())
    losses.wrong = sum(is_wrong(photo, expected) for photo in streams)
    strangers = {photo for photo in present.keys() - expected.keys() if present[photo] not in unanswered}
    losses.phantom = len(strangers)
    losses.doubled = sum(count - 1 for count in captions.values())
    losses.renditions_missing = sum(photo["status"] != "ready" for photo in streams)


def is_wrong(photo: dict[str, Any], expected: dict[str, str]) -> bool:
    """Return whether an acknowledged photo has another caption or another image than the posted one."""
    caption = expected.get(photo["id"])
    if caption is None:
        return False
    number = int(caption.removeprefix("number "))
    return photo["caption"] != caption or (photo["width"], photo["height"]) != size_of(number)


def main() -> int:
    return run_from_command_line(
        __doc__,
        asdict(Sizes()),
        lambda folder, *values: run_campaign(folder, Sizes(*values[:-1]), values[-1]),
    )


if __name__ == "__main__":
    sys.exit(main())
