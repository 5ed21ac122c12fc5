"""Start a server with the first connection to its address, and pass all connections on to it."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from gaelocal.ports import HOST, Address, listening_socket, port_of
from gaelocal.yaml_files import ConfigError

PIECE = 1 << 16


class Startable(Protocol):
    """A server that needs some seconds to start. `address` is `HOST:PORT`."""

    @property
    def address(self) -> str: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


class OnDemandServer:
    """Listens in place of a server that most runs do not need.

    `tell` gets a line when the server is to be started, `refuse` the reason if it cannot be. Then
    connections go to `fallback`, or are closed without one.
    """

    def __init__(
        self, server: Startable, tell: Callable[[], None], refuse: Callable[[str], None], fallback: str = ""
    ) -> None:
        self._server = server
        self._tell = tell
        self._refuse = refuse
        self._fallback = fallback
        self._sock = listening_socket(0, "--emulator")
        self.address = Address(HOST, port_of(self._sock))
        self._listening: asyncio.Task[asyncio.Server] | None = None
        self._starting: asyncio.Task[str] | None = None
        self._passing: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        self._listening = asyncio.create_task(asyncio.start_server(self._accept, sock=self._sock))

    async def stop(self) -> None:
        if self._listening:
            (await self._listening).close()
        self._sock.close()
        unfinished = [task for task in (*self._passing, self._starting) if task]
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        if self._starting:
            await self._server.stop()

    async def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.create_task(self._pass_on(reader, writer))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)

    async def _pass_on(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._starting = self._starting or asyncio.create_task(self._start())
        try:
            host, _, port = (await asyncio.shield(self._starting)).rpartition(":")
            if host:
                await _connect(reader, writer, Address(host, int(port)))
        finally:
            writer.close()

    async def _start(self) -> str:
        """Return the address of the server, or of the fallback."""
        self._tell()
        try:
            await self._server.start()
        except (ConfigError, OSError) as error:
            self._refuse(str(error))
            return self._fallback
        return self._server.address


async def _connect(reader: StreamReader, writer: StreamWriter, server: Address) -> None:
    """Pass on what both sides send; without the server, the client sees that its connection ends."""
    with suppress(OSError):
        there, to_there = await asyncio.open_connection(*server)
        try:
            await asyncio.gather(_copy(reader, to_there), _copy(there, writer))
        finally:
            to_there.close()


async def _copy(reader: StreamReader, writer: StreamWriter) -> None:
    """Copy until one side closes, then end this direction; a broken one ends both."""
    try:
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.close()
