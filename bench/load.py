"""Load of phones: requests per second with a p95 of at most 100 ms, memory growth and the first bottleneck.

Of the requests, 90 % are first pages with their ETag, 8 % further pages, and 2 % posts. The number of
phones is doubled until the p95 exceeds the limit; the best step is then held. `make load` holds it for 30
seconds, and `ARGS="--seconds 3600"` for an hour. With `--rate 20`, four phones make 20 requests a second
together instead: enough to measure the growth of memory beside other work.
"""

import random
import statistics
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests

from bench.figures import report
from bench.memory import Growth, MemoryRecorder, growth_by_process, growth_of_all
from bench.resilience.command_line import run_campaign_command
from bench.resilience.services import unique_image
from tests.journeys.platform import Person, Platform

LIMIT_MS = 100.0
PHONES = (1, 2, 4, 8, 16, 32)
STEP_SECONDS = 4.0
FIRST_PAGES, SCROLLING = 0.90, 0.98
PHOTOS = 60
MOST_GROWTH = 5.0
"""Per cent in an hour, after the warm-up."""
LONG_SECONDS = 600.0
RATED_PHONES = 4
WARM_UP_PART, MOST_WARM_UP = 1 / 6, 600.0
"""The load is held for this part of the time, at most ten minutes, before memory is measured."""
TOKEN_SECONDS = 1_800.0
"""Half of the time for which a token is valid."""


@dataclass
class Figures:
    requests_per_second: float = 0.0
    phones: int = 0
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    failed_requests: int = 0
    memory_mb: float = 0.0
    memory_growth_percent: float = 0.0
    held_seconds: float = 0.0
    first_bottleneck: str = ""

    @property
    def is_clean(self) -> bool:
        """Growth is judged only over a long time: caches fill during the first minutes."""
        is_long = self.held_seconds >= LONG_SECONDS
        return not self.failed_requests and (not is_long or self.memory_growth_percent <= MOST_GROWTH)


@dataclass
class Phone:
    """Keeps the ETag and the next cursor of the timeline, as an app does."""

    person: Person
    chance: random.Random
    rate: float = 0.0
    """Requests per second; 0 is as many as possible."""
    milliseconds: list[float] = field(default_factory=list)
    failed: int = 0
    etag: str = ""
    cursor: str = ""

    def run(self, until: float) -> None:
        next_request, renew = time.monotonic(), 0.0
        with requests.Session() as session:
            while time.monotonic() < until:
                if time.monotonic() >= renew:
                    token = self.person.platform.as_(self.person.user).token
                    session.headers["Authorization"] = f"Bearer {token}"
                    renew = time.monotonic() + TOKEN_SECONDS
                begun = time.perf_counter()
                answer = self._request(session)
                self.milliseconds.append((time.perf_counter() - begun) * 1000)
                self.failed += not answer.ok
                if self.rate:
                    next_request += self.chance.expovariate(self.rate)
                    time.sleep(max(0.0, next_request - time.monotonic()))

    def _request(self, session: requests.Session) -> requests.Response:
        api = f"{self.person.platform.app}/api/v1/photos"
        step = self.chance.random()
        if step < FIRST_PAGES:
            answer = session.get(api, headers={"If-None-Match": self.etag} if self.etag else {}, timeout=30)
            self.etag = answer.headers.get("ETag", self.etag)
            self.cursor = (answer.json()["next_cursor"] or "") if answer.content else self.cursor
            return answer
        if step < SCROLLING and self.cursor:
            answer = session.get(api, params={"cursor": self.cursor}, timeout=30)
            self.cursor = (answer.json()["next_cursor"] or "") if answer.ok else ""
            return answer
        files = {"image": ("photo.jpg", unique_image(self.chance.randrange(2**60)), "image/jpeg")}
        return session.post(api, files=files, timeout=30)


def run_load(folder: Path, seconds: float, rate: float, seed: int) -> Figures:
    platform = Platform(folder, words=("--env", "RATE_LIMIT_SCALE=0"))
    try:
        platform.start()
        people = [platform.as_(f"phone-{number}") for number in range(PHONES[-1])]
        for number in range(PHOTOS):
            people[number % len(people)].post_photo(unique_image(number)).raise_for_status()
        chance = random.Random(seed)
        phones = RATED_PHONES if rate else _best_step(people, chance).phones
        _step(people[:phones], chance, min(MOST_WARM_UP, seconds * WARM_UP_PART), rate)
        processes = _cpu_seconds(platform)
        with MemoryRecorder(platform) as recorder:
            held = _step(people[:phones], chance, seconds, rate)
        growth = growth_of_all(recorder.samples)
        held.memory_mb = round(growth.after, 1)
        held.memory_growth_percent = round(growth.percent, 1)
        held.held_seconds = seconds
        held.first_bottleneck = _busiest(platform, processes, seconds)
        _report(held, growth_by_process(recorder.samples))
        return held
    finally:
        platform.stop()


def _report(held: Figures, growths: dict[str, Growth]) -> None:
    for name, growth in growths.items():
        print(f"{name:24} {growth.before:7.1f} MiB  {growth.after:7.1f} MiB  {growth.percent:+6.1f} %")
    report(f"requests per second with a p95 of {LIMIT_MS:.0f} ms", held.requests_per_second)
    report("p95 in ms while they are held", held.p95_ms)
    report("failed requests", held.failed_requests, at_most=0)
    is_long = held.held_seconds >= LONG_SECONDS
    report("growth of memory in %", held.memory_growth_percent, at_most=MOST_GROWTH if is_long else None)


def _best_step(people: list[Person], chance: random.Random) -> Figures:
    _step(people[:2], chance, STEP_SECONDS)
    best = Figures(phones=1)
    for phones in PHONES:
        figures = _step(people[:phones], chance, STEP_SECONDS)
        print(
            f"{phones:3} phones  {figures.requests_per_second:7.1f}/s  p95 {figures.p95_ms:6.1f} ms",
            flush=True,
        )
        if figures.p95_ms > LIMIT_MS:
            break
        if figures.requests_per_second > best.requests_per_second:
            best = figures
    return best


def _step(people: list[Person], chance: random.Random, seconds: float, rate: float = 0.0) -> Figures:
    phones = [Phone(person, random.Random(chance.randrange(2**32)), rate / len(people)) for person in people]
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=phone.run, args=(until,)) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = sorted(value for phone in phones for value in phone.milliseconds)
    cuts = statistics.quantiles(times, n=20)
    return Figures(
        requests_per_second=round(len(times) / seconds, 1),
        phones=len(phones),
        p50_ms=round(cuts[9], 1),
        p95_ms=round(cuts[-1], 1),
        failed_requests=sum(phone.failed for phone in phones),
    )


def _cpu_seconds(platform: Platform) -> dict[int, float]:
    return {pid: sum(psutil.Process(pid).cpu_times()[:2]) for pid in platform.pids()}


def _busiest(platform: Platform, before: dict[int, float], seconds: float) -> str:
    """Name the process that used most CPU, by the service whose instance it is."""
    used = {pid: value - before.get(pid, 0.0) for pid, value in _cpu_seconds(platform).items()}
    pid = max(used, key=lambda each: used[each])
    share = f"{used[pid] / seconds * 100:.0f} % of a core"
    if pid == platform.process.pid:
        return f"front door and emulators ({share})"
    service = psutil.Process(pid).environ().get("GAE_SERVICE", "a process")
    return f"an instance of {service} ({share})"


def main() -> int:
    return run_campaign_command(__doc__, {"seconds": 30.0, "rate": 0.0}, run_load)


if __name__ == "__main__":
    sys.exit(main())
