"""The folder in which the local cloud keeps everything; one running platform at a time may have it."""

import fcntl
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from gaelocal.whole_file import write_whole
from gaelocal.yaml_files import ConfigError

LOCK = "lock"
READY = "ready.json"


class DataFolder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: TextIO | None = None

    def open(self, *, empty_first: bool) -> None:
        """Make the folder and take it for this process.

        Raises:
            ConfigError: another running platform has it, it cannot be written, or it was to be emptied
                and is not one of ours.
        """
        is_ours = (self.path / LOCK).exists()
        if empty_first and self.path.exists() and any(self.path.iterdir()) and not is_ours:
            raise ConfigError(
                f"--fresh: {self.path} holds files that are not the local cloud's; empty it by hand"
            )
        self._lock = _locked(self.path)
        if empty_first:
            self._empty()

    def close(self) -> None:
        """Give the folder back. ready.json says what runs, so it goes; its ports are remembered."""
        if self._lock is None:
            return
        if (self.path / READY).exists():
            (self.path / READY).replace(self.path / f"last-{READY}")
        self._lock.close()
        self._lock = None

    def write_ready(self, addresses: Mapping[str, str | int]) -> None:
        write_whole(self.path / READY, json.dumps(addresses))

    def last_ports(self) -> dict[str, int]:
        """Give the ports of the run before, so that `--port 0` and a restart keep the addresses the same."""
        for name in (READY, f"last-{READY}"):
            try:
                addresses = json.loads((self.path / name).read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            return {
                server: int(address.rsplit(":", 1)[1])
                for server, address in addresses.items()
                if isinstance(address, str) and address.rsplit(":", 1)[-1].isdecimal()
            }
        return {}

    def _empty(self) -> None:
        for entry in self.path.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != LOCK:
                entry.unlink()


def _locked(path: Path) -> TextIO:
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = (path / LOCK).open("a")
    except OSError as error:
        raise ConfigError(f"--data {path}: cannot be used: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise ConfigError(f"{path} is in use by a running local cloud; choose another with --data") from error
    return lock


def read_ready(path: Path) -> dict[str, str]:
    """Give the addresses of the platform that runs on this data folder.

    Raises:
        ConfigError: none does.
    """
    try:
        addresses = json.loads((path / READY).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"no local cloud runs on {path}; start it with `make run`, or name its --data"
        ) from error
    return {name: str(value) for name, value in addresses.items()}
