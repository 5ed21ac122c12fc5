"""One operating system process of an instance, with all its children."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from gaelocal.appengine.instances.file_access import LAUNCHER, FileAccess
from gaelocal.appengine.logs import LineReader

EVERYWHERE = FileAccess()


class Process(asyncio.SubprocessProtocol):
    """Leads a process group of its own, so that its workers end with it and Ctrl-C does not reach them.

    `was_killed` means that gaelocal has killed it because of its memory. `instance_id` is the ID that it
    reports, and `answered` the number of its requests that have ended.
    """

    def __init__(self, stdout: LineReader, stderr: LineReader) -> None:
        self._readers = {1: stdout, 2: stderr}
        self._transport: asyncio.SubprocessTransport | None = None
        self.pid = 0
        self.was_killed = False
        self.instance_id = ""
        self.answered = 0
        self.exited: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.silent: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self.pid = self._transport.get_pid() or 0

    def pipe_data_received(self, fd: int, data: bytes | str) -> None:
        self._readers[fd].feed(cast("bytes", data))

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if fd in self._readers:
            self._readers[fd].close()

    def process_exited(self) -> None:
        if self._transport and not self.exited.done():
            self.exited.set_result(self._transport.get_returncode() or 0)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if not self.silent.done():
            self.silent.set_result(None)

    async def over(self) -> int:
        """Wait for the exit and return the status; cancelling one waiter does not affect the others."""
        await asyncio.wait([self.exited])
        return self.exited.result()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group; workers may outlive the leader."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def kill(self) -> None:
        self.was_killed = True
        self.signal(signal.SIGKILL)

    async def end(self, grace: float) -> None:
        """Send SIGTERM, wait `grace` seconds, then send SIGKILL."""
        if not self.exited.done():
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                os.kill(self.pid, signal.SIGTERM)
        await asyncio.wait([self.exited], timeout=grace)
        self.signal(signal.SIGKILL)
        await self.over()
        if self._transport:
            self._transport.close()


async def launch(
    words: list[str],
    environment: Mapping[str, str],
    folder: Path,
    readers: tuple[LineReader, LineReader],
    access: FileAccess = EVERYWHERE,
) -> Process:
    """Start a program that ends with this process; `access` says where it may write."""
    _, process = await asyncio.get_running_loop().subprocess_exec(
        lambda: Process(*readers),
        *(sys.executable, "-I", "-S", LAUNCHER, str(os.getpid()), access.arguments, *words),
        env={**environment, **access.environment},
        cwd=str(folder),
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    return process
