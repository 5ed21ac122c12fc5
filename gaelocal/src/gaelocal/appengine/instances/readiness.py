"""Check that a started instance is ready."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator

from gaelocal.appengine.http import Body
from gaelocal.appengine.http.response_reader import BrokenOff, ResponseTooLarge
from gaelocal.appengine.instances.connections import Connections
from gaelocal.appengine.instances.instance_request import InstanceRequest, Unreachable
from gaelocal.appengine.instances.process import Process
from gaelocal.appengine.project import Service

PAUSE = 0.02
START_SECONDS = 60.0
"""A program must accept connections by then; with automatic scaling, it must also respond."""
LONG_START_SECONDS = 3.0
"""A backend that handles `/_ah/start` for longer does its work there, and nothing waits for the response."""
NO_DEADLINE = 10.0 * 365 * 86_400
NOT_FOUND = 404
PLATFORM_ADDRESS = "0.1.0.3"
"""The client's address in warm-up and start requests."""
TOO_LARGE = 500
BROKEN = 500
BROKEN_SECONDS = 4.0
"""A program that breaks off `/_ah/start` for so long and stays alive is running: other paths may work."""


async def start_problem(
    service: Service, process: Process, connections: Connections, started_long: Callable[[], None]
) -> str:
    """Wait for the response to the first request; return "" if it is good, else the problem.

    With manual and basic scaling the response may take any time; `started_long` is called when it takes long.
    """
    first = asyncio.ensure_future(_first_answer(service, process, connections, started_long))
    try:
        await asyncio.wait([first, process.exited], return_when=asyncio.FIRST_COMPLETED)
        status = first.result() if first.done() else 0
    finally:
        first.cancel()
    if _is_started(service, status):
        return ""
    if process.exited.done():
        return f"it exited with status {process.exited.result()}"
    if status:
        return f"it answered {_first_path(service)} with {status}"
    return f"it did not answer within {START_SECONDS:.0f} seconds"


async def is_ready(service: Service, connections: Connections) -> bool:
    """Send the first request to a service that runs elsewhere; return False if it does not respond yet."""
    try:
        response = await connections.exchange(_first_request(service)._replace(seconds=START_SECONDS))
    except (Unreachable, BrokenOff, ResponseTooLarge, TimeoutError):
        return False
    return _is_started(service, response.status)


def _is_started(service: Service, status: int) -> bool:
    is_started = status // 100 == 2 or status == NOT_FOUND  # noqa: PLR2004 - the 2xx class
    return is_started or (bool(status) and not service.scaling.must_start)


async def _first_answer(
    service: Service, process: Process, connections: Connections, started_long: Callable[[], None]
) -> int:
    """Return the status of the response, or 0 if there is none in time."""
    until = time.monotonic() + START_SECONDS
    broken_since = 0.0
    while not process.exited.done() and time.monotonic() < until:
        seconds = NO_DEADLINE if service.scaling.must_start else until - time.monotonic()
        request = _first_request(service)._replace(seconds=seconds)
        try:
            with _calling_later(LONG_START_SECONDS, started_long, is_needed=service.scaling.must_start):
                return (await connections.exchange(request)).status
        except Unreachable:
            broken_since = 0.0
        except TimeoutError:
            return 0
        except BrokenOff:
            broken_since = broken_since or time.monotonic()
            until = max(until, broken_since + START_SECONDS)
            if time.monotonic() - broken_since > BROKEN_SECONDS:
                return BROKEN
        except ResponseTooLarge:
            return TOO_LARGE
        await asyncio.sleep(PAUSE)
    return 0


@contextlib.contextmanager
def _calling_later(seconds: float, callback: Callable[[], None], *, is_needed: bool) -> Iterator[None]:
    """Call back if the block takes longer than `seconds`."""
    timer = asyncio.get_running_loop().call_later(seconds, callback) if is_needed else None
    try:
        yield
    finally:
        if timer:
            timer.cancel()


def _first_path(service: Service) -> str:
    is_warmup = service.wants_warmup and not service.scaling.must_start
    return "/_ah/warmup" if is_warmup else "/_ah/start"


def stop_request(service: Service) -> InstanceRequest:
    """Return the request that announces the shutdown to an instance with manual or basic scaling."""
    return _request(service, "/_ah/stop")


def _first_request(service: Service) -> InstanceRequest:
    """Return the first request of App Engine: `/_ah/warmup` if enabled, else `/_ah/start`."""
    return _request(service, _first_path(service))


def _request(service: Service, path: str) -> InstanceRequest:
    head = f"GET {path} HTTP/1.1\r\nHost: {service.name}.localhost\r\nX-Appengine-Country: ZZ\r\n"
    head += f"X-Appengine-User-IP: {PLATFORM_ADDRESS}\r\n\r\n"
    return InstanceRequest(head=head.encode(), body=Body(), is_safe=True)
