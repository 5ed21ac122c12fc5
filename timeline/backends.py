"""Connect the interfaces to the clients that implement them."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from threading import Lock
from typing import Any, cast

from timeline.gcp.lean_imports import without_unused
from timeline.interfaces import Backends, Blobs, Cache, Entities, Mail, Services, Tasks
from timeline.settings import Settings


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def connect(settings: Settings) -> Backends:
    """Return lazy clients: each is imported and connected on first use, because the imports take a second."""
    return Backends(
        settings=settings,
        entities=cast("Entities", _LazyClient("timeline.gcp.datastore", settings)),
        blobs=cast("Blobs", _LazyClient("timeline.gcp.storage", settings)),
        tasks=cast("Tasks", _LazyClient("timeline.gcp.tasks", settings)),
        cache=cast("Cache", _LazyClient("timeline.gcp.memcache", settings)),
        mail=cast("Mail", _LazyClient("timeline.gcp.mail", settings)),
        services=cast("Services", _LazyClient("timeline.gcp.service_calls", settings)),
        clock=SystemClock(),
    )


def disconnect(backends: Backends) -> None:
    """Close every connection; the next use opens a new one."""
    for client in (backends.entities, backends.blobs, backends.tasks, backends.cache, backends.services):
        if isinstance(client, _LazyClient):
            client.close()


def warm_up(backends: Backends) -> None:
    """Import and connect the clients, so that the first request need not wait for it."""
    for client in (backends.entities, backends.blobs, backends.tasks, backends.cache):
        if isinstance(client, _LazyClient):
            client.target()


class _LazyClient:
    """A proxy that calls `connect(settings)` of a module on first use."""

    def __init__(self, module: str, settings: Settings) -> None:
        self._module = module
        self._settings = settings
        self._lock = Lock()
        self._target: Any = None

    def target(self) -> Any:
        with self._lock:
            if self._target is None:
                with without_unused():
                    connect_client: Callable[[Settings], Any] = import_module(self._module).connect
                self._target = connect_client(self._settings)
        return self._target

    def close(self) -> None:
        with self._lock:
            target, self._target = self._target, None
        if target is not None:
            target.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.target(), name)
