"""Report how many requests this front door has forwarded to the console of another process."""

import asyncio
import json
import socket
import urllib.request
from collections.abc import Callable, Mapping

from gaelocal.direct_http import open_directly
from gaelocal.ports import Address
from gaelocal.supervision import Component

EVERY_SECONDS = 2.0
ANSWER_SECONDS = 5.0


async def send_usage(
    to: Address, requests_by_service: Callable[[], Mapping[str, int]], component: Component
) -> None:
    """Report every two seconds until cancelled; raise if the console does not respond."""
    while True:
        for service, count in requests_by_service().items():
            name = f"front-door {socket.gethostname()}"
            report: dict[str, str | int] = {"service": service, "instance": name, "requests": count}
            await asyncio.to_thread(_send, to, report)
        component.recovered()
        await asyncio.sleep(EVERY_SECONDS)


def _send(to: Address, report: Mapping[str, str | int]) -> None:
    request = urllib.request.Request(
        f"http://{to.host}:{to.port}/api/services/usage",
        data=json.dumps(report).encode(),
        headers={"Content-Type": "application/json"},
    )
    open_directly(request, timeout=ANSWER_SECONDS).close()
