"""What the console shows of queues and tasks."""

from datetime import UTC, datetime
from typing import Any

from gaelocal.tasks.attempts import describe
from gaelocal.tasks.lane import Lane
from gaelocal.tasks.queue_state import Origin
from gaelocal.tasks.queues import Queues
from gaelocal.tasks.store import Store
from gaelocal.tasks.stored_task import DeadTask, StoredTask

MOST_SHOWN = 200
NO_TASKS: dict[str, Any] = {"tasks": 0, "running": 0, "oldest": None}


def of_queues(queues: Queues, store: Store) -> list[dict[str, Any]]:
    counts = store.counts()
    dead = store.dead_counts()
    return [
        _queue(lane, counts.get(lane.queue.config.name, NO_TASKS), dead.get(lane.queue.config.name, 0))
        for lane in queues
    ]


def of_tasks(queues: Queues, store: Store, name: str) -> list[dict[str, Any]]:
    _check(queues, name)
    return [_task(task) for task in store.page(name, 0, MOST_SHOWN, with_body=False)]


def of_dead(queues: Queues, store: Store, name: str) -> list[dict[str, Any]]:
    _check(queues, name)
    return [_dead(task) for task in store.dead(name)]


def _check(queues: Queues, name: str) -> None:
    if name not in queues:
        known = ", ".join(lane.queue.config.name for lane in queues) or "none"
        raise LookupError(f"there is no queue `{name}`; the queues are: {known}")


def _queue(lane: Lane, counts: dict[str, Any], dead: int) -> dict[str, Any]:
    config = lane.queue.config
    return {
        "name": config.name,
        "state": lane.queue.state.name,
        "tasks": counts["tasks"],
        "running": counts["running"],
        "completed_last_minute": lane.completed_last_minute(),
        "oldest_eta": _moment(counts["oldest"]),
        "dead": dead,
        "rate": config.rate,
        "bucket_size": config.bucket_size,
        "max_concurrent": config.max_concurrent,
        "pace": lane.pace,
        "target": config.target.service or None,
        "from_file": lane.queue.origin is Origin.FILE,
        "max_attempts": config.retry.max_attempts,
    }


def _task(task: StoredTask) -> dict[str, Any]:
    return {
        "name": task.id,
        "state": "running" if task.running else "waiting",
        "eta": _moment(task.eta),
        "created": _moment(task.created),
        "attempts": task.dispatches,
        "last_status": task.last_status,
        **describe(task.request),
    }


def _dead(task: DeadTask) -> dict[str, Any]:
    return {
        "name": task.id,
        "state": "dead",
        "died": _moment(task.died),
        "attempts": task.dispatches,
        "last_status": task.last_status,
        "reason": task.reason,
        **describe(task.request),
    }


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
