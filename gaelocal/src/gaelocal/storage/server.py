"""The HTTP server of the Cloud Storage emulator."""

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from aiohttp import web

from gaelocal.client_deadlines import DEADLINES, ClientDeadlines, TimedSite, note_request
from gaelocal.sqlite_files import OUTAGE
from gaelocal.storage.browser import StorageBrowser
from gaelocal.storage.protocol.dispatcher import Dispatcher
from gaelocal.storage.service_account import ServiceAccount
from gaelocal.storage.state.errors import Conflict, NotFound
from gaelocal.storage.state.lifecycle import apply_lifecycle
from gaelocal.storage.state.store import Store
from gaelocal.supervision import Health

log = logging.getLogger(__name__)
# Two names of 1,024 bytes, percent-encoded, and a signature.
LONGEST_LINE = 16 * 1024
STOP_SECONDS = 2.0
LIFECYCLE_SECONDS = 3600.0


class StorageServer:
    """Stores everything in the folder `data`, and creates `buckets` at the start."""

    def __init__(  # noqa: PLR0913 - the whole configuration, said once
        self,
        data: Path,
        sock: socket.socket,
        buckets: Sequence[str] = (),
        clock: Callable[[], float] = time.time,
        *,
        key_file: Path | None = None,
        health: Health | None = None,
        deadlines: ClientDeadlines = DEADLINES,
    ) -> None:
        self._deadlines = deadlines
        self._sock = sock
        self._buckets = buckets
        self._store = Store(data, clock)
        self._account = ServiceAccount(key_file or data / "service-account.json")
        component = (health or Health()).component("storage")
        self._dispatcher = Dispatcher(self._store, self._account.verify, component)
        self._runner: web.ServerRunner | None = None
        self._lifecycle: asyncio.Task[None] | None = None
        self._host, self._port = sock.getsockname()[:2]

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    @property
    def service_account_key(self) -> Path:
        """The JSON key file of the account whose signed URLs are accepted; written by `start`."""
        return self._account.file

    def file_of(self, bucket: str, name: str) -> Path:
        """Return the file with the bytes of an object, to be read only.

        Raises:
            LookupError: the bucket or the object does not exist.
        """
        try:
            return self._store.blobs.place(self._store.find(bucket, name).blob.id)
        except NotFound as missing:
            raise LookupError(missing.message) from None

    @property
    def browser(self) -> StorageBrowser:
        """The console's operations on buckets and objects."""
        return StorageBrowser(self._store)

    async def reset(self) -> None:
        """Delete all buckets and objects, and create the buckets of the start again."""
        self._store.clear()
        self._create_buckets()

    def _create_buckets(self) -> None:
        for name in self._buckets:
            with contextlib.suppress(Conflict):
                self._store.create_bucket(name, {})

    def content_type_of(self, bucket: str, name: str) -> str:
        """Return the content type of an object.

        Raises:
            LookupError: the bucket or the object does not exist.
        """
        try:
            kind = self._store.find(bucket, name).fields.get("contentType")
        except NotFound as missing:
            raise LookupError(missing.message) from None
        return str(kind or "application/octet-stream")

    async def start(self) -> None:
        self._store.open()
        self._create_buckets()
        await asyncio.to_thread(self._account.write, f"{self.url}/token")
        server = web.Server(
            self._answer,
            access_log=None,
            auto_decompress=False,
            max_line_size=LONGEST_LINE,
        )
        self._runner = web.ServerRunner(server, shutdown_timeout=STOP_SECONDS)
        await self._runner.setup()
        await TimedSite(self._runner, self._sock, self._deadlines).start()
        self._lifecycle = asyncio.create_task(self._apply_lifecycle())

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        return await note_request(request, self._dispatcher.answer)

    async def stop(self) -> None:
        if self._runner is None:
            self._sock.close()
            return
        if self._lifecycle:
            self._lifecycle.cancel()
        await self._runner.cleanup()
        self._runner = None
        with contextlib.suppress(OUTAGE):
            self._dispatcher.write_usage_logs()
        await asyncio.sleep(0)  # a connection closed just now is released in the next iteration of the loop
        self._store.close()

    async def _apply_lifecycle(self) -> None:
        """Apply the lifecycle rules of all buckets and write usage logs, at the start and each hour."""
        while True:
            try:
                apply_lifecycle(self._store)
                self._dispatcher.write_usage_logs()
            except OUTAGE as error:
                log.warning("Lifecycle rules could not be applied: %s", error)
            await asyncio.sleep(LIFECYCLE_SECONDS)
