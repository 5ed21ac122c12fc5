"""One instance of a service: started, watched, and restarted after it exits."""

import asyncio
import secrets
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass

from gaelocal.appengine.http import Response
from gaelocal.appengine.http.response_reader import BrokenOff
from gaelocal.appengine.instances.api_tickets import ApiTickets
from gaelocal.appengine.instances.command import command_line
from gaelocal.appengine.instances.connections import Connections
from gaelocal.appengine.instances.instance_request import Broken, InstanceRequest, Notify
from gaelocal.appengine.instances.listening_ports import other_port_of
from gaelocal.appengine.instances.process import Process, launch
from gaelocal.appengine.instances.readiness import start_problem
from gaelocal.appengine.instances.reaper import Reaper
from gaelocal.appengine.instances.start_failures import explain
from gaelocal.appengine.instances.start_output import StartOutput
from gaelocal.appengine.logs import Entry, LineReader, LogBuffer, Source
from gaelocal.appengine.project import Service
from gaelocal.ports import HOST, free_port
from gaelocal.supervision import Health, keep_running

LONGEST_PAUSE = 30.0
STEADY_AFTER = 1.0
LAST_ANSWERS = 3.0
LAST_WORDS = 1.0
LOOK_SECONDS = 1.5
GIVEN_UP = 2
"""Failed starts after which requests no longer wait for an instance."""


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


class Instance:
    """An instance: one process, replaced by a new one after it exits.

    `state` is `starting`, `running`, `waiting` (to be started again), `failed` (until the cause is
    removed) or `stopped`; `failure` is the reason of the last start that failed.
    """

    def __init__(self, index: int, context: InstanceContext) -> None:
        self.index = index
        self.state = "stopped"
        self.requests = 0
        self.id = ""
        self.host = HOST
        self.port = 0
        self.started = 0.0
        self.failures = 0
        self.failure = ""
        self._short_lives = 0
        self._last_output: frozenset[str] = frozenset()
        self._output = StartOutput(context.logs.keep)
        self._context = context
        self._component = context.health.component(self._name)
        self._connections = self._connect(0)
        self._process: Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._orphans: set[asyncio.Task[None]] = set()

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def start(self) -> None:
        self.failures = self._short_lives = 0
        self._component = self._context.health.component(self._name)
        self._watch = asyncio.create_task(keep_running(self._component, self._keep_alive))

    async def stop(self, grace: float) -> None:
        if self._watch:
            self._watch.cancel()
            await asyncio.wait([self._watch])
        self._context.health.forget(self._name)
        self._change("stopped")
        await self._end(grace)

    async def exchange(self, instance_request: InstanceRequest) -> Response:
        """Send a request and return the response.

        Raises:
            Unreachable: nothing was sent.
            Broken: the request was sent, but the response is missing or incomplete.
            ResponseTooLarge: the response is larger than App Engine allows.
        """
        self.requests += 1
        try:
            return await self._connections.exchange(instance_request)
        except BrokenOff as error:
            raise Broken(str(error)) from error

    async def _keep_alive(self) -> None:
        """Restart the process whenever it exits; without delay if it ran for long."""
        while True:
            seconds = await self._run_or_fail()
            if self.state == "failed":
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
            await self._end(0)
            return 0.0

    async def _run(self) -> float:
        """Run the process until it exits; return for how many seconds it was ready."""
        process = await self._launch()
        if not (problem := await self._start_problem(process)):
            self.failures, self.failure = 0, ""
            self._output.release()
            ready_at = time.monotonic()
            self._change("running")
            status = await process.over()
            self._log(f"the instance exited unexpectedly (status {status}) and is restarted")
            self._drain()
            return time.monotonic() - ready_at
        await self._report_failed_start(process, problem)
        self.failures += 1
        await self._end(0)
        return 0.0

    async def _report_failed_start(self, process: Process, problem: str) -> None:
        """Log one line for a known cause; else the output, unless it is that of the previous start."""
        if process.exited.done():
            await asyncio.wait([process.silent], timeout=LAST_WORDS)
        cause = explain(self._output.text, self._context.service, self._context.environment)
        details = ": ".join(filter(None, (problem, self._output.last_error)))
        self.failure = cause or f"the instance did not start: {details}"
        if cause:
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
        waiting = asyncio.ensure_future(start_problem(self._context.service, process, self._connections))
        while not waiting.done():
            await asyncio.wait([waiting], timeout=LOOK_SECONDS)
            if not waiting.done() and self._output.is_restarting_workers:
                waiting.cancel()
                return "its workers exit while they load the app"
            if not waiting.done() and (port := other_port_of(process.pid, self.port)):
                waiting.cancel()
                self._log(f"the entrypoint listens at port {port} instead of $PORT; requests go there")
                self.port, self._connections = port, self._connect(port)
                return await start_problem(self._context.service, process, self._connections)
        return waiting.result()

    def _connect(self, port: int) -> Connections:
        return Connections(self._context.service, self._context.tickets, port, self.host)

    async def _launch(self) -> Process:
        service = self._context.service
        self.id, self.port, self.started = secrets.token_hex(16), free_port(0, ""), time.time()
        self._connections = self._connect(self.port)
        own = {"PORT": str(self.port), "GAE_INSTANCE": self.id}
        own["GUNICORN_CMD_ARGS"] = f"--bind 127.0.0.1:{self.port} {self._gunicorn_arguments}".strip()
        runtime = self._context.reaper.folder_for(self.id)
        environment = {"XDG_RUNTIME_DIR": runtime, **self._context.environment, **own}
        self._output = StartOutput(self._context.logs.keep)
        self._change("starting")
        readers = (self._reads("stdout"), self._reads("stderr"))
        launching = launch(command_line(service, environment), environment, service.folder, readers)
        self._process = process = await _even_if_cancelled(launching)
        self._context.reaper.note(self.id, process.pid)
        return process

    @property
    def _gunicorn_arguments(self) -> str:
        return self._context.environment.get("GUNICORN_CMD_ARGS", "")

    def _drain(self) -> None:
        """Let the workers of an ended leader finish their requests while the next process starts."""
        if self._process:
            orphan = asyncio.create_task(self._discard(self.id, self._process, self._connections))
            self._orphans.add(orphan)
            orphan.add_done_callback(self._orphans.discard)
        self._process = None

    async def _discard(self, instance: str, process: Process, connections: Connections) -> None:
        await connections.wait_until_answered(LAST_ANSWERS)
        connections.close()
        await process.end(0)
        self._context.reaper.forget(instance)

    async def _end(self, grace: float) -> None:
        self._connections.close_idle()
        await asyncio.gather(*self._orphans)
        if self._process:
            await self._process.end(grace)
            self._process = None
            self._context.reaper.forget(self.id)
        self._connections.close()

    def _change(self, state: str) -> None:
        self.state = state
        if state == "running":
            self._component.recovered()
        self._context.changed()

    def _reads(self, log: str) -> LineReader:
        return LineReader(self._source(), log, self._output.take)

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
        await (await task).end(0)
        raise
