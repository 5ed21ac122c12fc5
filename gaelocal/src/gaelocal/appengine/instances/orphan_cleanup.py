"""Kill instances that a killed platform left behind; running instances are recorded on disk."""

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
from gaelocal.state_files import describe, make_folder, read_json

log = logging.getLogger(__name__)

MARK = "GAE_INSTANCE"
"""The variable that marks a process as started here."""


class OrphanCleanup:
    """`instances.json` maps the id of an instance to its process group."""

    def __init__(self, data: Path) -> None:
        self._file = data / "instances.json"
        self._groups: dict[str, int] = {}

    def note(self, instance: str, group: int) -> None:
        self._groups[instance] = group
        self._write()

    def forget(self, instance: str) -> None:
        if self._groups.pop(instance, None) is not None:
            self._write()

    def end(self) -> None:
        """Kill the recorded groups whose members' environment proves that the number was not reused."""
        left = self._read()
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if (group := os.getpgid(process.pid)) in left.values():
                    _end_if_ours(process, group, left)
        self._groups = {}

    def _read(self) -> dict[str, int]:
        return read_json(self._file, _groups, {})

    def _write(self) -> None:
        """Write the file; a disk error is ignored, because the reaper process knows the groups as well."""
        try:
            make_folder(self._file.parent)
            write_atomically(self._file, json.dumps(self._groups))
        except OSError as error:
            log.warning("%s %s", self._file, describe(error))


def _groups(kept: Any) -> dict[str, int]:
    return {str(instance): int(group) for instance, group in kept.items()}


def _end_if_ours(process: psutil.Process, group: int, left: Mapping[str, int]) -> None:
    if process.environ().get(MARK) in left:
        os.killpg(group, signal.SIGKILL)
