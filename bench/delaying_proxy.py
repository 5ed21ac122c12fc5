"""A TCP proxy that delays what clients send, as a network with that round-trip time would."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK = 1 << 16


class DelayingProxy:
    """Forwards connections to one address. `seconds` may change while it runs."""

    def __init__(self, target: str) -> None:
        self.seconds = 0.0
        self.address = ""
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        self.address = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> str:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        return f"{host}:{port}"

    async def _close(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connected(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        host, _, port = self._target.rpartition(":")
        server, requests = await asyncio.open_connection(host, int(port))
        with suppress(OSError):
            await asyncio.gather(
                self._forward(client, requests, is_delayed=True), self._forward(server, answers)
            )
        for writer in (requests, answers):
            writer.close()

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_delayed: bool = False
    ) -> None:
        """Delay every chunk by the same time, so that chunks sent together arrive together."""
        while chunk := await reader.read(CHUNK):
            if is_delayed and self.seconds:
                self._loop.call_later(self.seconds, writer.write, chunk)
            else:
                writer.write(chunk)
        await asyncio.sleep(self.seconds)
        writer.close()


@contextmanager
def delaying_proxy(target: str) -> Iterator[DelayingProxy]:
    proxy = DelayingProxy(target)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
