"""The server: Cloud Storage on a laptop, for the unmodified google-cloud-storage client."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from aiohttp import web

from gaelocal.storage.protocol.entry import Entry
from gaelocal.storage.service_account import ServiceAccount
from gaelocal.storage.state.refusals import Conflict, NotFound
from gaelocal.storage.state.store import Store
from gaelocal.supervision import Health

# Two names of 1,024 bytes, percent-encoded, and a signature.
LONGEST_LINE = 16 * 1024
PATIENCE = 2.0


class StorageServer:
    """Keeps everything below `data`; the buckets named are there from the start."""

    def __init__(  # noqa: PLR0913 - the whole configuration, said once
        self,
        data: Path,
        sock: socket.socket,
        buckets: Sequence[str] = (),
        clock: Callable[[], float] = time.time,
        *,
        key_file: Path | None = None,
        health: Health | None = None,
    ) -> None:
        self._sock = sock
        self._buckets = buckets
        self._store = Store(data, clock)
        self._account = ServiceAccount(key_file or data / "service-account.json")
        self._entry = Entry(self._store, self._account.verify, (health or Health()).component("storage"))
        self._runner: web.ServerRunner | None = None
        self._host, self._port = sock.getsockname()[:2]

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    @property
    def service_account_key(self) -> Path:
        """Give the JSON key file of the account whose signed links are accepted here; written by `start`."""
        return self._account.file

    def file_of(self, bucket: str, name: str) -> Path:
        """Give the file that holds an object's bytes, to be read only.

        Raises:
            LookupError: there is no such bucket or object.
        """
        try:
            return self._store.contents.place(self._store.find(bucket, name).content.id)
        except NotFound as missing:
            raise LookupError(missing.message) from None

    async def start(self) -> None:
        self._store.open()
        for name in self._buckets:
            with contextlib.suppress(Conflict):
                self._store.create_bucket(name, {})
        await asyncio.to_thread(self._account.write, f"{self.url}/token")
        server = web.Server(
            self._entry.answer,
            access_log=None,
            auto_decompress=False,
            max_line_size=LONGEST_LINE,
        )
        self._runner = web.ServerRunner(server, shutdown_timeout=PATIENCE)
        await self._runner.setup()
        await web.SockSite(self._runner, self._sock).start()

    async def stop(self) -> None:
        if self._runner is None:
            self._sock.close()
            return
        await self._runner.cleanup()
        self._runner = None
        await asyncio.sleep(0)  # a connection that was closed just now is let go one turn of the loop later
        self._store.close()
