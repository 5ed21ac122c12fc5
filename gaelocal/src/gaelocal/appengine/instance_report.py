"""The row of an instance in the console."""

import contextlib
from datetime import UTC, datetime

import psutil

from gaelocal.appengine.instances import Instance, RunningVersion


def describe(running: RunningVersion, instance: Instance) -> dict[str, object]:
    """Return the row; memory (bytes) and CPU time (seconds) include workers, `share` is the version's."""
    memory, cpu = _usage(instance.pid)
    service = running.service
    return {
        "service": service.name,
        "version": service.version,
        "share": running.share,
        "serving": not running.is_stopped,
        "instance": instance.id,
        "index": instance.index,
        "state": instance.state if running.is_up or running.is_stopped else "asleep",
        "pid": instance.pid,
        "memory": memory,
        "memory_limit": service.scaling.memory_mb * 1024 * 1024,
        "cpu": cpu,
        "requests": instance.requests,
        "url": f"http://{instance.host}:{instance.port}" if instance.port else None,
        "started": _moment(instance.started),
    }


def _moment(seconds: float) -> str | None:
    """Return the ISO 8601 time; None for 0."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z") if seconds else None


def _usage(pid: int) -> tuple[int, float]:
    memory, cpu = 0, 0.0
    with contextlib.suppress(psutil.Error):
        leader = psutil.Process(pid) if pid else None
        for process in [leader, *leader.children(recursive=True)] if leader else []:
            with process.oneshot():
                memory += process.memory_info().rss
                times = process.cpu_times()
                cpu += times.user + times.system
    return memory, round(cpu, 3)
