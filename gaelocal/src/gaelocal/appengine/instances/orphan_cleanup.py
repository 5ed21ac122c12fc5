"""Records running instances on disk, and kills those that a killed platform left behind."""

import contextlib
import json
import logging
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from gaelocal.atomic_write import write_atomically
from gaelocal.state_files import describe, ensure_folder, read_json

log = logging.getLogger(__name__)

MARK = "GAE_INSTANCE"
"""The environment variable that identifies a process as started by gaelocal."""


class OrphanCleanup:
    """Keeps `instances.json`, which maps the id of an instance to its process group."""

    def __init__(self, data: Path) -> None:
        self._file = data / "instances.json"
        self._groups: dict[str, int] = {}

    def record(self, instance: str, group: int) -> None:
        self._groups[instance] = group
        self._write()

    def forget(self, instance: str) -> None:
        if self._groups.pop(instance, None) is not None:
            self._write()

    def kill_orphans(self) -> None:
        """Kill the recorded process groups.

        A group whose processes have no recorded id in their environment is not killed: the system has reused
        its number.
        """
        recorded = self._read()
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if (group := os.getpgid(process.pid)) in recorded.values():
                    _kill_if_ours(process, group, recorded)
        self._groups = {}

    def _read(self) -> dict[str, int]:
        return read_json(self._file, _groups, {})

    def _write(self) -> None:
        """Write the file; a disk error is ignored, because the reaper process knows the groups as well."""
        try:
            ensure_folder(self._file.parent)
            write_atomically(self._file, json.dumps(self._groups))
        except OSError as error:
            log.warning("%s %s", self._file, describe(error))


def _groups(kept: Any) -> dict[str, int]:
    return {str(instance): int(group) for instance, group in kept.items()}


def _kill_if_ours(process: psutil.Process, group: int, recorded: Mapping[str, int]) -> None:
    if process.environ().get(MARK) in recorded:
        os.killpg(group, signal.SIGKILL)
