"""The folder in which the platform keeps its data; one running platform at a time can use it."""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from gaelocal.atomic_write import write_atomically
from gaelocal.state_files import make_way, read_json
from gaelocal.yaml_files import ConfigError

LOCK = "lock"
READY = "ready.json"
PRIVATE = 0o077
"""The umask of a running platform: other users of the machine cannot read its photos, mails and keys."""


class DataFolder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: TextIO | None = None

    def open(self, *, empty_first: bool) -> None:
        """Create the folder and lock it for this process.

        Raises:
            ConfigError: another platform uses it, it cannot be written, or it should be emptied but holds
                files that gaelocal did not create.
        """
        is_ours = (self.path / LOCK).exists()
        if empty_first and self.path.exists() and any(self.path.iterdir()) and not is_ours:
            raise ConfigError(
                f"--fresh: {self.path} holds files that gaelocal did not create; empty it yourself"
            )
        is_private = is_ours or not self.path.exists() or not any(self.path.iterdir())
        self._lock = _locked(self.path)
        if is_private:
            _make_private(self.path)
        if empty_first:
            self._empty()

    def close(self) -> None:
        """Unlock the folder and remove ready.json; the ports are kept for the next run."""
        if self._lock is None:
            return
        if (self.path / READY).is_file():
            make_way(self.path / f"last-{READY}")
            (self.path / READY).replace(self.path / f"last-{READY}")
        self._lock.close()
        self._lock = None

    def write_ready(self, addresses: Mapping[str, object]) -> None:
        write_atomically(self.path / READY, json.dumps(addresses))

    def last_ports(self) -> dict[str, int]:
        """Return the ports of the previous run, so that a restart keeps them, also with `--port 0`."""
        empty: dict[str, int] = {}
        found = (read_json(self.path / name, _ports, empty) for name in (READY, f"last-{READY}"))
        return next((ports for ports in found if ports), empty)

    def _empty(self) -> None:
        for entry in self.path.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != LOCK:
                entry.unlink()


def _ports(addresses: Any) -> dict[str, int]:
    return {
        server: int(address.rsplit(":", 1)[1])
        for server, address in addresses.items()
        if isinstance(address, str) and address.rsplit(":", 1)[-1].isdecimal()
    }


def _make_private(folder: Path) -> None:
    """Remove the permissions of other users; the files of a folder that was open to them are changed too."""
    if not folder.stat().st_mode & PRIVATE:
        return
    with contextlib.suppress(PermissionError):  # a mounted folder may belong to another user
        folder.chmod(0o700)
        for parent, folders, files in os.walk(folder):
            for name in (*folders, *files):
                _remove_permissions_of_others(Path(parent, name))


def _remove_permissions_of_others(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & 0o700)


def _locked(path: Path) -> TextIO:
    try:
        path.mkdir(parents=True, exist_ok=True)
        make_way(path / LOCK)
        lock = (path / LOCK).open("a")
    except OSError as error:
        raise ConfigError(f"--data {path}: cannot be used: {error.filename}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise ConfigError(
            f"{path} is in use by a running platform; choose another data folder with --data"
        ) from error
    return lock


def is_running(path: Path) -> bool:
    """Return whether a platform runs on this data folder; one that was killed has left ready.json behind."""
    return (path / READY).exists() and _is_locked(path / LOCK)


def _is_locked(file: Path) -> bool:
    try:
        with file.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def read_ready(path: Path) -> dict[str, str]:
    """Return the addresses of the platform that runs on this data folder.

    Raises:
        ConfigError: none does.
    """
    try:
        addresses = json.loads((path / READY).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"no platform runs on {path}; start it with `gaelocal`, or name its data folder with --data"
        ) from error
    return {name: str(value) for name, value in addresses.items()}
