"""Enforce the memory limit of each instance class."""

import asyncio
import time
from collections.abc import Iterable

from gaelocal.appengine.instances import Instance, RunningVersion
from gaelocal.appengine.instances.memory import memory_of, proportional_memory_of
from gaelocal.appengine.instances.process import Process
from gaelocal.appengine.logs import Entry, LogBuffer, Source
from gaelocal.supervision import Component, keep_running

CHECK_SECONDS = 1.0
HARD_LIMIT = 1.5
"""An instance that uses so many times its limit is killed, also during a request."""
MEGABYTE = 1024 * 1024
MESSAGE = (
    "Exceeded {kind} memory limit of {limit} MB with {used} MB after servicing {requests} requests total. "
    "Consider setting a larger instance class in app.yaml."
)
"""App Engine's message."""


class MemoryLimits:
    """Checks the instances that work or have worked since the last check.

    An instance above its limit is replaced after a request; the requests that it still has are finished.
    """

    def __init__(self, versions: Iterable[RunningVersion], logs: LogBuffer, component: Component) -> None:
        self._versions = versions
        self._logs = logs
        self._component = component
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(keep_running(self._component, self._watch))

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _watch(self) -> None:
        while True:
            for running in self._versions:
                for instance in running.instances:
                    has_answered = instance.is_started and instance.has_answered()
                    if has_answered or instance.is_working:
                        await self._check(running, instance, is_after_request=has_answered)
            self._component.recovered()
            await asyncio.sleep(CHECK_SECONDS)

    async def _check(self, running: RunningVersion, instance: Instance, *, is_after_request: bool) -> None:
        limit = running.service.scaling.memory_mb * MEGABYTE
        for process in instance.processes:
            used = await asyncio.to_thread(_memory_if_above, process.pid, limit)
            if used > limit * HARD_LIMIT:
                self._log(running, process, "hard", used)
                process.kill()
            elif used and is_after_request and process.pid == instance.pid and instance.state == "running":
                self._log(running, process, "soft", used)
                instance.retire()

    def _log(self, running: RunningVersion, process: Process, kind: str, used: int) -> None:
        service = running.service
        message = MESSAGE.format(
            kind=kind,
            limit=service.scaling.memory_mb,
            used=round(used / MEGABYTE),
            requests=process.answered,
        )
        source = Source(service.name, service.version, process.instance_id)
        self._logs.keep(Entry(time.time(), "CRITICAL", source, "platform", message))


def _memory_if_above(pid: int, limit: int) -> int:
    """Return the memory if it is above the limit, else 0; shared pages are considered only then."""
    return used if memory_of(pid) > limit and (used := proportional_memory_of(pid)) > limit else 0
