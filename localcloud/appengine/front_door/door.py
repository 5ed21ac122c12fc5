"""The front door: every request from outside passes here, is cleaned, routed, answered and logged."""

import asyncio
import socket
import time
from collections.abc import Mapping

from localcloud.appengine.front_door.client import ClientConnection, http_date
from localcloud.appengine.front_door.compression import compress
from localcloud.appengine.front_door.headers import clean_answer, request_head
from localcloud.appengine.front_door.refusals import refusal
from localcloud.appengine.front_door.routing import Target, is_closed, target_of
from localcloud.appengine.front_door.static_files import serve_file
from localcloud.appengine.front_door.trace import Trace, trace_of
from localcloud.appengine.instances import Broken, Errand, NoInstance, RunningService
from localcloud.appengine.logs import Entry, HttpRequest, LogBook, Source
from localcloud.appengine.project import Dispatch
from localcloud.appengine.wire import Answer, Request
from localcloud.appengine.wire.answering import AnswerTooLarge
from localcloud.appengine.wire.asking import Refused

IDLE_SECONDS = 75.0
SWEEP_SECONDS = 5.0
FILE_REFUSALS = {404: "there is no such file", 405: "a file can only be read"}


class FrontDoor:
    def __init__(self, services: Mapping[str, RunningService], dispatch: Dispatch, logs: LogBook) -> None:
        self.clients: set[ClientConnection] = set()
        self.host = ""
        self._services = services
        self._names = frozenset(services)
        self._dispatch = dispatch
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
        target = target_of(request.host, request.path, self._dispatch, self._names)
        answer = await self._answer(request, target, trace)
        await compress(request, answer)
        return self._sent_off(request, target.service, answer)

    def refuse(self, refused: Refused) -> Answer:
        request = refused.request
        request.trace = trace_of(request).trace_id
        return self._sent_off(request, "front-door", refusal(request, refused.status, refused.detail))

    async def _answer(self, request: Request, target: Target, trace: Trace) -> Answer:
        running = self._services.get(target.service)
        if running is None:
            return refusal(request, 404, f"there is no service `{target.service}`")
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
        self, request: Request, target: Target, running: RunningService, trace: Trace
    ) -> Answer:
        errand = Errand(
            head=request_head(request, trace, self.host),
            body=request.body,
            is_safe=request.is_safe,
            is_head=request.method == "HEAD",
            instance=target.instance,
            seconds=running.service.scaling.deadline,
        )
        name = target.service
        try:
            return await running.exchange(errand)
        except NoInstance:
            return refusal(request, 503, f"the service {name} does not start", self._logs.last_lines(name))
        except Broken:
            return refusal(request, 502, f"{name} broke off its answer", self._logs.last_lines(name))
        except AnswerTooLarge as error:
            return _too_large(request, name, error.what)
        except TimeoutError:
            return refusal(request, 504, f"{name} took longer than {errand.seconds:.0f} seconds")

    def _sent_off(self, request: Request, service: str, answer: Answer) -> Answer:
        clean_answer(request, answer, self._now())
        self._log(request, service, answer)
        return answer

    def _log(self, request: Request, service: str, answer: Answer) -> None:
        agent = request.field(b"user-agent").decode("latin-1")
        latency = time.perf_counter() - request.started
        done = HttpRequest(
            *(request.method, request.target, answer.status, latency, answer.body.size, request.peer, agent)
        )
        source = Source(service)
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


def _too_large(request: Request, service: str, what: str) -> Answer:
    if what == "headers":
        return refusal(request, 502, f"the headers of {service}'s answer are larger than 8 KB")
    return refusal(request, 500, f"the answer of {service} is larger than 32 MB")
