"""The progress bars of the command line: in bytes, and only on a terminal."""

import os
import pty
import re
import subprocess
import sys
import termios
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import photo_timeline
from api_backend import create_app
from tasks_backend import create_app as create_worker
from tests.pictures import a_jpeg
from tests.services.web_frontend.chromium import served
from web_frontend import create_app as create_website

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends

CLIENT = Path(photo_timeline.__file__).parent.parent
BYTES = re.compile(r"\d[kMG]?B/s|\?B/s|\d[kMG]?B \[|\d(\.\d+)?[kMG]/\d")


class CommandLine:
    """Runs the command line in its own process, while the queues run in this one."""

    def __init__(self, url: str, token: str, home: Path, cloud: "Cloud", backends: "Backends") -> None:
        self._options = ["--url", url, "--token", token]
        self._environment = os.environ | {"PHOTO_TIMELINE_HOME": str(home), "PYTHONPATH": str(CLIENT)}
        self._home = home
        self._cloud, self._backends = cloud, backends

    def run(self, *arguments: str, on_terminal: bool) -> str:
        """Run a command, and return its stderr."""
        terminal, stderr = pty.openpty() if on_terminal else os.pipe()
        if on_terminal:
            termios.tcsetwinsize(terminal, (24, 80))
        with subprocess.Popen(
            [sys.executable, "-m", "photo_timeline", *self._options, *arguments],
            env=self._environment,
            cwd=self._home,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        ) as process:
            os.close(stderr)
            while process.poll() is None:
                self._run_tasks()
        shown = _read_all(terminal)
        assert process.returncode == 0, shown
        return shown

    def _run_tasks(self) -> None:
        project, worker = self._backends.settings.google_cloud_project, create_worker(self._backends)
        self._cloud.run_tasks(project, worker, "renditions", "export")


@pytest.fixture
def command_line(backends: "Backends", cloud: "Cloud", tmp_path: Path) -> Iterator[CommandLine]:
    (tmp_path / "sea.jpg").write_bytes(a_jpeg(64, 48))
    api, website = create_app(backends), create_website(backends)

    def front_door(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        return (website if environ["PATH_INFO"].startswith("/image/") else api)(environ, start)

    with served(front_door) as url:
        yield CommandLine(url, cloud.token_for("ana"), tmp_path, cloud, backends)


def test_progress_bars_count_bytes_on_a_terminal(command_line: CommandLine) -> None:
    shown = [
        command_line.run("post", "--again", "sea.jpg", on_terminal=True),
        command_line.run("sync", "copy", on_terminal=True),
        command_line.run("export", "all.zip", on_terminal=True),
    ]

    assert [bool(BYTES.search(text)) for text in shown] == [True, True, True], shown
    assert "it/s" not in "".join(shown)


def test_there_are_no_progress_bars_without_a_terminal(command_line: CommandLine) -> None:
    assert command_line.run("post", "--again", "sea.jpg", on_terminal=False) == ""
    assert "\r" not in command_line.run("sync", "copy", on_terminal=False)
    assert command_line.run("export", "all.zip", on_terminal=False) == ""


def _read_all(terminal: int) -> str:
    parts = []
    try:
        while part := os.read(terminal, 1 << 16):
            parts.append(part)
    except OSError:  # Linux reports the closed end of a terminal as an error
        pass
    finally:
        os.close(terminal)
    return b"".join(parts).decode()
