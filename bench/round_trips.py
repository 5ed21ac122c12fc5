"""Sequential remote round trips of a request: how much longer it takes if each takes 60 instead of 20 ms.

Both delays are real ones: a timer of the proxy fires up to a millisecond late, and calls beside each other
wait for the processor only if nothing is delayed. The difference between the two has neither error. Of all
runs with a delay the fastest one counts, because other programs make runs slower and never faster.
"""

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.delaying_proxy import DelayingProxy, delaying_proxy
from bench.figures import report
from bench.operations import OPERATIONS, MeteredPlatform, metered_platform_on, settings_for

DELAYS = (0.020, 0.060)
ROUNDS = 7
TARGETS = {
    "POST /api/v1/photos": 5,
    "POST /api/v1/photos, Idempotency-Key": 6,
    "PATCH /api/v1/photos/{id}": 4,
    "DELETE /api/v1/photos/{id}": 4,
    "GET /api/v1/photos, not cached": 3,
    "GET /api/v1/users/{user}/photos, not cached": 2,
    "POST /tasks/renditions/": 6,
}
TOLERANCE = 0.1
"""Half of what a single call of ten requests would add."""
SERVERS = ("datastore", "storage", "tasks", "memcache")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--all", action="store_true", help="measure every operation")
    given = parser.parse_args()
    logging.disable()
    with delayed_platform() as (platform, proxies):
        measure(platform, proxies, given.rounds, is_all=given.all)
    return 0


def measure(
    platform: MeteredPlatform, proxies: Sequence[DelayingProxy], rounds: int, *, is_all: bool
) -> None:
    for operation in OPERATIONS:
        target = TARGETS.get(operation.name)
        if target is None and not is_all:
            continue
        trips = round_trips(platform, proxies, operation, rounds)
        report(f"round trips of {operation.name}", trips, at_most=target, tolerance=TOLERANCE)


def round_trips(
    platform: MeteredPlatform, proxies: Sequence[DelayingProxy], operation: Any, rounds: int
) -> float:
    """Measure with both delays alternately, so that varying load affects both."""
    times: dict[float, list[float]] = {delay: [] for delay in DELAYS}
    for _ in range(rounds + 1):
        for delay, seconds in times.items():
            prepared = operation.prepare(platform)
            set_delay(proxies, delay)
            began = time.perf_counter()
            answer = operation.run(platform, prepared)
            seconds.append(time.perf_counter() - began)
            set_delay(proxies, 0.0)
            assert answer.status_code < 400, answer.get_data()
    short, long = (min(seconds[1:]) for seconds in times.values())
    return (long - short) / (DELAYS[1] - DELAYS[0])


def set_delay(proxies: Sequence[DelayingProxy], seconds: float) -> None:
    for proxy in proxies:
        proxy.seconds = seconds


@contextmanager
def delayed_platform() -> Iterator[tuple[MeteredPlatform, Sequence[DelayingProxy]]]:
    """Yield the services with limits, connected to the emulators through proxies."""
    from tests.cloud import running_cloud

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cloud = stack.enter_context(running_cloud(folder, "embedded", 1.0))
        direct = cloud.addresses
        proxies = {
            name: stack.enter_context(delaying_proxy(direct[name].removeprefix("http://")))
            for name in SERVERS
        }
        settings = replace(
            settings_for(cloud),
            datastore_emulator_host=proxies["datastore"].address,
            storage_emulator_host=f"http://{proxies['storage'].address}",
            cloud_tasks_emulator_host=proxies["tasks"].address,
            memcache_host=proxies["memcache"].address,
            rate_limit_scale=1_000,
        )
        platform = stack.enter_context(metered_platform_on(cloud, settings))
        yield platform, list(proxies.values())


if __name__ == "__main__":
    sys.exit(main())
