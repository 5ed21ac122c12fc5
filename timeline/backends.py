"""Everything outside, wired: the one place that knows which client stands behind which protocol."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from threading import Lock
from typing import Any, cast

from timeline.interfaces import Backends, Blobs, Cache, Entities, Mail, Tasks
from timeline.settings import Settings


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def connect(settings: Settings) -> Backends:
    """Nothing is imported or dialled before its first use: Google's clients take a second to import."""
    return Backends(
        settings=settings,
        entities=cast("Entities", _Later("timeline.gcp.datastore", settings)),
        blobs=cast("Blobs", _Later("timeline.gcp.storage", settings)),
        tasks=cast("Tasks", _Later("timeline.gcp.tasks", settings)),
        cache=cast("Cache", _Later("timeline.gcp.memcache", settings)),
        mail=cast("Mail", _Later("timeline.gcp.mail", settings)),
        clock=SystemClock(),
    )


def disconnect(backends: Backends) -> None:
    """Close every connection; the next use opens a new one."""
    for client in (backends.entities, backends.blobs, backends.tasks, backends.cache):
        if isinstance(client, _Later):
            client.hang_up()


def warm_up(backends: Backends) -> None:
    """Import and dial what the first request would otherwise wait for."""
    for client in (backends.entities, backends.blobs, backends.tasks, backends.cache):
        if isinstance(client, _Later):
            client.made()


class _Later:
    """Stands for what `connect(settings)` of a module gives, until somebody uses it."""

    def __init__(self, module: str, settings: Settings) -> None:
        self._module = module
        self._settings = settings
        self._lock = Lock()
        self._made: Any = None

    def made(self) -> Any:
        with self._lock:
            if self._made is None:
                connect_client: Callable[[Settings], Any] = import_module(self._module).connect
                self._made = connect_client(self._settings)
        return self._made

    def hang_up(self) -> None:
        with self._lock:
            made, self._made = self._made, None
        if made is not None:
            made.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.made(), name)
