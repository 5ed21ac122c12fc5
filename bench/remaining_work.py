"""Wait until a platform has done all its work, and describe what remains if it has not."""

import json
import time
from collections.abc import Iterator
from typing import Any

import requests

from bench.campaigns import backends_of
from tests.journeys.platform import Platform
from timeline import outbox
from timeline.interfaces import Backends, Entity, Scan

LOOK_SECONDS = 0.5
SWEEP_SECONDS = 10.0
SWEEP = "/api/cron/run?url=/tasks/sweep"
MOST_ROWS = 1_000
MOST_DESCRIBED = 10
"""Of each queue and of the outbox: enough to recognize the cause."""
LOG_LINES = 20
ERROR_WORDS = ("ERROR", "CRITICAL", "Traceback", "WARNING")


class WorkRemains(AssertionError):
    """The time is over, and tasks or outbox entries are left; the text describes them."""


def wait_until_idle(platform: Platform, within: float) -> None:
    """Wait until the queues and the outbox are empty. Raises WorkRemains after `within` seconds.

    A task that was not created waits in the outbox for three minutes, and then for the sweep. Its cron job
    is run here more often than every five minutes, so that a campaign takes no longer than necessary.
    """
    deadline, sweep_at = time.monotonic() + within, 0.0
    with backends_of(platform) as backends:
        while has_task(platform) or outbox_entries(backends):
            if time.monotonic() > deadline:
                raise WorkRemains(
                    "\n".join([f"not idle within {within:g} s:", *describe(platform, backends)])
                )
            if time.monotonic() > sweep_at:
                sweep(platform)
                sweep_at = time.monotonic() + SWEEP_SECONDS
            time.sleep(LOOK_SECONDS)


def sweep(platform: Platform) -> None:
    """Run the cron job; one that fails while processes are killed is repeated later."""
    try:
        platform.ask_console(SWEEP, "POST")
    except requests.RequestException:
        return


def has_task(platform: Platform) -> bool:
    return any(queue["tasks"] for queue in platform.ask_console("/api/queues"))


def outbox_entries(backends: Backends) -> list[Entity]:
    return list(backends.entities.scan(Scan(kind=outbox.KIND, by="due", limit=MOST_ROWS)))


def log_of(platform: Platform) -> str:
    """Return all that the platform has printed in all its runs."""
    return (platform.folder / "output.log").read_text(errors="replace")


def describe(platform: Platform, backends: Backends) -> Iterator[str]:
    """Describe the queues with their first tasks, the outbox, the instances, and the last errors."""
    for queue in platform.ask_console("/api/queues"):
        if queue["tasks"]:
            yield from _describe_queue(platform, queue)
    entries = outbox_entries(backends)
    yield f"outbox entries: {len(entries)}"
    yield from (f"  {'/'.join(map(str, row.key))}: {without_body(row)}" for row in entries[:MOST_DESCRIBED])
    yield from (f"instance: {json.dumps(instance)}" for instance in platform.ask_console("/api/services"))
    errors = [line for line in log_of(platform).splitlines() if any(word in line for word in ERROR_WORDS)]
    yield from (f"log: {line}" for line in errors[-LOG_LINES:])


def _describe_queue(platform: Platform, queue: dict[str, Any]) -> Iterator[str]:
    shown = ("state", "tasks", "running", "dead", "pace", "completed_last_minute", "oldest_eta")
    yield f"queue {queue['name']}: " + ", ".join(f"{name} {queue[name]}" for name in shown)
    tasks = platform.ask_console(f"/api/queues/{queue['name']}/tasks")
    yield from (f"  task {json.dumps(task)}" for task in tasks[:MOST_DESCRIBED])


def without_body(row: Entity) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.values.items() if name not in ("body", "trace"))
