"""A private redis-server for projects that use Redis, such as Memorystore."""

import asyncio
import os
import shutil
from collections import deque
from pathlib import Path
from uuid import uuid4

from gaelocal.appengine.instances import launch
from gaelocal.appengine.instances.orphan_cleanup import MARK, OrphanCleanup
from gaelocal.appengine.instances.process import Process
from gaelocal.appengine.logs import Entry, LineReader, Source
from gaelocal.ports import HOST, free_port
from gaelocal.state_files import make_folder
from gaelocal.yaml_files import ConfigError

START_SECONDS = 20.0
STOP_SECONDS = 5.0
POLL_SECONDS = 0.02
PROGRAMS = ("redis-server", "valkey-server")
MISSING = (
    "redis-server is not installed, so that Redis refuses connections; install it, or pass the address of a "
    "running one: --env REDIS_HOST=HOST --env REDIS_PORT=PORT"
)


class RedisServer:
    """Runs redis-server at a free port. It is empty at each start, as a cache may be, and has no password."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._port = free_port(0, "--emulator")
        self.address = f"{HOST}:{self._port}"
        self._process: Process | None = None
        self._orphans = OrphanCleanup(data)
        self._id = f"redis-{uuid4().hex}"
        self._output: deque[str] = deque(maxlen=1)

    async def start(self) -> None:
        """Start it and wait until it accepts connections.

        Raises:
            ConfigError: it is not installed, or it ended at once.
        """
        program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        if program is None:
            raise ConfigError(MISSING)
        make_folder(self._data)
        self._orphans.kill_orphans()
        readers = (
            LineReader(Source("redis"), "stdout", self._keep),
            LineReader(Source("redis"), "stderr", self._keep),
        )
        environment = {**os.environ, MARK: self._id}
        self._process = await launch([program, *self._settings()], environment, self._data, readers)
        self._orphans.record(self._id, self._process.pid)
        await self._until_it_accepts(self._process)

    async def stop(self) -> None:
        if self._process:
            await self._process.end(STOP_SECONDS)
            self._orphans.forget(self._id)

    def _settings(self) -> list[str]:
        return [
            *("--port", str(self._port), "--bind", HOST, "--dir", str(self._data)),
            *("--save", "", "--appendonly", "no", "--daemonize", "no"),
        ]

    def _keep(self, entry: Entry) -> None:
        self._output.append(entry.message)

    async def _until_it_accepts(self, process: Process) -> None:
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while not await self._accepts():
            if process.exited.done() or asyncio.get_running_loop().time() > deadline:
                await self.stop()
                raise ConfigError(
                    f"redis-server did not start: {' '.join(self._output) or 'it printed nothing'}"
                )
            await asyncio.sleep(POLL_SECONDS)

    async def _accepts(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(HOST, self._port)
        except OSError:
            return False
        writer.close()
        return True
