"""Run the programs of a deployment; their output goes to the log, and into the error if they fail."""

import asyncio
import os
import secrets
from collections import deque
from collections.abc import Mapping

from gaelocal.appengine.instances import Reaper, launch
from gaelocal.appengine.instances.orphan_cleanup import MARK
from gaelocal.appengine.logs import Entry, LineReader, LogBuffer, Source
from gaelocal.appengine.project import Service

REMEMBERED = 200
LAST_WORDS = 2.0
NOT_TOLD = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_TARGET", "PIP_PREFIX", "PIP_USER")
"""Variables that would make pip install outside the new environment."""


class Builds:
    """Builds are registered with the reaper like instances: none outlives the platform."""

    def __init__(self, logs: LogBuffer, reaper: Reaper) -> None:
        self._logs = logs
        self._reaper = reaper

    async def run(self, service: Service, words: list[str]) -> tuple[int, list[str]]:
        """Return the status and the last lines. Variables that configure pip's index are kept."""
        build = f"build-{secrets.token_hex(8)}"
        output: deque[str] = deque(maxlen=REMEMBERED)
        source = Source(service.name, service.version)

        def keep(entry: Entry) -> None:
            output.append(entry.message)
            self._logs.keep(entry._replace(log="build"))

        readers = LineReader(source, "stdout", keep), LineReader(source, "stderr", keep)
        process = await launch(words, _environment(build), service.folder, readers)
        self._reaper.note(build, process.pid)
        try:
            status = await process.over()
            await asyncio.wait([process.silent], timeout=LAST_WORDS)
            return status, list(output)
        finally:
            await process.end(0)
            self._reaper.forget(build)


def _environment(build: str) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in NOT_TOLD}
    return {**kept, MARK: build, "PYTHONUNBUFFERED": "1"}
