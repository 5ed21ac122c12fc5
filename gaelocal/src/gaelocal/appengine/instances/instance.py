"""One instance of a service: started, watched, and restarted after it exits."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from gaelocal.appengine.http import Response
from gaelocal.appengine.http.response_reader import BrokenOff, ResponseTooLarge
from gaelocal.appengine.instances.api_tickets import ApiTickets
from gaelocal.appengine.instances.command import command_line
from gaelocal.appengine.instances.connections import Connections
from gaelocal.appengine.instances.environment import SECRET
from gaelocal.appengine.instances.file_access import SWITCH_OFF, FileAccess
from gaelocal.appengine.instances.instance_request import (
    Broken,
    InstanceRequest,
    Killed,
    Notify,
    Unreachable,
)
from gaelocal.appengine.instances.listening_ports import other_port_of
from gaelocal.appengine.instances.process import EVERYWHERE, Process, launch
from gaelocal.appengine.instances.readiness import start_problem, stop_request
from gaelocal.appengine.instances.reaper import Reaper
from gaelocal.appengine.instances.start_failures import explain
from gaelocal.appengine.instances.start_output import StartOutput
from gaelocal.appengine.logs import Entry, LineReader, LogBuffer, Source
from gaelocal.appengine.project import Service
from gaelocal.appengine.project.services import DEFAULT_ENTRYPOINT
from gaelocal.ports import HOST, free_port
from gaelocal.supervision import Health, keep_running

LONGEST_PAUSE = 30.0
STEADY_AFTER = 1.0
READ_ONLY = ("Read-only file system", "unable to open database file", "attempt to write a readonly database")
"""Messages of the system and of SQLite."""
LAST_ANSWERS = 3.0
LAST_WORDS = 1.0
REQUEST_SECONDS = 30.0
"""App Engine gives running requests so much time when it shuts an instance down."""
TERM_SECONDS = 5.0
"""The least time between SIGTERM and SIGKILL."""
NOTICE_SECONDS = 1.0
LOOK_SECONDS = 1.5
THREADS = 16
"""Of the supplied gunicorn: ten requests, `/_ah/stop`, and some more in development."""
GUNICORN_CONFIG = "gunicorn.conf.py"
"""A file that gunicorn reads in its working folder; the arguments would take precedence over it."""
GIVEN_UP = 2
"""Failed starts after which requests no longer wait for an instance."""


class Hours(Protocol):
    """Is told when processes begin and end."""

    def begin(self, instance: str, service: Service) -> None: ...
    def end(self, instance: str) -> None: ...


@dataclass(frozen=True, slots=True)
class InstanceContext:
    """Settings and callbacks that all instances of a service share."""

    service: Service
    environment: Mapping[str, str]
    logs: LogBuffer
    reaper: Reaper
    changed: Notify
    health: Health
    tickets: ApiTickets
    access: FileAccess = EVERYWHERE
    hours: Hours | None = None


class Instance:
    """An instance: one process, replaced by a new one after it exits.

    `state` is `starting`, `running`, `waiting` (to be started again), `failed` (until the cause is
    removed), `stopping` or `stopped`; `failure` is the reason of the last start that failed, and
    `fails_to_import` tells whether it was an import. `is_held` means that the user has stopped it,
    `is_starting_long` that it works in `/_ah/start`. `in_flight` counts the requests under way; `idle_since`
    is when the last one ended (monotonic).
    """

    def __init__(self, index: int, context: InstanceContext) -> None:
        self.index = index
        self.state = "stopped"
        self.is_held = False
        self.is_starting_long = False
        self.in_flight = 0
        self.idle_since = time.monotonic()
        self.requests = 0
        self.id = ""
        self.host = HOST
        self.port = 0
        self.started = 0.0
        self.failures = 0
        self.failure = ""
        self.fails_to_import = False
        self._short_lives = 0
        self._last_output: frozenset[str] = frozenset()
        self._output = StartOutput(context.logs.keep)
        self._context = context
        self._component = context.health.component(self._name)
        self._secret = ""
        self._connections = self._connect(0)
        self._process: Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._orphans: dict[asyncio.Task[None], Process] = {}
        self._is_retired = asyncio.Event()
        self._checked_requests = -1
        self._has_hinted = False

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def processes(self) -> list[Process]:
        """Return its process and those that finish their last requests, without killed ones."""
        found = [self._process] if self._process else []
        return [process for process in (*found, *self._orphans.values()) if not process.was_killed]

    @property
    def is_started(self) -> bool:
        """Return whether nothing needs to wait for its start any longer."""
        return self.state == "running" or (self.state == "starting" and self.is_starting_long)

    @property
    def is_active(self) -> bool:
        """Return whether it has a process or is about to get one."""
        return self.state not in ("stopping", "stopped")

    @property
    def is_idle(self) -> bool:
        return self.is_active and not self.in_flight and not self.is_starting_long

    def has_answered(self) -> bool:
        """Return whether the process has answered a request since the last call; True at the first one."""
        answered = self._process.answered if self._process else 0
        is_new = answered != self._checked_requests
        self._checked_requests = answered
        return is_new

    @property
    def is_working(self) -> bool:
        return bool(self.in_flight or self.is_starting_long or self._orphans)

    def start(self) -> None:
        self.failures = self._short_lives = 0
        self.is_held = False
        self.idle_since = time.monotonic()
        self.state = "starting"
        self._component = self._context.health.component(self._name)
        self._watch = asyncio.create_task(keep_running(self._component, self._keep_alive))

    def close_to_requests(self) -> None:
        """Send no more requests to it."""
        if self.state != "stopped":
            self.state = "stopping"
            self._context.changed()

    async def stop(self, grace: float | None = None) -> None:
        """Announce the shutdown, let running requests finish, then send SIGTERM and SIGKILL.

        App Engine gives requests 30 seconds. With `grace`, they get that many, and so does the process after
        SIGTERM; 0 kills it at once.
        """
        self.close_to_requests()
        began = time.monotonic()
        if grace != 0:
            await self._finish_requests(grace)
        if self._watch:
            self._watch.cancel()
            await asyncio.wait([self._watch])
        self._context.health.forget(self._name)
        self.is_starting_long = False
        scaling = self._context.service.scaling
        left = scaling.shutdown_seconds - (time.monotonic() - began)
        await self._end(max(TERM_SECONDS, left) if grace is None else grace)
        self._change("stopped")

    def retire(self) -> None:
        """Let a new process take the place of this one, which finishes its requests first."""
        self._is_retired.set()

    async def exchange(self, instance_request: InstanceRequest) -> Response:
        """Send a request and return the response.

        Raises:
            Unreachable: nothing was sent.
            Broken: the request was sent, but the response is missing or incomplete.
            Killed: the same, because gaelocal has killed the process.
            ResponseTooLarge: the response is larger than App Engine allows.
        """
        process = self._process  # the next one may have taken its place when the connection breaks
        self.requests += 1
        self.in_flight += 1
        try:
            return await self._connections.exchange(instance_request)
        except BrokenOff as error:
            raise (Killed if process and process.was_killed else Broken)(str(error)) from error
        finally:
            self.in_flight -= 1
            if process:
                process.answered += 1
            self.idle_since = time.monotonic()

    async def _keep_alive(self) -> None:
        """Restart the process whenever it exits; without delay if it ran for long."""
        while True:
            seconds = await self._run_or_fail()
            if self.state in ("failed", "stopping"):
                await asyncio.Event().wait()  # until stop() cancels this
            self._short_lives = 0 if seconds > STEADY_AFTER else self._short_lives + 1
            self._change("waiting")
            pause = 0.5 * 2.0 ** (self._short_lives - 2) if self._short_lives > 1 else 0.0
            await asyncio.sleep(min(LONGEST_PAUSE, pause))

    async def _run_or_fail(self) -> float:
        try:
            return await self._run()
        except OSError as error:
            self.failures += 1
            self._log(f"the instance cannot be started: {error}")
            await self._end_process(0)
            return 0.0

    async def _run(self) -> float:
        """Run the process until it exits or is retired; return for how many seconds it worked."""
        process = await self._launch()
        launched_at = time.monotonic()
        problem = await self._start_problem(process)
        was_starting_long, self.is_starting_long = self.is_starting_long, False
        if self.state == "stopping":
            return 0.0
        if not problem:
            self.failures, self.failure = 0, ""
            self._output.release()
            ready_at = self.idle_since = time.monotonic()
            self._change("running")
            await self._over_or_retired(process)
            return time.monotonic() - ready_at
        if was_starting_long and process.exited.done():
            self._report_exit(process, " while it handled /_ah/start")
            self._drain(LAST_ANSWERS, 0)
            return time.monotonic() - launched_at
        await self._report_failed_start(process, problem)
        self.failures += 1
        await self._end_process(0)
        return 0.0

    async def _over_or_retired(self, process: Process) -> None:
        """Wait for the end of the process, and let its remaining requests finish beside the next one."""
        retired: asyncio.Future[bool] = asyncio.ensure_future(self._is_retired.wait())
        ends: list[asyncio.Future[Any]] = [retired, process.exited]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            retired.cancel()
        if self.state == "stopping":
            return
        if not process.exited.done():
            self._drain(REQUEST_SECONDS, self._context.service.scaling.shutdown_seconds)
            return
        self._report_exit(process)
        self._drain(LAST_ANSWERS, 0)

    def _report_exit(self, process: Process, when: str = "") -> None:
        if not process.was_killed:
            status = process.exited.result()
            self._log(f"the instance exited unexpectedly (status {status}){when} and is restarted")

    async def _report_failed_start(self, process: Process, problem: str) -> None:
        """Log one line for a known cause; else the output, unless it is that of the previous start."""
        if process.exited.done():
            await asyncio.wait([process.silent], timeout=LAST_WORDS)
        context = self._context
        is_read_only = bool(context.access.method)
        cause = await asyncio.to_thread(
            explain, self._output.text, context.service, context.environment, is_read_only=is_read_only
        )
        has_ended = self._output.is_restarting_workers or (
            process.exited.done() and process.exited.result() > 0
        )
        reason = self._output.reason_of_exit if has_ended else self._output.last_error
        details = ": ".join(filter(None, (problem, reason)))
        self.failure = cause.text if cause else f"the instance did not start: {details}"
        self.fails_to_import = not (cause and cause.is_own) and self._output.shows_failed_import
        is_crash = self._output.is_restarting_workers and bool(self._output.crash)
        if cause or is_crash:
            self._output.drop()
            self.failures = max(self.failures, GIVEN_UP)
            self._change("failed")
        elif self._output.fingerprint == self._last_output:
            self._output.drop()
        else:
            self._last_output = self._output.fingerprint
            self._output.release()
        self._log(self.failure, "ERROR")

    async def _start_problem(self, process: Process) -> str:
        """Wait until the instance is ready; return the reason if it does not become ready, else ""."""
        waiting = self._first_request(process)
        try:
            looks = 0
            while not waiting.done() and not self.is_starting_long:
                await asyncio.wait([waiting], timeout=LOOK_SECONDS)
                looks += 1
                if not waiting.done() and self._output.is_restarting_workers:
                    return "its workers exit while they load the app"
                # Where many sockets are open, their list takes long: it is read at the looks 1, 2, 4, 8 …
                is_due = not waiting.done() and not looks & (looks - 1)
                if is_due and (port := other_port_of(process.pid, self.port)):
                    waiting.cancel()
                    self._log(f"the entrypoint listens at port {port} instead of $PORT; requests go there")
                    self.port, self._connections = port, self._connect(port)
                    waiting = self._first_request(process)
                    return await waiting
            return await waiting
        finally:
            waiting.cancel()

    def _first_request(self, process: Process) -> asyncio.Future[str]:
        service, started_long = self._context.service, self._started_long
        return asyncio.ensure_future(start_problem(service, process, self._connections, started_long))

    def _started_long(self) -> None:
        self.is_starting_long = True
        self._output.release()
        self._component.recovered()
        self._context.changed()

    def _connect(self, port: int) -> Connections:
        return Connections(self._context.service, self._context.tickets, port, self.host, self._secret)

    async def _launch(self) -> Process:
        service = self._context.service
        self.id, self.port, self.started = secrets.token_hex(16), free_port(0, ""), time.time()
        self._secret = secrets.token_hex(16)
        self._connections = self._connect(self.port)
        own = {"PORT": str(self.port), "GAE_INSTANCE": self.id, SECRET: self._secret}
        own["GUNICORN_CMD_ARGS"] = f"--bind 127.0.0.1:{self.port} {self._gunicorn_arguments}".strip()
        runtime = self._context.reaper.folder_for(self.id)
        environment = {"XDG_RUNTIME_DIR": runtime, **self._context.environment, **own}
        self._output = StartOutput(self._context.logs.keep)
        self._is_retired = asyncio.Event()
        self._checked_requests, self._has_hinted = -1, False
        self._change("starting")
        readers = (self._reads("stdout"), self._reads("stderr"))
        words = command_line(service, environment)
        launching = launch(words, environment, service.folder, readers, self._context.access)
        self._process = process = await _even_if_cancelled(launching)
        process.instance_id = self.id
        self._context.reaper.note(self.id, process.pid)
        if self._context.hours:
            self._context.hours.begin(self.id, service)
        return process

    @property
    def _gunicorn_arguments(self) -> str:
        """Return arguments for gunicorn where gaelocal supplies the entrypoint.

        Its own deadline of 30 seconds must not end a backend. As on App Engine, it has threads: a request,
        or `/_ah/stop`, must not wait for the end of another one.
        """
        service = self._context.service
        given = self._context.environment.get("GUNICORN_CMD_ARGS", "")
        if service.entrypoint != DEFAULT_ENTRYPOINT:
            return given
        threads = "" if (service.folder / GUNICORN_CONFIG).is_file() else f"--threads {THREADS}"
        timeout = "--timeout 0" if service.scaling.must_start else ""
        return " ".join(filter(None, (threads, timeout, given)))

    async def _finish_requests(self, grace: float | None) -> None:
        if not self._process:
            return
        seconds = REQUEST_SECONDS if grace is None else grace
        if self.is_starting_long and grace is not None:
            seconds = min(grace, NOTICE_SECONDS)
        await self._finished(self._connections, seconds, is_announced=True)

    async def _finished(self, connections: Connections, seconds: float, *, is_announced: bool) -> None:
        """Wait until all requests are answered; announce the shutdown to a backend by `/_ah/stop`."""
        tasks: list[asyncio.Future[None]] = [asyncio.ensure_future(connections.all_answered())]
        if is_announced and self._context.service.scaling.must_start:
            tasks.append(asyncio.ensure_future(self._announce_stop(connections)))
        try:
            await asyncio.wait(tasks, timeout=seconds)
        finally:
            for task in tasks:
                task.cancel()

    async def _announce_stop(self, connections: Connections) -> None:
        with contextlib.suppress(Unreachable, BrokenOff, ResponseTooLarge, TimeoutError):
            await connections.exchange(stop_request(self._context.service))

    def _drain(self, seconds: float, grace: float) -> None:
        """Let the process finish its requests while the next one starts."""
        if self._process:
            orphan = asyncio.create_task(
                self._discard(self.id, self._process, self._connections, seconds, grace)
            )
            self._orphans[orphan] = self._process
            orphan.add_done_callback(self._orphans.pop)
        self._process = None

    async def _discard(
        self, instance: str, process: Process, connections: Connections, seconds: float, grace: float
    ) -> None:
        try:
            await self._finished(connections, seconds, is_announced=grace > 0)
            connections.close()
            await process.end(grace)
        except asyncio.CancelledError:
            await process.end(0)
            raise
        finally:
            self._forget(instance)

    async def _end(self, grace: float) -> None:
        self._connections.close_idle()
        if self._orphans:
            _, late = await asyncio.wait(self._orphans, timeout=grace)
            for orphan in late:
                orphan.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._end_process(grace)

    async def _end_process(self, grace: float) -> None:
        """End the current process; those that finish their last requests are not affected."""
        if self._process:
            await self._process.end(grace)
            self._process = None
            self._forget(self.id)
        self._connections.close()

    def _forget(self, instance: str) -> None:
        self._context.reaper.forget(instance)
        if self._context.hours:
            self._context.hours.end(instance)

    def _change(self, state: str) -> None:
        """Change the state; only `stopped` may follow `stopping`."""
        if self.state != "stopping" or state == "stopped":
            self.state = state
        if state == "running":
            self._component.recovered()
        self._context.changed()

    def _reads(self, log: str) -> LineReader:
        return LineReader(self._source(), log, self._take_output)

    def _take_output(self, entry: Entry) -> None:
        self._output.take(entry)
        if not self._context.access.method or self._has_hinted:
            return
        if any(message in entry.message for message in READ_ONLY):
            self._has_hinted = True
            self._log(f"instances can write only to {self._context.access.writable}; {SWITCH_OFF}")

    def _log(self, message: str, severity: str = "WARNING") -> None:
        self._context.logs.keep(Entry(time.time(), severity, self._source(), "platform", message))

    @property
    def _name(self) -> str:
        service = self._context.service
        return f"instance {self.index} of {service.name} {service.version}"

    def _source(self) -> Source:
        return Source(self._context.service.name, self._context.service.version, self.id)


async def _even_if_cancelled(launching: Coroutine[None, None, Process]) -> Process:
    """Finish launching even if cancelled: an unknown process would never be ended."""
    task = asyncio.ensure_future(launching)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with contextlib.suppress(OSError):  # it could not be launched
            await (await task).end(0)
        raise
