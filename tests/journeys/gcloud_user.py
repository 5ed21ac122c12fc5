"""A user with gcloud and a copy of the project, and a platform that runs the repository."""

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.journeys.platform import ANSWER_SECONDS, ROOT, Platform

COMMAND_SECONDS = 600.0
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")


@dataclass(frozen=True)
class CommandResult:
    """The output and duration of a command."""

    text: str
    status: int
    seconds: float


@dataclass
class GcloudUser:
    """`project` is the copy that is deployed from; the platform runs the repository."""

    platform: Platform
    project: Path

    @classmethod
    def with_a_copy(cls, platform: Platform, folder: Path) -> "GcloudUser":
        shutil.copytree(ROOT / "services", folder / "services", ignore=LEFT_OUT)
        for name in ("dispatch.yaml", "cron.yaml", "queue.yaml", "index.yaml"):
            shutil.copyfile(ROOT / name, folder / name)
        return cls(platform, folder)

    def edit(self, name: str, old: str, new: str) -> None:
        file = self.project / name
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    def try_to(self, line: str) -> CommandResult:
        """Run a shell command with gcloud configured for the platform."""
        words = f"{sys.executable} -m gaelocal gcloud-env --data {self.platform.folder / 'state'}"
        before = time.monotonic()
        ran = subprocess.run(
            ["bash", "-c", f"eval $(cd {ROOT} && {words}) && {line}"],
            cwd=self.project,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        said = CommandResult(ran.stdout, ran.returncode, time.monotonic() - before)
        print(f"$ {line}\n{said.text}[{said.seconds:.1f} s]\n", flush=True)
        return said

    def type(self, line: str) -> CommandResult:
        said = self.try_to(line)
        assert said.status == 0, said.text + self.platform.output()
        return said

    def rows(self, line: str) -> list[dict[str, str]]:
        """Run a command that prints a table, and return its rows as dictionaries."""
        head, *rest = (row.split() for row in self.type(line).text.strip().splitlines())
        return [dict(zip(head, row, strict=False)) for row in rest]

    def get(self, path: str, name: str = "", session: Any = requests) -> requests.Response:
        """Send a request to the front door, at `NAME.localhost` if a name is given."""
        port = self.platform.app.rpartition(":")[2]
        headers = {"Host": f"{name}.localhost:{port}"} if name else {}
        answer: requests.Response = session.get(
            f"{self.platform.app}{path}", headers=headers, timeout=ANSWER_SECONDS
        )
        return answer

    def version(self, name: str = "", session: Any = requests) -> str:
        return str(self.get("/whoami", name, session).json()["version"])
