"""Restart a service when its files change; the old instances serve until the new ones answer."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

from gaelocal.supervision import Component, keep_running

SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "env", "site-packages"})
SUFFIXES = frozenset(
    {".py", ".yaml", ".yml", ".html", ".jinja", ".jinja2", ".j2", ".txt", ".json", ".toml", ".sql"}
)
STEP, DEBOUNCE, TIMEOUT = 50, 200, 1000
"""Milliseconds: how often to look, how long to collect changes, and when to report that there are none."""

Reload = Callable[[set[str]], Awaitable[None]]
"""Reload the named services."""


class Watcher:
    """Watches the folders of services and the folders that their links lead to.

    `folders` maps the name of each service to its folder. Environments, hidden folders and `ignored` are
    left out.
    """

    def __init__(
        self, folders: Mapping[str, Path], ignored: Iterable[Path], reload: Reload, component: Component
    ) -> None:
        self._folders = folders
        self._ignored = {path.resolve() for path in ignored}
        self._reload = reload
        self._component = component
        self._task: asyncio.Task[None] | None = None
        self.is_active = False
        """Whether changes from now on are noticed."""

    def start(self) -> None:
        self._task = asyncio.create_task(keep_running(self._component, self._watch))

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def _watch(self) -> None:
        from watchfiles import awatch  # noqa: PLC0415 - after the start, which should be quick

        while True:
            watched = self.watched_folders()
            # Only the folders themselves: a recursive watch would include every environment.
            async for changes in awatch(
                *watched,
                recursive=False,
                step=STEP,
                debounce=DEBOUNCE,
                rust_timeout=TIMEOUT,
                yield_on_timeout=True,
            ):
                self.is_active = True
                self._component.recovered()
                paths = [Path(path) for _, path in changes]
                if changed := services_of(paths, watched):
                    await self._reload(changed)
                if any(path.is_dir() for path in paths) or not all(map(os.path.isdir, watched)):
                    break

    def watched_folders(self) -> dict[Path, set[str]]:
        """Return every folder to watch with the services it belongs to."""
        found: dict[Path, set[str]] = {}
        for service, top in self._folders.items():
            for folder, names, _ in os.walk(top, followlinks=True):
                here = Path(folder).resolve()
                if here in found and service in found[here]:
                    names.clear()  # a link that leads back
                    continue
                found.setdefault(here, set()).add(service)
                names[:] = [name for name in names if self._is_watched(Path(folder, name))]
        return found

    def _is_watched(self, folder: Path) -> bool:
        is_skipped = folder.name.startswith(".") or folder.name in SKIPPED
        return not (is_skipped or (folder / "pyvenv.cfg").exists() or folder.resolve() in self._ignored)


def services_of(paths: Iterable[Path], watched: Mapping[Path, set[str]]) -> set[str]:
    """Return the services to which changed files belong."""
    relevant = (path for path in paths if path.suffix in SUFFIXES and not path.name.startswith("."))
    return {service for path in relevant for service in watched.get(path.parent, ())}
