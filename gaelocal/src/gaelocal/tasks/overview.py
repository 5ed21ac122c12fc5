"""Queues and tasks as the console shows them."""

from datetime import UTC, datetime
from typing import Any

from gaelocal.tasks.attempts import describe
from gaelocal.tasks.queue_dispatcher import QueueDispatcher
from gaelocal.tasks.queues import Queues
from gaelocal.tasks.state.attempt_log import Attempt
from gaelocal.tasks.state.queue_state import Origin
from gaelocal.tasks.state.store import Store
from gaelocal.tasks.state.stored_task import DeadTask, StoredTask

MOST_SHOWN = 200
NO_TASKS: dict[str, Any] = {"tasks": 0, "running": 0, "oldest": None}


def of_queues(queues: Queues, store: Store) -> list[dict[str, Any]]:
    counts = store.counts()
    dead = store.dead_counts()
    names = ((dispatcher, dispatcher.queue.config.name) for dispatcher in queues)
    return [_queue(each, counts.get(name, NO_TASKS), dead.get(name, 0)) for each, name in names]


def of_tasks(queues: Queues, store: Store, name: str) -> list[dict[str, Any]]:
    check_queue(queues, name)
    return [task_row(task) for task in store.page(name, 0, MOST_SHOWN, with_body=False)]


def of_dead(queues: Queues, store: Store, name: str) -> list[dict[str, Any]]:
    check_queue(queues, name)
    return [dead_row(task) for task in store.dead(name)]


def check_queue(queues: Queues, name: str) -> None:
    if name not in queues:
        known = ", ".join(dispatcher.queue.config.name for dispatcher in queues) or "none"
        raise LookupError(f"there is no queue `{name}`; the queues are: {known}")


def _queue(dispatcher: QueueDispatcher, counts: dict[str, Any], dead: int) -> dict[str, Any]:
    config = dispatcher.queue.config
    return {
        "name": config.name,
        "state": dispatcher.queue.state.name,
        "tasks": counts["tasks"],
        "running": counts["running"],
        "completed_last_minute": dispatcher.completed_last_minute(),
        "oldest_eta": _moment(counts["oldest"]),
        "dead": dead,
        "rate": config.rate,
        "bucket_size": config.bucket_size,
        "max_concurrent": config.max_concurrent,
        "pace": dispatcher.pace,
        "target": config.target.service or None,
        "from_file": dispatcher.queue.origin is Origin.FILE,
        "max_attempts": config.retry.max_attempts,
    }


def task_row(task: StoredTask) -> dict[str, Any]:
    return {
        "name": task.id,
        "state": "running" if task.running else "waiting",
        "eta": _moment(task.eta),
        "created": _moment(task.created),
        "attempts": task.dispatches,
        "last_status": task.last_status,
        **describe(task.request),
    }


def dead_row(task: DeadTask) -> dict[str, Any]:
    return {
        "name": task.id,
        "seq": task.seq,
        "state": "dead",
        "created": _moment(task.created),
        "died": _moment(task.died),
        "attempts": task.dispatches,
        "last_status": task.last_status,
        "reason": task.reason,
        **describe(task.request),
    }


def attempt_row(attempt: Attempt) -> dict[str, Any]:
    return {
        "started": _moment(attempt.started),
        "seconds": round(attempt.ended - attempt.started, 3),
        "status": attempt.status or "no answer",
    }


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
