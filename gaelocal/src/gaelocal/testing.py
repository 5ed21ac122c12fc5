"""The emulators in the process of a test suite; the pytest fixture `gaelocal` is made of them."""

import asyncio
import shutil
import tempfile
import threading
import warnings
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import uvloop

from gaelocal.cloud import Emulators, service_environment
from gaelocal.delivery import Deliver, Delivered, Delivery, DeliveryFailed
from gaelocal.options import Options
from gaelocal.port_plan import PortPlan

T = TypeVar("T")
CALL_SECONDS = 120.0
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
"""A file system in memory, which Linux has."""


class BackgroundLoop:
    """An event loop in a thread, so that tests can be plain functions."""

    def __init__(self) -> None:
        self.loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Return the result of a coroutine that runs in the loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout=CALL_SECONDS)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=10)
        with warnings.catch_warnings():
            # Where warnings are errors, uvloop does not close open transports, and waits for them for ever.
            warnings.simplefilter("ignore", ResourceWarning)
            self.loop.close()


class LocalEmulators:
    """Datastore, Storage, Tasks, memcache, mail and identity on free ports, for a `with` statement.

    Tasks wait in their queues unless `deliver` sends them somewhere. Without `data`, everything is kept in
    memory where the system can, and removed in the end. `any_project` lets Cloud Tasks accept other projects.
    """

    def __init__(  # noqa: PLR0913 - each has a default
        self,
        app: Path | None = None,
        *,
        project: str = "test-project",
        any_project: bool = False,
        data: Path | None = None,
        deliver: Deliver | None = None,
        datastore: str = "embedded",
        consistency: float = 1.0,
    ) -> None:
        self.project = project
        self._folder = None if data else _temporary_folder()
        self._options = Options(
            app=app or Path(),
            port=0,
            data=data or Path(self._folder or ""),
            project=project,
            datastore=datastore,
            consistency=consistency,
        )
        self._any_project = any_project
        self._deliver = deliver or _keep_waiting
        self._background = BackgroundLoop()
        self._stack = AsyncExitStack()
        self._plan = PortPlan(self._options, {})

    def __enter__(self) -> Self:
        try:
            self._plan.__enter__()
            self.emulators = Emulators(self._options, self._plan, self._deliver)
            if self._any_project:
                self.emulators.tasks.accept_any_project()
            self.run(self.emulators.start(self._stack))
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    @property
    def addresses(self) -> dict[str, str]:
        """The addresses of the emulators, named as in ready.json."""
        return self._plan.addresses()

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables by which Google's clients find the emulators."""
        return service_environment(self._options, self._plan)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Return the result of a coroutine that runs in the emulators' event loop."""
        return self._background.run(coroutine)

    def reset(self) -> None:
        """Delete everything that was stored, in milliseconds."""
        self.run(self.emulators.reset())

    def token_for(self, user: str, **claims: Any) -> str:
        """Return an ID token of the local identity provider."""
        return self.emulators.identity.token_for(user, **claims)

    def mails(self) -> list[dict[str, Any]]:
        """Return the mails that were sent, the newest first."""
        return self.emulators.mail.messages(None, "")

    def _close(self) -> None:
        self.run(self._stack.aclose())
        self._plan.__exit__(None, None, None)
        self._background.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


async def _keep_waiting(delivery: Delivery) -> Delivered:
    raise DeliveryFailed(f"no service runs in this test: {delivery.path}")


def _temporary_folder() -> str:
    return tempfile.mkdtemp(prefix="gaelocal-", dir=MEMORY if MEMORY.is_dir() else None)
