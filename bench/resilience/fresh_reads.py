"""Read your own writes while the cache drops connections, answers late, and loses all values.

`make fresh-reads-campaign` makes 50,000 checks on a maximally stale Datastore (`--consistency 0.0`). After
every acknowledged post, edit and deletion, the next read of the user's stream must show it. With
`--instances 2`, the reads go to another instance than the writes, with connections of its own.
"""

import itertools
import random
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.resilience.command_line import run_campaign_command
from bench.resilience.services import LocalServices, local_services, unique_image

CLIENTS = 6
MOST_PHOTOS = 12
"""With more photos, one is deleted, so that the first page shows all."""
FAULT_SHARE = 0.02
DELAY_SECONDS = 0.03
FLUSH_SECONDS = 0.5


@dataclass
class Counts:
    checks: int = 0
    cache_faults: int = 0
    cache_flushes: int = 0
    failed_calls: int = 0
    stale: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.stale or self.failed_calls)


@dataclass
class Client:
    """A user whose photos are known: the caption of each, newest first."""

    writer: Any
    reader: Any
    user: str
    chance: random.Random
    photos: dict[str, str] = field(default_factory=dict)
    stale: int = 0
    failed: int = 0

    def check(self, times: int) -> None:
        for number in range(times):
            self._change(number)
            answer = self.reader.stream_of(self.user, limit=50)
            if answer.status_code != 200:
                self.failed += 1
                continue
            seen = {photo["id"]: photo["caption"] for photo in answer.get_json()["results"]}
            self.stale += seen != self.photos

    def _change(self, number: int) -> None:
        some = self.chance.choice(list(self.photos)) if self.photos else ""
        if len(self.photos) > MOST_PHOTOS or (some and self.chance.random() < 1 / 4):
            answer = self.writer.delete_photo(some)
            done = self.photos.pop(some, None) if answer.status_code < 300 else None
        elif some and self.chance.random() < 1 / 3:
            answer, done = self.writer.patch_photo(some, f"edit {number}"), f"edit {number}"
            self.photos[some] = done if answer.status_code < 300 else self.photos[some]
        else:
            answer, done = self.writer.post_photo(unique_image(number), f"new {number}"), f"new {number}"
            if answer.status_code < 300:
                self.photos[answer.get_json()["id"]] = done
        self.failed += answer.status_code >= 300


def run_campaign(folder: Path, checks: int, instances: int, seed: int) -> Counts:
    from tests.faults.faults import Fault, Kind, RandomFaults

    faults = [Fault(Kind.DROP), Fault(Kind.DELAY, seconds=DELAY_SECONDS), Fault(Kind.ERROR)]
    plan = RandomFaults(seed, FAULT_SHARE, faults)
    with ExitStack() as stack:
        services = stack.enter_context(local_services(folder, consistency=0.0))
        others = [stack.enter_context(services.another_instance()) for _ in range(instances - 1)]
        for proxies in (services.proxies, *(each.proxies for each in others)):
            proxies.memcache.plan = plan
        flushes = stack.enter_context(_flushing(services))
        clients = [_client(services, (others or [services])[0], number, seed) for number in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda client: client.check(-(-checks // CLIENTS)), clients))
        return Counts(
            checks=CLIENTS * -(-checks // CLIENTS),
            cache_faults=plan.injected,
            cache_flushes=next(flushes),
            failed_calls=sum(client.failed for client in clients),
            stale=sum(client.stale for client in clients),
        )


def _client(writes: LocalServices, reads: LocalServices, number: int, seed: int) -> Client:
    user = f"phone-{number}"
    writer = writes.person(user)
    writer.me()
    return Client(writer, reads.again(writer), user, random.Random(seed + number))


@contextmanager
def _flushing(services: LocalServices) -> Iterator[Iterator[int]]:
    """Empty the cache regularly, as a restart of memcached does; the counter is the number of times."""
    count, finished = itertools.count(), threading.Event()

    def flush() -> None:
        while not finished.wait(FLUSH_SECONDS):
            services.cloud.run(services.cloud.emulators.memcache.reset())
            next(count)

    thread = threading.Thread(target=flush)
    thread.start()
    try:
        yield count
    finally:
        finished.set()
        thread.join()


def main() -> int:
    return run_campaign_command(__doc__, {"checks": 50_000, "instances": 1}, run_campaign)


if __name__ == "__main__":
    sys.exit(main())
