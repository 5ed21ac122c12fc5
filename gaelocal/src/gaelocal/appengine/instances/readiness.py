"""Check that a started instance is ready."""

import asyncio
import time

from gaelocal.appengine.http import Body
from gaelocal.appengine.http.response_reader import BrokenOff, ResponseTooLarge
from gaelocal.appengine.instances.connections import Connections
from gaelocal.appengine.instances.instance_request import InstanceRequest, Unreachable
from gaelocal.appengine.instances.process import Process
from gaelocal.appengine.project import Service

PAUSE = 0.02
START_SECONDS = 60.0
NOT_FOUND = 404
PLATFORM_ADDRESS = "0.1.0.3"
"""The client's address in warm-up and start requests."""
TOO_LARGE = 500
BROKEN = 500
BROKEN_SECONDS = 4.0
"""A program that breaks off `/_ah/start` for so long and stays alive is running: other paths may work."""


async def start_problem(service: Service, process: Process, connections: Connections) -> str:
    """Wait for the response to the first request; return "" if it is good, else the problem."""
    first = asyncio.ensure_future(_first_answer(service, process, connections))
    try:
        await asyncio.wait(
            [first, process.exited], timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
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


async def _first_answer(service: Service, process: Process, connections: Connections) -> int:
    broken_since = 0.0
    while not process.exited.done():
        try:
            return (await connections.exchange(_first_request(service))).status
        except Unreachable:
            broken_since = 0.0
        except BrokenOff:
            broken_since = broken_since or time.monotonic()
            if time.monotonic() - broken_since > BROKEN_SECONDS:
                return BROKEN
        except ResponseTooLarge:
            return TOO_LARGE
        await asyncio.sleep(PAUSE)
    return 0


def _first_path(service: Service) -> str:
    is_warmup = service.wants_warmup and not service.scaling.must_start
    return "/_ah/warmup" if is_warmup else "/_ah/start"


def _first_request(service: Service) -> InstanceRequest:
    """Return the first request of App Engine: `/_ah/warmup` if enabled, else `/_ah/start`."""
    first_line = f"GET {_first_path(service)} HTTP/1.1"
    head = f"{first_line}\r\nHost: {service.name}.localhost\r\nX-Appengine-Country: ZZ\r\n"
    head += f"X-Appengine-User-IP: {PLATFORM_ADDRESS}\r\n\r\n"
    return InstanceRequest(head=head.encode(), body=Body(), is_safe=True)
