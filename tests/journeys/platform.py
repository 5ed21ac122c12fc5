"""The whole platform as a user starts it, and users who call it through the front door."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.waiting import eventually

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 90.0
ANSWER_SECONDS = 60.0


@dataclass
class Platform:
    """`python -m gaelocal` on free ports with its own data folder."""

    folder: Path
    words: tuple[str, ...] = ()
    app_folder: Path = ROOT
    addresses: dict[str, Any] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the platform was not started"
        return self._process

    @property
    def app(self) -> str:
        return str(self.addresses["app"])

    @property
    def console(self) -> str:
        return str(self.addresses["console"])

    def start(self) -> None:
        ready = self.folder / "is-ready.json"
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "gaelocal", "--port", "0", "--app", str(self.app_folder)]
        command += ["--project", "photo-timeline"]
        command += ["--data", str(self.folder / "state"), "--ready-file", str(ready), *self.words]
        with (self.folder / "output.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        eventually(lambda: ready.exists() or self.process.poll() is not None, within=START_SECONDS)
        assert ready.exists(), self.output()
        self.addresses = json.loads(ready.read_text())

    def stop(self) -> None:
        """Stop the platform as Ctrl-C does, and check that it has ended."""
        if self._process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(90)
        finally:
            self._kill_group()

    def kill(self) -> None:
        """Kill every process of the platform at once with `kill -9`."""
        found = self.pids()
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(90)

    def pids(self) -> list[int]:
        """Return the platform's process and all its descendants."""
        import psutil

        try:
            parent = psutil.Process(self.process.pid)
            return [parent.pid, *(child.pid for child in parent.children(recursive=True))]
        except psutil.NoSuchProcess:
            return []

    def output(self) -> str:
        return (self.folder / "output.log").read_text(errors="replace")[-4000:]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a gaelocal command for the running platform."""
        command = [sys.executable, "-m", "gaelocal", *words, "--data", str(self.folder / "state")]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    def as_(self, user: str) -> "Person":
        answer = requests.get(
            f"{self.addresses['oidc']}/token", params={"user": user}, timeout=ANSWER_SECONDS
        )
        answer.raise_for_status()
        return Person(self, user, answer.text.strip())

    def get(self, path: str, **more: Any) -> requests.Response:
        return requests.get(f"{self.app}{path}", timeout=ANSWER_SECONDS, **more)

    def ask_console(self, path: str, method: str = "GET") -> Any:
        answer = requests.request(method, f"{self.console}{path}", timeout=ANSWER_SECONDS)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(90)


@dataclass
class Person:
    """A user with a token."""

    platform: Platform
    user: str
    token: str

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        url = f"{self.platform.app}{path}"
        return requests.request(method, url, headers=headers, timeout=ANSWER_SECONDS, **more)

    def post_photo(self, image: bytes, caption: str = "", key: str | None = None) -> requests.Response:
        headers = {"Idempotency-Key": key} if key else {}
        files = {"image": ("photo.jpg", image, "image/jpeg")}
        return self.ask("POST", "/api/v1/photos", files=files, data={"caption": caption}, headers=headers)

    def photo(self, photo_id: str) -> Any:
        return self.ask("GET", f"/api/v1/photos/{photo_id}").json()

    def ready_photo(self, photo_id: str) -> Any:
        """Wait until the renditions of a photo are ready."""

        def look() -> Any:
            photo = self.photo(photo_id)
            return photo if photo["status"] != "processing" else None

        return eventually(look)

    def stream(self, limit: int = 100) -> list[Any]:
        """Return the whole stream of this user."""
        return list(self.photos(limit))

    def photos(self, limit: int = 100) -> Iterator[Any]:
        """Yield the photos of this user, newest first; each page is read when it is needed."""
        cursor: str | None = None
        while True:
            params = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
            page = self.ask("GET", f"/api/v1/users/{self.user}/photos", params=params).json()
            yield from page["results"]
            cursor = page["next_cursor"]
            if cursor is None:
                return
