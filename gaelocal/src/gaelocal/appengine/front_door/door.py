"""The front door: every request from outside passes here, is cleaned, routed, answered and logged."""

import asyncio
import socket
import time

from gaelocal.appengine.front_door.client import ClientConnection, http_date
from gaelocal.appengine.front_door.compression import compress
from gaelocal.appengine.front_door.headers import clean_answer, request_head
from gaelocal.appengine.front_door.lots import Lot, hand_out, lot_of
from gaelocal.appengine.front_door.refusals import refusal
from gaelocal.appengine.front_door.routing import Target, is_closed, target_of
from gaelocal.appengine.front_door.static_files import serve_file
from gaelocal.appengine.front_door.trace import Trace, trace_of
from gaelocal.appengine.instances import Broken, Errand, NoInstance, NoSuchInstance, RunningVersion
from gaelocal.appengine.logs import Entry, HttpRequest, LogBook, Source
from gaelocal.appengine.releases.fleet import Fleet, ServiceVersions
from gaelocal.appengine.wire import Answer, Request
from gaelocal.appengine.wire.answering import AnswerTooLarge
from gaelocal.appengine.wire.asking import Refused

IDLE_SECONDS = 75.0
SWEEP_SECONDS = 5.0
FILE_REFUSALS = {404: "there is no such file", 405: "a file can only be read"}


class FrontDoor:
    def __init__(self, fleet: Fleet, logs: LogBook) -> None:
        self.clients: set[ClientConnection] = set()
        self.host = ""
        self._fleet = fleet
        self._logs = logs
        self._server: asyncio.Server | None = None
        self._sweeping: asyncio.TimerHandle | None = None
        self._date = (0, b"")

    async def open(self, sock: socket.socket, host: str) -> None:
        self.host = host
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: ClientConnection(self), sock=sock, backlog=1024)
        self._sweep()

    async def close(self, grace: float) -> None:
        if self._sweeping:
            self._sweeping.cancel()
        if self._server:
            self._server.close()
        busy = [client.task for client in self.clients if client.task]
        if busy:
            await asyncio.wait(busy, timeout=grace)
        for client in list(self.clients):
            client.close()

    async def serve(self, request: Request) -> Answer:
        trace = trace_of(request)
        request.trace = trace.trace_id
        target = target_of(request.host, request.path, self._fleet)
        versions = self._fleet.get(target.service)
        if versions is None:
            answer = refusal(request, 404, f"there is no service `{target.service}`")
            return await self._sent_off(request, Source(target.service), answer)
        running, lot = _chosen(request, target, versions)
        if running is None or running.is_stopped:
            return await self._sent_off(request, Source(target.service), _unserved(request, target, running))
        answer = await self._answer(request, target, running, trace)
        if lot:
            hand_out(lot, answer)
        return await self._sent_off(request, Source(target.service, running.service.version), answer)

    def refuse(self, refused: Refused) -> Answer:
        request = refused.request
        request.trace = trace_of(request).trace_id
        answer = refusal(request, refused.status, refused.detail)
        return self._finished(request, Source("front-door"), answer)

    async def _answer(
        self, request: Request, target: Target, running: RunningVersion, trace: Trace
    ) -> Answer:
        if is_closed(request.path):
            return refusal(request, 404, "only the platform itself may ask for this")
        handler = running.service.handler_for(request.path)
        if handler is None and running.service.handlers:
            return refusal(request, 404, f"no handler in {target.service}'s app.yaml has this path")
        if handler is None or not handler.is_static:
            return await self._forward(request, target, running, trace)
        served = serve_file(request, handler)
        if isinstance(served, Answer):
            return served
        return refusal(request, served, FILE_REFUSALS[served], allow=b"GET, HEAD")

    async def _forward(
        self, request: Request, target: Target, running: RunningVersion, trace: Trace
    ) -> Answer:
        errand = Errand(
            head=request_head(request, trace, self.host),
            body=request.body,
            is_safe=request.is_safe,
            is_head=request.method == "HEAD",
            instance=target.instance,
            seconds=running.service.scaling.deadline,
        )
        name, version = target.service, running.service.version
        try:
            return await running.exchange(errand)
        except NoSuchInstance:
            return refusal(request, 404, f"{running.name} has no instance `{target.instance}`")
        except NoInstance:
            return refusal(
                request, 503, f"the service {name} does not start", self._logs.last_lines(name, version)
            )
        except Broken:
            return refusal(request, 502, f"{name} broke off its answer", self._logs.last_lines(name, version))
        except AnswerTooLarge as error:
            return _too_large(request, name, error.what)
        except TimeoutError:
            return refusal(request, 504, f"{name} took longer than {errand.seconds:.0f} seconds")

    async def _sent_off(self, request: Request, source: Source, answer: Answer) -> Answer:
        await compress(request, answer)
        return self._finished(request, source, answer)

    def _finished(self, request: Request, source: Source, answer: Answer) -> Answer:
        clean_answer(request, answer, self._now())
        self._log(request, source, answer)
        return answer

    def _log(self, request: Request, source: Source, answer: Answer) -> None:
        agent = request.field(b"user-agent").decode("latin-1")
        latency = time.perf_counter() - request.started
        done = HttpRequest(
            *(request.method, request.target, answer.status, latency, answer.body.size, request.peer, agent)
        )
        self._logs.keep(
            Entry(time.time(), done.severity, source, "request", trace=request.trace, request=done)
        )

    def _now(self) -> bytes:
        second = int(time.time())
        if self._date[0] != second:
            self._date = (second, http_date(second))
        return self._date[1]

    def _sweep(self) -> None:
        """Close what has been silent for long, so that forgotten connections do not pile up."""
        loop = asyncio.get_running_loop()
        for client in list(self.clients):
            if not client.task and loop.time() - client.heard_at > IDLE_SECONDS:
                client.close()
        self._sweeping = loop.call_later(SWEEP_SECONDS, self._sweep)


def _chosen(
    request: Request, target: Target, versions: ServiceVersions
) -> tuple[RunningVersion | None, Lot | None]:
    """Give the version its address names, else the one it draws."""
    if target.version is not None:
        return versions.get(target.version), None
    if not versions.is_split:
        return versions.drawn(0), None
    lot = lot_of(request, versions.split.shard_by)
    return versions.drawn(lot.shard), lot


def _unserved(request: Request, target: Target, running: RunningVersion | None) -> Answer:
    if running is None and target.version is not None:
        return refusal(request, 404, f"the service {target.service} has no version `{target.version}`")
    return refusal(request, 503, f"no version of {target.service} that may answer this is serving")


def _too_large(request: Request, service: str, what: str) -> Answer:
    if what == "headers":
        return refusal(request, 502, f"the headers of {service}'s answer are larger than 8 KB")
    return refusal(request, 500, f"the answer of {service} is larger than 32 MB")
