"""Ends what a platform that was killed left behind: instances are noted on disk while they run."""

import contextlib
import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path

import psutil

MARK = "GAE_INSTANCE"
"""The variable that marks a process as started here."""


class Strays:
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
        """Kill the noted groups, where a member's environment proves that the number was not given anew."""
        left = self._read()
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if (group := os.getpgid(process.pid)) in left.values():
                    _end_if_ours(process, group, left)
        self._groups = {}

    def _read(self) -> dict[str, int]:
        try:
            noted = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return {}
        return noted if isinstance(noted, dict) else {}

    def _write(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(self._groups))
        draft.replace(self._file)


def _end_if_ours(process: psutil.Process, group: int, left: Mapping[str, int]) -> None:
    if process.environ().get(MARK) in left:
        os.killpg(group, signal.SIGKILL)
