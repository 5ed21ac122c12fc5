"""The server: one asyncio protocol per connection, with bounded memory for each."""

import asyncio
import socket
import time
from collections.abc import Callable
from itertools import islice
from typing import cast

from gaelocal.memcache.cached_value import CachedValue
from gaelocal.memcache.protocol.connection import Connection
from gaelocal.memcache.state.cache import Cache
from gaelocal.memcache.state.statistics import statistics

MAX_BYTES = 64 << 20
MOST_CONNECTIONS = 1024
# Answers are written in batches of up to this size.
WRITE_TOGETHER = 64 * 1024


class MemcacheServer:
    """A memcached of at most `max_bytes`. Nothing survives a restart."""

    def __init__(
        self, sock: socket.socket, max_bytes: int = MAX_BYTES, clock: Callable[[], float] = time.time
    ) -> None:
        self._sock = sock
        self._cache = Cache(max_bytes, clock)
        self._connections: set[ConnectionHandler] = set()
        self._server: asyncio.Server | None = None
        self._host, self._port = sock.getsockname()[:2]

    @property
    def address(self) -> str:
        return f"{self._host}:{self._port}"

    async def reset(self) -> None:
        """Forget all values."""
        self._cache.flush(0)

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, sock=self._sock)

    async def stop(self) -> None:
        if self._server is None:
            self._sock.close()
            return
        self._server.close()
        for connection in list(self._connections):
            connection.close()
        await self._server.wait_closed()
        await asyncio.sleep(0)  # an aborted connection is released one turn of the loop later

    async def read_stats(self) -> dict[str, int]:
        """Return memcached's counters by name, as every memcache of the console does."""
        return self.stats()

    async def lookup(self, key: bytes) -> CachedValue | None:
        """Return a value without counting the request."""
        item = self._cache.peek(key)
        if item is None:
            return None
        return CachedValue(item.value, item.flags, self._cache.remaining(item), self._cache.idle(item))

    async def delete(self, key: bytes) -> bool:
        return self._cache.delete(key)

    async def flush(self) -> None:
        self._cache.flush(0)

    async def keys(self, contained: bytes, limit: int) -> list[tuple[bytes, int]] | None:
        """Return keys that contain these bytes and the sizes of their values, the last used first."""
        items = list(self._cache.items())
        found = ((key, len(item.value)) for key, item in reversed(items) if contained in key)
        return list(islice(found, limit))

    def stats(self) -> dict[str, int]:
        return {**statistics(self._cache), "curr_connections": len(self._connections)}

    def _connection(self) -> "ConnectionHandler":
        return ConnectionHandler(Connection(self._cache), self._connections)


class ConnectionHandler(asyncio.Protocol):
    """Stops reading while the client does not take its answers."""

    def __init__(self, connection: Connection, connections: "set[ConnectionHandler]") -> None:
        self._connection = connection
        self._connections = connections
        self._transport: asyncio.Transport
        self._is_paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(
            "asyncio.Transport", transport
        )  # uvloop's class is not a subclass of asyncio's
        if len(self._connections) >= MOST_CONNECTIONS:
            self._transport.write(b"ERROR Too many open connections\r\n")
            self._transport.close()
            return
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self._connection.receive(data)
        self._answer()

    def pause_writing(self) -> None:
        self._is_paused = True
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._is_paused = False
        self._transport.resume_reading()
        self._answer()

    def close(self) -> None:
        self._transport.abort()

    def _answer(self) -> None:
        waiting: list[bytes] = []
        size = 0
        while not self._is_paused and (answer := self._connection.next_answer()) is not None:
            waiting.append(answer)
            size += len(answer)
            if size >= WRITE_TOGETHER:
                self._transport.write(b"".join(waiting))
                waiting, size = [], 0
        if size:
            self._transport.write(waiting[0] if len(waiting) == 1 else b"".join(waiting))
        if self._connection.is_over:
            self._transport.close()
