"""Restrict the files of instances: they can write only to the temporary folder, as on App Engine."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

LAUNCHER = str(Path(__file__).with_name("launcher.py"))
PROBE_SECONDS = 10.0
VARIABLE = "GAELOCAL_READ_ONLY"
"""The folders that stay writable, for the audit hook of an instance's Python."""
SWITCH_OFF = "as on App Engine; --no-read-only disables this"
Method = Literal["", "mount namespace", "Python audit hook"]


@dataclass(frozen=True, slots=True)
class FileAccess:
    """`method` is how writing is prevented; empty means that instances may write everywhere.

    `folders` are those of the project, which are read-only although they may be in the temporary folder.
    """

    method: Method = ""
    folders: tuple[Path, ...] = ()

    @property
    def arguments(self) -> str:
        """The launcher's argument FILES."""
        return _arguments(self.folders) if self.method == "mount namespace" else ""

    @property
    def writable(self) -> str:
        return " and ".join(temporary_folders())

    @property
    def environment(self) -> dict[str, str]:
        if not self.method:
            return {}
        kept = {VARIABLE: _arguments(self.folders)} if self.method == "Python audit hook" else {}
        return {"PYTHONDONTWRITEBYTECODE": "1", **kept}


def temporary_folders() -> list[str]:
    """Return /tmp and the temporary folder of this process, which may be another one."""
    found = (Path("/tmp"), Path(tempfile.gettempdir()))  # noqa: S108 - it is App Engine's
    return sorted({str(folder.resolve()) for folder in found if folder.is_dir()})


def read_only(folders: Iterable[Path]) -> FileAccess:
    """Return the best method that this system has; this runs a short program.

    A mount namespace holds for every program. Without it, a hook in Python refuses to open files for writing;
    it does not hold for programs in other languages and for databases such as SQLite.
    """
    resolved = tuple(dict.fromkeys(folder.resolve() for folder in folders))
    has_namespaces = sys.platform == "linux" and _can_use_namespaces(resolved)
    return FileAccess("mount namespace" if has_namespaces else "Python audit hook", resolved)


def _can_use_namespaces(folders: Iterable[Path]) -> bool:
    command = [sys.executable, "-I", "-S", LAUNCHER, str(os.getpid()), _arguments(folders), "/bin/true"]
    try:
        ran = subprocess.run(command, capture_output=True, timeout=PROBE_SECONDS, check=False)  # noqa: S603 - our own
    except (OSError, subprocess.SubprocessError):
        return False
    return ran.returncode == 0


def _arguments(folders: Iterable[Path]) -> str:
    writable = temporary_folders()
    protected = [
        str(folder)
        for folder in folders
        if folder.is_dir() and any(folder.is_relative_to(top) and str(folder) != top for top in writable)
    ]
    return json.dumps({"writable": writable, "protected": protected})
