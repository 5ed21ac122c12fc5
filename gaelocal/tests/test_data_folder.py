"""The data folder is for its owner only: it holds photos, mails and keys."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from gaelocal.data_folder import LOCK, READY, DataFolder, is_running
from tests.waiting import eventually


def modes_of(folder: Path) -> dict[str, int]:
    """Return the permission bits of the folder and of everything in it."""
    found = {"": folder.stat().st_mode & 0o777}
    for path in folder.rglob("*"):
        if not path.is_symlink():
            found[str(path.relative_to(folder))] = path.stat().st_mode & 0o777
    return found


def open_and_close(folder: Path) -> None:
    data = DataFolder(folder)
    data.open(empty_first=False)
    data.close()


def test_a_new_folder_is_private(tmp_path: Path) -> None:
    data = tmp_path / "data"

    open_and_close(data)

    assert data.stat().st_mode & 0o777 == 0o700


def test_a_folder_of_an_earlier_version_becomes_private(tmp_path: Path) -> None:
    blob, program = tmp_path / "storage" / "blob", tmp_path / "program"
    blob.parent.mkdir()
    for file, mode in ((tmp_path / LOCK, 0o644), (blob, 0o644), (program, 0o755)):
        file.touch()
        file.chmod(mode)
    tmp_path.chmod(0o755)

    open_and_close(tmp_path)

    expected = {"": 0o700, LOCK: 0o600, "storage": 0o700, "storage/blob": 0o600, "program": 0o700}
    assert modes_of(tmp_path) == expected


def test_a_folder_with_files_of_others_keeps_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    tmp_path.chmod(0o755)

    open_and_close(tmp_path)

    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_running_platform_creates_private_files_whatever_the_umask(tmp_path: Path) -> None:
    data, ready = tmp_path / "data", tmp_path / "ready.json"
    (tmp_path / "app.yaml").write_text("runtime: python313\n")
    command = [sys.executable, "-m", "gaelocal", "--only", "emulators", "--port", "0", "--app", str(tmp_path)]
    command += ["--data", str(data), "--ready-file", str(ready)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=_open_to_all)  # noqa: PLW1509
    try:
        eventually(ready.exists)
        modes = modes_of(data)
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(90)

    assert json.loads(ready.read_text())["pid"] == process.pid
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def _open_to_all() -> None:
    os.umask(0)


def test_a_platform_that_was_killed_does_not_run(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    data.open(empty_first=False)
    data.write_ready({"datastore": "127.0.0.1:1"})
    while_open = is_running(tmp_path)
    left_behind = (tmp_path / READY).read_text()
    data.close()

    (tmp_path / READY).write_text(left_behind)

    assert (while_open, is_running(tmp_path)) == (True, False)
