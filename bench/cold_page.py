"""CPU of the uncached first page of everyone's timeline ÷ CPU of the same query with the bare client."""

# mypy: disable-error-code="no-untyped-call"

import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.figures import report
from bench.operations import EVERYONE, metered_platform_on, settings_for
from timeline import first_page_cache

ROUNDS = 300
AIM = 1.25


def main() -> int:
    from tests.cloud import running_cloud

    logging.disable()
    with tempfile.TemporaryDirectory() as folder, running_cloud(Path(folder), "embedded", 1.0) as cloud:
        settings = settings_for(cloud)
        with metered_platform_on(cloud, settings):
            measure(*a_pair(settings))
    return 0


def measure(ask: Callable[[], None], query: Callable[[], None]) -> None:
    """Measure both alternately; CPU of this thread only, because the emulators run in this process too."""
    ratio = statistics.median(cpu_of(ask) / cpu_of(query) for _ in range(ROUNDS))
    report("CPU of an uncached page ÷ the query alone", ratio, at_most=AIM)


def cpu_of(work: Callable[[], None]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


def a_pair(settings: Any) -> tuple[Callable[[], None], Callable[[], None]]:
    from api_backend import create_app
    from tests.services.api_backend.actors import Actor
    from timeline.backends import connect
    from timeline.gcp import datastore

    backends = connect(settings)
    phone = Actor(create_app(backends).test_client(), None)
    client = datastore._client(settings)

    def ask() -> None:
        first_page_cache.invalidate(backends, "ana")
        assert phone.get(EVERYONE).status_code == 200

    def query() -> None:
        wanted = client.query(kind="Photo", order=["id"])
        wanted.keys_only()
        keys = [row.key for row in wanted.fetch(limit=21)]
        assert len(client.get_multi([keys[0].parent, *keys])) == 22

    for _ in range(20):
        ask()
        query()
    return ask, query


if __name__ == "__main__":
    sys.exit(main())
