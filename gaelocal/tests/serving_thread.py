"""Run an emulator in a thread of its own, so that blocking clients can use it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Protocol, TypeVar

SECONDS = 60.0


class Server(Protocol):
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


S = TypeVar("S", bound=Server)


@contextmanager
def serving(server: S) -> Iterator[S]:
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result(SECONDS)
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result(SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(SECONDS)
        loop.close()


async def _stop(server: Server) -> None:
    """A closed connection lives until the loop has come round once more: wait for the last one."""
    before = asyncio.get_running_loop().time()
    await server.stop()
    while _open_connections() and asyncio.get_running_loop().time() < before + 1.0:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    for transport in list(asyncio.get_running_loop()._transports.values()):
        transport.abort()
    await asyncio.sleep(0.01)


def _open_connections() -> int:
    return sum(transport._sock is not None for transport in asyncio.get_running_loop()._transports.values())
