"""Kill all instances as soon as the platform ends."""

import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path

from gaelocal.appengine.instances.orphan_cleanup import OrphanCleanup

REAPER_PROCESS = str(Path(__file__).with_name("reaper_process.py"))


class Reaper:
    """Reports running instances to the reaper process, and records them in a file for the next start.

    The reaper process has its own session: Ctrl-C and a `kill -9` of the platform's group do not reach it.
    """

    def __init__(self, data: Path) -> None:
        self._orphan_cleanup = OrphanCleanup(data)
        self._groups: dict[str, int] = {}
        self._folder = Path()
        self._process: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Kill the instances of an earlier platform, then start the reaper process."""
        self._orphan_cleanup.kill_orphans()
        self._folder = Path(tempfile.mkdtemp(prefix="gaelocal-"))
        self._process = subprocess.Popen(  # noqa: S603 - this very interpreter and a file of this folder
            [sys.executable, "-I", "-S", REAPER_PROCESS, str(self._folder)],
            stdin=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )

    def close(self) -> None:
        if self._process:
            self._process.communicate()
            self._process = None

    def note(self, instance: str, group: int) -> None:
        self._orphan_cleanup.record(instance, group)
        self._groups[instance] = group
        self._notify(f"+{group}\n")

    def forget(self, instance: str) -> None:
        self._orphan_cleanup.forget(instance)
        if (group := self._groups.pop(instance, None)) is not None:
            self._notify(f"-{group}\n")

    def folder_for(self, instance: str) -> str:
        """Create the folder for an instance's sockets; it is removed when the platform ends."""
        folder = self._folder / instance
        folder.mkdir()
        return str(folder)

    def _notify(self, line: str) -> None:
        if self._process and self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.write(line.encode())
