"""The front door: cleans, routes, answers and logs every request from outside."""

import asyncio
import socket
import time
from collections.abc import Callable
from functools import cached_property
from typing import Protocol

from gaelocal.appengine.front_door.client import ClientConnection, http_date
from gaelocal.appengine.front_door.compression import compress
from gaelocal.appengine.front_door.edge_cache import EdgeCache
from gaelocal.appengine.front_door.error_responses import error_response
from gaelocal.appengine.front_door.headers import clean_answer, request_head
from gaelocal.appengine.front_door.https_redirects import is_to_be_secured, redirect_to_https
from gaelocal.appengine.front_door.private_services import PrivateServices
from gaelocal.appengine.front_door.routing import Target, is_closed, target_of
from gaelocal.appengine.front_door.sign_in import SignIn, user_headers
from gaelocal.appengine.front_door.static_files import serve_file
from gaelocal.appengine.front_door.trace import Trace, new_request_id, trace_of
from gaelocal.appengine.front_door.traffic_split import SplitChoice, choose_shard, set_split_cookie
from gaelocal.appengine.http import Request, Response
from gaelocal.appengine.http.bodies import NoRoom
from gaelocal.appengine.http.request_parser import BadRequest
from gaelocal.appengine.http.response_reader import ResponseTooLarge
from gaelocal.appengine.instances import (
    Broken,
    InstanceRequest,
    InstanceStopped,
    NoInstance,
    NoSuchInstance,
    RunningVersion,
)
from gaelocal.appengine.logs import Entry, HttpRequest, LogBuffer, Source
from gaelocal.appengine.project.handlers import Handler
from gaelocal.appengine.releases.version_registry import ServiceVersions, VersionRegistry
from gaelocal.client_deadlines import DEADLINES, ClientDeadlines, SlowClients
from gaelocal.ports import port_of

FILE_REFUSALS = {404: "this file does not exist", 405: "a static file accepts only GET and HEAD"}


class Blobs(Protocol):
    """The Blobstore's part of the front door."""

    async def respond(self, request: Request) -> Request | Response | None: ...
    def served(self, request: Request, response: Response) -> Response: ...


