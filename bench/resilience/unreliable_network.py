"""Post and delete photos while a tenth of all calls to Datastore, Cloud Storage and Cloud Tasks fails.

`make network-campaign` makes 1,000 posts and deletions. A failing call is refused as ABORTED or UNAVAILABLE,
or done although its reply is lost, or takes two seconds longer. Clients repeat what was not acknowledged,
with the same key.
"""

import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.resilience.command_line import run_campaign_command
from bench.resilience.services import LocalServices, local_services, unique_image

CLIENTS = 8
SHARE = 0.1
DELAY_SECONDS = 2.0
TRIES = 30
PAUSE_SECONDS = 0.05
P99_BOUND = 25.0
"""Seconds: a call may be retried for 8 and then take its deadline, and a request makes several in a row."""
ACKNOWLEDGED = (200, 201, 204)
GONE = 404
SERVER_ERROR = 500


@dataclass
class Counts:
    acknowledged_posts: int = 0
    acknowledged_deletions: int = 0
    faults: int = 0
    repeated_requests: int = 0
    internal_errors: int = 0
    never_acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    undeleted: int = 0
    stuck: int = 0
    p99_seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        wrong = (
            self.internal_errors,
            self.never_acknowledged,
            self.lost,
            self.doubled,
            self.undeleted,
            self.stuck,
        )
        return not any(wrong) and self.p99_seconds <= P99_BOUND


@dataclass
class Client:
    """Posts photos with unique captions and deletes some of them."""

    person: Any
    user: str
    chance: random.Random
    kept: dict[str, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    repeated: int = 0
    internal: int = 0
    unacknowledged: int = 0

    def work(self, numbers: list[int]) -> None:
        for number in numbers:
            if self.kept and self.chance.random() < 1 / 3:
                self._delete(self.chance.choice(list(self.kept)))
            else:
                self._post(number)

    def _post(self, number: int) -> None:
        caption = f"number {number}"
        answer = self._until_acknowledged(
            lambda: self.person.post_photo(unique_image(number), caption, key=f"{self.user}-{number}")
        )
        if answer is not None:
            self.kept[answer.get_json()["id"]] = caption

    def _delete(self, photo: str) -> None:
        """A repeated deletion may answer 404: the first one was done, but its reply was lost."""
        if self._until_acknowledged(lambda: self.person.delete_photo(photo)) is not None:
            del self.kept[photo]
            self.deleted.add(photo)

    def _until_acknowledged(self, call: Any) -> Any:
        for attempt in range(TRIES):
            begun = time.monotonic()
            answer = call()
            self.seconds.append(time.monotonic() - begun)
            if answer.status_code in ACKNOWLEDGED or (attempt and answer.status_code == GONE):
                return answer
            self.repeated += 1
            self.internal += answer.status_code == SERVER_ERROR
            time.sleep(PAUSE_SECONDS)
        self.unacknowledged += 1
        return None


def run_campaign(folder: Path, changes: int, seed: int) -> Counts:
    from tests.faults.faults import Fault, Kind, RandomFaults, no_faults

    faults = [
        Fault(Kind.ERROR, status="ABORTED"),
        Fault(Kind.ERROR),
        Fault(Kind.LOST),
        Fault(Kind.DELAY, seconds=DELAY_SECONDS),
    ]
    plan = RandomFaults(seed, SHARE, faults)
    with local_services(folder) as services, ThreadPoolExecutor(CLIENTS) as pool:
        clients = [_client(services, number, seed) for number in range(CLIENTS)]
        services.proxies.inject(plan)
        list(pool.map(lambda n: clients[n].work(list(range(n, changes, CLIENTS))), range(CLIENTS)))
        services.proxies.inject(no_faults)
        for _ in range(2):
            services.run_tasks()
            services.sweep()
        services.run_tasks()
        return _counted(services, clients, plan.injected)


def _client(services: LocalServices, number: int, seed: int) -> Client:
    user = f"phone-{number}"
    person = services.person(user)
    person.me()
    return Client(person, user, random.Random(seed + number))


def _counted(services: LocalServices, clients: list[Client], faults: int) -> Counts:
    counts = Counts(faults=faults)
    seconds = sorted(value for client in clients for value in client.seconds)
    counts.p99_seconds = round(seconds[int(len(seconds) * 0.99)], 2)
    for client in clients:
        photos = services.stream(client.user)
        present = {photo["id"] for photo in photos}
        captions = Counter(photo["caption"] for photo in photos)
        counts.acknowledged_posts += len(client.kept) + len(client.deleted)
        counts.acknowledged_deletions += len(client.deleted)
        counts.repeated_requests += client.repeated
        counts.internal_errors += client.internal
        counts.never_acknowledged += client.unacknowledged
        counts.lost += len(set(client.kept) - present)
        counts.doubled += sum(times - 1 for times in captions.values())
        counts.undeleted += len(client.deleted & present)
        counts.stuck += len(services.outbox(client.user))
        counts.stuck += sum(photo["status"] != "ready" for photo in photos)
    return counts


def main() -> int:
    return run_campaign_command(__doc__, {"changes": 1_000}, run_campaign)


if __name__ == "__main__":
    sys.exit(main())
