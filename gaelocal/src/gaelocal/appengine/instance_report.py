"""The row of an instance in the console."""

import contextlib
import time
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
        "state": _state(running, instance),
        "pid": instance.pid,
        "memory": memory,
        "memory_limit": service.scaling.memory_mb * 1024 * 1024,
        "cpu": cpu,
        "requests": instance.requests,
        "resident": service.scaling.kind == "manual",
        "url": f"http://{instance.host}:{instance.port}" if instance.port else None,
        "started": _moment(instance.started),
        "uptime": _uptime(instance),
    }


def _moment(seconds: float) -> str | None:
    """Return the ISO 8601 time; None for 0."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z") if seconds else None


def _state(running: RunningVersion, instance: Instance) -> str:
    is_asleep = instance.state == "stopped" and not (running.is_up or running.is_stopped)
    return "asleep" if is_asleep else instance.state


def _uptime(instance: Instance) -> float:
    """Return for how many seconds the current process has existed; 0 if there is none."""
    return round(time.time() - instance.started, 1) if instance.pid else 0.0


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
