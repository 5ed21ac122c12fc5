"""A small project in git, a gcloud that records its commands, and servers for the versions."""

import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SERVICES = ("default", "api-backend", "tasks-backend")
KEY = "k" * 64


@dataclass
class Checkout:
    """A checkout in which `python -m deploy …` is run with the recording gcloud."""

    folder: Path
    project: Path
    questions: dict[str, Any] = field(default_factory=dict)
    fails: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    typed: str = ""

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        self.lay_out()
        clean = {name: value for name, value in os.environ.items() if not name.endswith("_EMULATOR_HOST")}
        return subprocess.run(
            [sys.executable, "-m", "deploy", *words],
            cwd=self.project,
            env=clean | self.where() | self.environment,
            input=self.typed,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def lay_out(self) -> None:
        """Write the answers of the recording gcloud to its file."""
        answers = {"questions": self.questions, "fails": self.fails}
        (self.folder / "answers.json").write_text(json.dumps(answers))

    def where(self) -> dict[str, str]:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return {"PATH": path, "RECORDER": str(self.folder), "PYTHONPATH": str(ROOT)}

    def commands(self) -> list[str]:
        file = self.folder / "commands"
        return file.read_text().splitlines() if file.exists() else []

    def changes(self) -> list[str]:
        """Return the commands that change something, without their common arguments."""
        end = " --quiet --project=my-photos"
        return [line.removesuffix(end) for line in self.commands() if line.endswith(end)]

    def write(self, name: str, content: str) -> None:
        (self.project / name).parent.mkdir(parents=True, exist_ok=True)
        (self.project / name).write_text(content)

    def commit(self) -> str:
        git(self.project, "add", "-A")
        git(self.project, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "x")
        return "g" + git(self.project, "rev-parse", "--short=8", "HEAD").strip()


def git(folder: Path, *words: str) -> str:
    ran = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    return ran.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A project that can be deployed: everything committed, valid values, a gcloud that succeeds."""
    (tmp_path / "bin").mkdir()
    shutil.copyfile(HERE / "recorder.py.txt", tmp_path / "bin" / "gcloud")
    (tmp_path / "bin" / "gcloud").chmod(0o755)
    project = tmp_path / "project"
    shared = project / "timeline"
    shared.mkdir(parents=True)
    (shared / "settings.py").write_text("\n")
    checkout = Checkout(tmp_path, project)
    for service in SERVICES:
        app_yaml = (ROOT / "services" / service / "app.yaml").read_text()
        checkout.write(f"services/{service}/app.yaml", app_yaml)
        (project / "services" / service / "timeline").symlink_to("../../timeline")
    shutil.copyfile(ROOT / ".gitignore", project / ".gitignore")
    git(project, "init", "-q")
    checkout.commit()
    checkout.write("deploy/my-photos.env", f"SECRET_KEY={KEY}\nPUBLIC_URL=https://photos.example.com\n")
    return checkout


@dataclass
class Versions:
    """One address per service, as App Engine gives one to each version; `who` is the response of /whoami."""

    port: int
    who: dict[str, dict[str, str]]
    sick: set[str] = field(default_factory=set)

    def url(self, service: str) -> str:
        return f"http://{service}.localhost:{self.port}"


@pytest.fixture
def versions() -> Iterator[Versions]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service = self.headers["Host"].partition(".")[0]
            self.send_response(503 if service in versions.sick else 200)
            self.end_headers()
            self.wfile.write(json.dumps(versions.who[service] if self.path == "/whoami" else {}).encode())

        def log_message(self, *words: object) -> None:
            """Do not log requests."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    versions = Versions(server.server_port, {})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield versions
    server.shutdown()
    thread.join()
    server.server_close()
