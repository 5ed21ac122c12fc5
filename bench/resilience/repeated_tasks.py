"""Deliver every task twice, concurrently, in random order and some late; each effect must happen once.

`make task-campaign` delivers 10,000 tasks: renditions, erasures of photos and accounts, and summary emails.
"""

import random
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.resilience.command_line import run_campaign_command
from bench.resilience.services import LocalServices, local_services, unique_image

WORKERS = 8
USERS = 10
TASKS_PER_PHOTO = 3
"""Of a photo: its renditions, its WebP versions, and for a third of the photos their erasure."""
MOST_POSTED_AT_ONCE = 100
MOST_ATTEMPTS = 30
LATE_SHARE = 0.2


@dataclass
class Counts:
    tasks: int = 0
    deliveries: int = 0
    refused_and_repeated: int = 0
    photos: int = 0
    emails: int = 0
    not_done: int = 0
    emails_doubled_or_missing: int = 0
    renditions_wrong: int = 0
    files_left: int = 0
    outbox_left: int = 0

    @property
    def is_clean(self) -> bool:
        left = (self.renditions_wrong, self.files_left, self.outbox_left)
        return not any((self.not_done, self.emails_doubled_or_missing, *left))


def run_campaign(folder: Path, tasks: int, seed: int) -> Counts:
    counts, chance = Counts(), random.Random(seed)
    with local_services(folder, has_proxies=False) as services, ThreadPoolExecutor(WORKERS) as pool:
        deliverer = Deliverer(services, pool, chance, counts)
        people = [services.person(f"user-{number}") for number in range(USERS)]
        for person in people:
            person.change_me(summary="daily")
        while counts.tasks < tasks:
            _post_and_delete(people, chance, tasks)
            deliverer.deliver_all()
        _send_summaries(services, deliverer)
        leaver = services.person("leaver")
        for number in range(3):
            leaver.post_photo(unique_image(number))
        leaver.erase_me()
        deliverer.deliver_all()
        _check(services, counts)
    return counts


@dataclass
class Deliverer:
    services: LocalServices
    pool: ThreadPoolExecutor
    chance: random.Random
    counts: Counts

    def deliver_all(self) -> None:
        """Deliver the waiting tasks, and those that they create, each twice."""
        late: list[Any] = []
        while tasks := self.services.tasks():
            list(self.pool.map(self._take, tasks))
            self.counts.tasks += len(tasks)
            copies = [*tasks, *tasks]
            self.chance.shuffle(copies)
            held_back = round(len(copies) * LATE_SHARE)
            late += copies[:held_back]
            self._deliver(copies[held_back:])
        self._deliver(late)

    def _deliver(self, tasks: list[Any]) -> None:
        for attempt in range(MOST_ATTEMPTS):
            results = list(self.pool.map(lambda task: self._is_accepted(task, attempt), tasks))  # noqa: B023 - runs at once
            self.counts.deliveries += len(results)
            tasks = [task for task, is_accepted in zip(tasks, results, strict=True) if not is_accepted]
            self.counts.refused_and_repeated += len(tasks)
            if not tasks:
                return
        self.counts.not_done += len(tasks)

    def _take(self, task: Any) -> None:
        self.services.cloud.tasks_client().delete_task(name=task.name)

    def _is_accepted(self, task: Any, attempt: int) -> bool:
        status = self.services.cloud.run_task(self.services.worker, task, min(attempt, 1))
        return bool(200 <= status < 300)


def _post_and_delete(people: list[Any], chance: random.Random, tasks: int) -> None:
    """Post photos, and delete a third of them before their renditions are made."""
    number = max(1, min(tasks // TASKS_PER_PHOTO, MOST_POSTED_AT_ONCE))
    for _ in range(number):
        person = chance.choice(people)
        photo = person.post_photo(unique_image(chance.randrange(2**63))).get_json()["id"]
        if chance.random() < 1 / 3:
            person.delete_photo(photo)


def _send_summaries(services: LocalServices, deliverer: Deliverer) -> None:
    """Run the next daily job twice, as cron does if it gets no answer."""
    services.clock.offset += _next_run(services.clock.now()) - services.clock.now()
    for _ in range(2):
        answer = services.worker.test_client().get(
            "/tasks/summary_email/daily", headers={"X-Appengine-Cron": "true"}
        )
        deliverer.counts.not_done += answer.status_code >= 300
    deliverer.deliver_all()


def _next_run(now: datetime) -> datetime:
    """Return when cron.yaml starts the next daily job, whose period begins a day before."""
    from timeline.digests.periods import STARTED_AT

    today = datetime.combine(now.astimezone(UTC).date(), STARTED_AT)
    return today if today > now else today + timedelta(days=1)


def _check(services: LocalServices, counts: Counts) -> None:
    expected: set[str] = set()
    for number in range(USERS):
        user = f"user-{number}"
        for photo in services.stream(user):
            counts.photos += 1
            counts.renditions_wrong += photo["status"] != "ready"
            expected |= files_of(services, photo["id"])
        counts.outbox_left += len(services.outbox(user))
    stored = {blob.name for blob in all_blobs(services)}
    counts.files_left = len(stored - expected)
    counts.renditions_wrong += len(expected - stored)
    mails = Counter(mail["to"] for mail in services.cloud.mails())
    counts.emails = sum(mails.values())
    counts.emails_doubled_or_missing = sum(abs(times - 1) for times in mails.values()) + USERS - len(mails)


def files_of(services: LocalServices, photo_id: str) -> set[str]:
    """Return the names of the original and the renditions that the photo's row lists."""
    from timeline.photos.model import original_name, rendition_name
    from timeline.photos.read import get_photo

    photo = get_photo(services.backends, photo_id)
    return {original_name(photo_id), *(rendition_name(photo_id, each) for each in photo.renditions)}


def all_blobs(services: LocalServices) -> list[Any]:
    found: list[Any] = []
    start = ""
    while page := services.backends.blobs.list("", 1000, start):
        found += page if not start else page[1:]
        if len(page) < 1000:
            return found
        start = page[-1].name
    return found


def main() -> int:
    return run_campaign_command(__doc__, {"tasks": 10_000}, run_campaign)


if __name__ == "__main__":
    sys.exit(main())
