"""A memcached server that gaelocal neither starts nor stops (`--memcache HOST:PORT`).

Its availability is not checked, because services also work without it, but more slowly.
"""

import asyncio

from gaelocal.memcache.cached_value import CachedValue

SECONDS = 2.0
LARGEST_ANSWER = 2 << 20
NUMBER_OF_FIELDS = 4


class RemoteMemcache:
    """Speaks the text protocol for the console, over one connection for each request."""

    def __init__(self, address: str) -> None:
        self.address = address

    async def start(self) -> None:
        """Do nothing, because the server is already running."""

    async def stop(self) -> None:
        """Do nothing, because the server must keep running."""

    def stats(self) -> dict[str, str]:
        """Return the address of the server instead of statistics."""
        return {"elsewhere": self.address}

    async def read_stats(self) -> dict[str, int]:
        """Return the counters of the server.

        Raises:
            OSError: it does not respond.
        """
        lines = (await self._ask(b"stats\r\n", b"END\r\n")).decode("latin-1").splitlines()
        words = (line.split() for line in lines if line.startswith("STAT "))
        return {name: int(value) for _, name, value, *_ in words if value.isdigit()}

    async def lookup(self, key: bytes) -> CachedValue | None:
        """Return a value.

        Raises:
            OSError: the server does not respond.
        """
        head, _, rest = (await self._ask(b"get " + key + b"\r\n", b"END\r\n")).partition(b"\r\n")
        words = head.split()
        if len(words) != NUMBER_OF_FIELDS or words[0] != b"VALUE":
            return None
        return CachedValue(rest[: int(words[3])], int(words[2]))

    async def delete(self, key: bytes) -> bool:
        """Delete a value; return whether it existed.

        Raises:
            OSError: the server does not respond.
        """
        return (await self._ask(b"delete " + key + b"\r\n", b"\r\n")).startswith(b"DELETED")

    async def flush(self) -> None:
        """Delete all values.

        Raises:
            OSError: the server does not respond.
        """
        await self._ask(b"flush_all\r\n", b"\r\n")

    async def keys(self, contained: bytes, limit: int) -> None:
        """Return None: the protocol cannot list keys."""

    async def _ask(self, request: bytes, end: bytes) -> bytes:
        host, port = self.address.rsplit(":", 1)
        async with asyncio.timeout(SECONDS):
            reader, writer = await asyncio.open_connection(host, int(port))
            try:
                writer.write(request)
                answer = b""
                while not answer.endswith((end, b"ERROR\r\n")) and len(answer) < LARGEST_ANSWER:
                    chunk = await reader.read(65536)
                    if not chunk:
                        raise ConnectionError("the server closed the connection")
                    answer += chunk
                return answer
            finally:
                writer.close()