class FrontDoor:
    """`https_redirects`: apply `secure: always` of app.yaml. `edge_cache`: serve public responses again."""

    def __init__(  # noqa: PLR0913 - the whole configuration, said once
        self,
        registry: VersionRegistry,
        logs: LogBuffer,
        sign_in: SignIn,
        *,
        https_redirects: bool = False,
        edge_cache: bool = False,
        deadlines: ClientDeadlines = DEADLINES,
    ) -> None:
        self.clients: set[ClientConnection] = set()
        self.host = ""
        self.make_blobs: Callable[[], Blobs] | None = None
        self._registry = registry
        self._logs = logs
        self._sign_in = sign_in
        self._private_services = PrivateServices(registry, sign_in)
        self._server: asyncio.Server | None = None
        self.deadlines = deadlines
        self._slow_clients = SlowClients(lambda: list(self.clients), deadlines)
        self._date = (0, b"")
        self._https_redirects = https_redirects
        self._edge_cache = EdgeCache() if edge_cache else None

    @cached_property
    def blobs(self) -> Blobs | None:
        """The Blobstore's part, made for the first request of a service with bundled services."""
        return self.make_blobs() if self.make_blobs else None

    async def open(self, sock: socket.socket, host: str) -> None:
        self.host = host
        self._private_services.port = port_of(sock)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: ClientConnection(self), sock=sock, backlog=1024)
        self._slow_clients.start()

    async def close(self, grace: float) -> None:
        self._slow_clients.stop()
        if self._server:
            self._server.close()
        busy = [client.task for client in self.clients if client.task]
        if busy:
            await asyncio.wait(busy, timeout=grace)
        for client in list(self.clients):
            client.close()

    async def serve(self, request: Request) -> Response:
        trace = trace_of(request)
        request.trace, request.request_id = trace.trace_id, new_request_id()
        target = target_of(request.host, request.path, self._registry)
        versions = self._registry.get(target.service)
        if versions is None:
            response = self._without_service(request, target)
            return await self._sent_off(request, Source(target.service), response)
        if refused := await self._private_services.check(request, target.service, versions):
            return await self._sent_off(request, Source(target.service), refused)
        running, split_choice = _chosen(request, target, versions)
        if running is None or running.is_stopped:
            response = _unserved(request, target, running or versions.get_with_traffic())
            return await self._sent_off(request, Source(target.service), response)
        response = await self._respond(request, target, running, trace)
        if split_choice:
            set_split_cookie(split_choice, response)
        return await self._sent_off(request, Source(target.service, running.service.version), response)

    def refuse(self, refused: BadRequest) -> Response:
        request = refused.request
        request.trace, request.request_id = trace_of(request).trace_id, new_request_id()
        response = error_response(request, refused.status, refused.detail)
        return self._finished(request, Source("front-door"), response)

    async def _respond(
        self, request: Request, target: Target, running: RunningVersion, trace: Trace
    ) -> Response:
        if is_closed(request.path):
            return error_response(request, 404, "only the platform itself may request this path")
        if running.service.has_bundled_services:
            answered = await self._by_bundled_service(request)
            if isinstance(answered, Response):
                return answered
            request = answered
        handler = running.service.handler_for(request.path)
        if handler is None and running.service.handlers:
            return error_response(
                request, 404, f"no handler in {target.service}'s app.yaml matches this path"
            )
        if handler and (response := self._answer_by_handler(request, handler)):
            return response
        if running.service.unavailable:
            return error_response(request, 503, f"{target.service}: {running.service.unavailable}")
        return await self._forward(request, target, running, trace)

    async def _by_bundled_service(self, request: Request) -> Request | Response:
        """Return the response of a page that App Engine itself has, or the request for the service."""
        if response := await self._sign_in.respond(request):
            return response
        return (await self.blobs.respond(request) if self.blobs else None) or request

    def _answer_by_handler(self, request: Request, handler: Handler) -> Response | None:
        """Return a response that needs no instance: a redirect, an error or a file."""
        if self._https_redirects and is_to_be_secured(request, handler):
            return redirect_to_https(request, handler)
        if refused := self._sign_in.check(request, handler):
            return refused
        return _static(request, handler) if handler.is_static else None

    def _without_service(self, request: Request, target: Target) -> Response:
        """Answer a request for a service that the project does not have."""
        status = 503 if target.service in self._registry.dispatch.services else 404
        known = ", ".join(sorted(self._registry.names))
        detail = f"there is no service `{target.service}` in this project; there are: {known}"
        return error_response(request, status, detail)

    async def _forward(
        self, request: Request, target: Target, running: RunningVersion, trace: Trace
    ) -> Response:
        cache = self._edge_cache
        if cached := cache.find(request, running.name) if cache else None:
            return cached
        response = await self._ask_instance(request, target, running, trace)
        if cache:
            cache.keep(request, running.name, response)
        return response

    async def _ask_instance(
        self, request: Request, target: Target, running: RunningVersion, trace: Trace
    ) -> Response:
        instance_request = InstanceRequest(
            head=request_head(request, trace, self.host, self._more_headers(request, running)),
            body=request.body,
            is_safe=request.is_safe,
            is_head=request.method == "HEAD",
            instance=target.instance,
            seconds=running.deadline,
        )
        name, version = target.service, running.service.version
        try:
            return self._with_blob(request, running, await running.exchange(instance_request))
        except NoSuchInstance:
            return error_response(request, 503, f"{running.name} has no instance `{target.instance}`")
        except NoInstance as missing:
            return self._without_instance(request, running, missing)
        except Broken:
            return error_response(
                request,
                502,
                f"{name} closed the connection in the middle of the response",
                self._logs.last_lines(name, version),
            )
        except (ResponseTooLarge, NoRoom) as error:
            return _too_large(request, name, error)
        except TimeoutError:
            return error_response(
                request, 504, f"{name} took longer than {instance_request.seconds:g} seconds"
            )

    def _without_instance(self, request: Request, running: RunningVersion, missing: NoInstance) -> Response:
        if isinstance(missing, InstanceStopped):
            return error_response(request, 404, _stopped(running))
        name, version = running.service.name, running.service.version
        if any(instance.is_starting_long for instance in running.instances):
            return error_response(request, 503, f"every instance of {name} is still handling /_ah/start")
        lines = self._logs.last_lines(name, version)
        why = f": {running.failure}" if any(instance.failure for instance in running.instances) else ""
        return error_response(request, 503, f"the service {name} does not start{why}", lines)

    def _with_blob(self, request: Request, running: RunningVersion, response: Response) -> Response:
        if self.blobs is None or not running.service.has_bundled_services:
            return response
        return self.blobs.served(request, response)

    def _more_headers(self, request: Request, running: RunningVersion) -> bytes:
        if not running.service.has_bundled_services:
            return b""
        return user_headers(self._sign_in.user_of(request))

    async def _sent_off(self, request: Request, source: Source, response: Response) -> Response:
        await compress(request, response)
        return self._finished(request, source, response)

    def _finished(self, request: Request, source: Source, response: Response) -> Response:
        clean_answer(request, response, self._now())
        self._log(request, source, response)
        return response

    def _log(self, request: Request, source: Source, response: Response) -> None:
        agent = request.field(b"user-agent").decode("latin-1")
        latency = time.perf_counter() - request.started
        done = HttpRequest(
            *(
                request.method,
                request.target,
                response.status,
                latency,
                response.body.size,
                request.peer,
                agent,
            )
        )
        entry = Entry(
            time.time(),
            done.severity,
            source,
            "request",
            is_static=response.is_static,
            trace=request.trace,
            request=done,
            request_id=request.request_id,
        )
        if response.refusal:
            fields: dict[str, object] = {"status": response.status, "request_id": request.request_id}
            self._logs.keep(
                entry._replace(log="platform", message=response.refusal, fields=fields, request=None)
            )
        self._logs.keep(entry)

    def _now(self) -> bytes:
        second = int(time.time())
        if self._date[0] != second:
            self._date = (second, http_date(second))
        return self._date[1]


