"""A service that is started elsewhere: watched here, never started or ended."""

import asyncio
import contextlib
import time

from gaelocal.appengine.instances.instance import Instance, InstanceContext
from gaelocal.appengine.instances.readiness import is_ready
from gaelocal.ports import Address

LOOK_SECONDS = 2.0
PAUSE = 0.2
ELSEWHERE = "elsewhere"


class RemoteInstance(Instance):
    """Has no process here. It gets the same first request as any instance, also after each reconnect."""

    def __init__(self, index: int, context: InstanceContext, address: Address) -> None:
        super().__init__(index, context)
        self._address = address
        self.host, self.port = address

    async def _run(self) -> float:
        self.id, self.started = ELSEWHERE, time.time()
        self._connections = self._connect(self.port)
        self._change("starting")
        await self._wait_until_reachable()
        ready_at = time.monotonic()
        self._change("running")
        await _wait_until_unreachable(self._address)
        self._log(f"no server responds at {self.host}:{self.port}")
        self._connections.close()
        return time.monotonic() - ready_at

    async def _wait_until_reachable(self) -> None:
        while True:
            if await is_ready(self._context.service, self._connections):
                return
            await asyncio.sleep(PAUSE)


async def _wait_until_unreachable(address: Address) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if not await _is_reachable(address):
            return


async def _is_reachable(address: Address) -> bool:
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(*address), LOOK_SECONDS)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
