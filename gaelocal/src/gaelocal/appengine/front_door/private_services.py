"""Services that are closed to the internet, and the requests that reach them."""

import asyncio
import contextlib
import os
from collections.abc import Collection, Iterable, Iterator
from ipaddress import ip_address
from typing import Any

import psutil

from gaelocal.appengine.front_door.error_responses import error_response
from gaelocal.appengine.front_door.sign_in import LOGIN, LOGOUT, SignIn
from gaelocal.appengine.http import Request, Response
from gaelocal.appengine.releases.ingress import ALL
from gaelocal.appengine.releases.version_registry import ServiceVersions, VersionRegistry


class PrivateServices:
    """Applies the ingress setting; requests of tasks and cron jobs do not pass the front door.

    `port` is that of the front door.
    """

    def __init__(self, registry: VersionRegistry, sign_in: SignIn) -> None:
        self.port = 0
        self._registry = registry
        self._sign_in = sign_in

    async def check(self, request: Request, service: str, versions: ServiceVersions) -> Response | None:
        """Return the response to a request that may not reach the service; None for all others."""
        if versions.ingress == ALL:
            return None
        if request.path in (LOGIN, LOGOUT):
            return await self._sign_in.respond(request)
        user = self._sign_in.user_of(request)
        if (user and user.is_admin) or await self._is_of_an_instance(request):
            return None
        detail = (
            f"the service {service} accepts requests only from this project ({versions.ingress}); "
            f"an administrator can sign in at {LOGIN}"
        )
        return error_response(request, 403, detail)

    async def _is_of_an_instance(self, request: Request) -> bool:
        """Return whether an instance of this project has sent the request."""
        peer = request.peer or "0.0.0.0"  # noqa: S104 - an unknown client
        if not ip_address(peer).is_loopback:
            return False
        pids = [instance.pid for running in self._registry for instance in running.instances if instance.pid]
        return await asyncio.to_thread(has_connection, pids, (peer, request.peer_port), self.port)


def has_connection(leaders: Collection[int], local: tuple[str, int], port: int) -> bool:
    """Return whether one of the processes, or one that it has started, is connected from `local` to `port`.

    The port alone proves nothing: it can also be that of a listening socket, or of a connection elsewhere.
    """
    return any(
        found.laddr == local and found.raddr and found.raddr.port == port and _descends_from(leaders, pid)
        for found, pid in _connections(leaders)
    )


def _connections(leaders: Iterable[int]) -> Iterator[tuple[Any, int]]:
    """Yield connections with their processes: those of the system, read once, or of these processes only."""
    try:
        for each in psutil.net_connections(kind="tcp"):
            if each.pid:
                yield each, each.pid
    except (psutil.Error, OSError):  # macOS shows those of single processes only
        for leader in leaders:
            with contextlib.suppress(psutil.Error, OSError):
                started = psutil.Process(leader)
                for process in (started, *started.children(recursive=True)):
                    yield from ((each, process.pid) for each in process.net_connections(kind="tcp"))


def _descends_from(leaders: Collection[int], pid: int) -> bool:
    """Return whether it is one of the processes or in their sessions or below them."""
    with contextlib.suppress(psutil.Error, OSError):
        if pid in leaders or os.getsid(pid) in leaders:
            return True
        return any(parent.pid in leaders for parent in psutil.Process(pid).parents())
    return False
