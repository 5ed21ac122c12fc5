"""The terminal of `breakpoint()`: connects the debugger of an instance with the terminal of gaelocal."""

import asyncio
import contextlib
import os
import secrets
import sys
from typing import TextIO

from gaelocal.ports import HOST

CHUNK = 65_536


class DebuggerTerminal:
    """Serves the debuggers of the attached services one after the other.

    `keyboard` and `screen` are the terminal. `keyboard` is None where there is none, and then every
    debugger is told to go on. `address` is the value of GAELOCAL_DEBUGGER.
    """

    def __init__(
        self, services: tuple[str, ...], keyboard: TextIO | None = sys.stdin, screen: TextIO = sys.stdout
    ) -> None:
        self._services = services
        self._keyboard = keyboard
        self._screen = screen
        self._secret = secrets.token_hex(16)
        self._turn = asyncio.Lock()
        self._sessions: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, HOST, 0)

    @property
    def address(self) -> str:
        port = self._server.sockets[0].getsockname()[1]
        return f"{HOST}:{port} {self._secret} {','.join(self._services)}"

    async def stop(self) -> None:
        self._server.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = asyncio.create_task(self._serve(reader, writer))
        self._sessions.add(session)
        session.add_done_callback(self._sessions.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            secret, place = await reader.readline(), await reader.readline()
            if secrets.compare_digest(secret.strip(), self._secret.encode()):
                async with self._turn:
                    await self._converse(place.decode(errors="replace").strip(), reader, writer)
        writer.close()

    async def _converse(self, place: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._show(f"\n  Stopped at a breakpoint: {place}. Type commands of pdb; c goes on.\n\n")
        if not self._listen(writer):
            self._show("  There is no keyboard; the program goes on.\n")
            return
        try:
            while data := await reader.read(CHUNK):
                self._show(data.decode(errors="replace"))
        finally:
            asyncio.get_running_loop().remove_reader(self._keyboard_file())
        self._show("\n  The program goes on.\n")

    def _listen(self, writer: asyncio.StreamWriter) -> bool:
        """Send what is typed to the debugger; return False if there is nothing to read from."""

        def send() -> None:
            data = os.read(self._keyboard_file(), CHUNK)
            if not data:
                asyncio.get_running_loop().remove_reader(self._keyboard_file())
                writer.write_eof()
            writer.write(data)

        try:
            asyncio.get_running_loop().add_reader(self._keyboard_file(), send)
        except (OSError, ValueError):  # a file or a closed stream
            return False
        return True

    def _keyboard_file(self) -> int:
        if self._keyboard is None:
            raise ValueError("no keyboard")
        return self._keyboard.fileno()

    def _show(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._screen.write(text)
            self._screen.flush()