def _static(request: Request, handler: Handler) -> Response:
    served = serve_file(request, handler)
    if isinstance(served, Response):
        served.is_static = True
        return served
    return error_response(request, served, FILE_REFUSALS[served], allow=b"GET, HEAD")


def _chosen(
    request: Request, target: Target, versions: ServiceVersions
) -> tuple[RunningVersion | None, SplitChoice | None]:
    """Return the version that the address names, else one chosen by the traffic split."""
    if target.version is not None:
        return versions.get(target.version), None
    if not versions.is_split:
        return versions.drawn(0), None
    split_choice = choose_shard(request, versions.split.shard_by)
    return versions.drawn(split_choice.shard), split_choice


def _unserved(request: Request, target: Target, running: RunningVersion | None) -> Response:
    if target.version is not None and (running is None or running.service.version != target.version):
        return error_response(request, 404, f"the service {target.service} has no version `{target.version}`")
    if running and running.service.scaling.must_start:
        return error_response(request, 404, _stopped(running))
    return error_response(request, 503, f"no version of {target.service} is serving")


def _stopped(running: RunningVersion) -> str:
    return f"{running.name} is stopped"


def _too_large(request: Request, service: str, error: ResponseTooLarge | NoRoom) -> Response:
    if isinstance(error, NoRoom):
        detail = f"this machine has no room for the response of {service} in its folder for temporary files"
        return error_response(request, 503, detail)
    if error.what == "headers":
        return error_response(request, 502, f"the response headers of {service} are larger than 8 KB")
    return error_response(request, 500, f"the response of {service} is larger than 32 MB")
