"""Post photos while a random process of the platform is killed every second, then count losses.

`make campaign` posts 1,000; `ARGS="--photos 100"` makes it shorter. All but the first three should be 0.
"""

import random
import sys
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import requests

from bench.campaigns import kill, run_from_command_line, wait_for_empty_queues
from tests import pictures
from tests.journeys.platform import Person, Platform

PHONES = 4
TIMEOUT_SECONDS = 120.0  # how long a phone retries one photo
PAUSE_SECONDS = 0.2
DRAIN_SECONDS = 600.0


@dataclass
class Losses:
    """The result of a campaign; `unanswered` photos were never acknowledged."""

    acknowledged: int = 0
    kills: int = 0
    kills_of_the_platform_itself: int = 0
    unanswered: int = 0
    lost: int = 0
    doubled: int = 0
    renditions_missing: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.unanswered or self.lost or self.doubled or self.renditions_missing)


def run_campaign(folder: Path, photos: int, interval: float, seed: int) -> Losses:
    """Post photos from four phones, kill a process every `interval` seconds, and count the losses."""
    platform = Platform(folder)
    platform.start()
    losses = Losses()
    finished = threading.Event()
    killer = threading.Thread(
        target=kill_until, args=(platform, finished, interval, random.Random(seed), losses)
    )
    try:
        people = [platform.as_(f"phone-{n}") for n in range(PHONES)]
        for person in people:
            person.ask("GET", "/api/v1/me").raise_for_status()
        killer.start()
        try:
            with ThreadPoolExecutor(PHONES) as phones:
                posted = list(
                    phones.map(lambda n: post_until_acknowledged(people[n % PHONES], n), range(photos))
                )
        finally:
            finished.set()
            killer.join()
        platform.kill()
        platform.start()
        wait_for_empty_queues(platform, DRAIN_SECONDS)
        count_losses(losses, people, [photo_id for photo_id in posted if photo_id])
        losses.unanswered = posted.count(None)
    finally:
        platform.stop()
    return losses


def kill_until(
    platform: Platform, finished: threading.Event, interval: float, chance: random.Random, losses: Losses
) -> None:
    """Kill random processes; restart the platform if its main process was killed."""
    while not finished.wait(interval):
        pids = platform.pids()
        victim = chance.choice(pids)
        if not kill(victim):
            continue
        losses.kills += 1
        if victim == pids[0]:
            losses.kills_of_the_platform_itself += 1
            platform.kill()
            platform.start()


def post_until_acknowledged(person: Person, number: int) -> str | None:
    """Post one photo, repeating it with the same key until it is acknowledged; None after the time limit."""
    image = pictures.a_jpeg(width=400 + number % 200, height=300)
    key = uuid.uuid4().hex
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        try:
            answer = person.post_photo(image, caption=f"number {number}", key=key)
        except requests.RequestException:
            time.sleep(PAUSE_SECONDS)
            continue
        if answer.status_code == requests.codes.created:
            return str(answer.json()["id"])
        time.sleep(PAUSE_SECONDS)
    return None


def count_losses(losses: Losses, people: list[Person], acknowledged: list[str]) -> None:
    streams = [photo for person in people for photo in person.stream()]
    present = {photo["id"] for photo in streams}
    captions = Counter(photo["caption"] for photo in streams)
    losses.acknowledged = len(acknowledged)
    losses.lost = len(set(acknowledged) - present)
    losses.doubled = sum(count - 1 for count in captions.values())
    losses.renditions_missing = sum(photo["status"] != "ready" for photo in streams)


def main() -> int:
    return run_from_command_line(__doc__, {"photos": 1000, "interval": 1.0}, run_campaign)


if __name__ == "__main__":
    sys.exit(main())
