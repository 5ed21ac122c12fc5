"""`make deploy` and `make rollback` with the real gcloud into a gaelocal with a small project."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.conftest import KEY, git
from tests.journeys.platform import ROOT, Platform

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is not installed"),
]
APP_YAML = """\
runtime: python313
service: default
entrypoint: gunicorn -b :$PORT --no-control-socket main:app
env_variables:
  SECRET_KEY: ""
"""
PROGRAM = """\
import json, os

def app(environ, start):
    is_sick = environ["PATH_INFO"] == "/readyz" and "sick" in os.listdir(".")
    start("503 Service Unavailable" if is_sick else "200 OK", [("Content-Type", "application/json")])
    who = {"service": os.environ["GAE_SERVICE"], "version": os.environ["GAE_VERSION"]}
    return [json.dumps(who).encode()]
"""


@dataclass
class Desk:
    """A checkout, and a shell with gcloud configured for the platform."""

    platform: Platform
    project: Path

    def write(self, name: str, content: str) -> None:
        (self.project / name).parent.mkdir(parents=True, exist_ok=True)
        (self.project / name).write_text(content)

    def commit(self) -> None:
        git(self.project, "add", "-A")
        git(self.project, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "x")

    def type(self, *words: str) -> "subprocess.CompletedProcess[str]":
        pointed = f"{sys.executable} -m gaelocal gcloud-env --data {self.platform.folder / 'state'}"
        deploy = shlex.join([sys.executable, "-m", "deploy", *words])
        clean = {name: value for name, value in os.environ.items() if not name.endswith("_EMULATOR_HOST")}
        ran = subprocess.run(
            ["bash", "-c", f'eval "$({pointed})" && {deploy}'],
            cwd=self.project,
            env=clean | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        print(ran.stdout, ran.stderr, sep="\n")
        return ran

    def version(self) -> str:
        return str(self.platform.get("/whoami").json()["version"])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    project = tmp_path_factory.mktemp("project")
    desk = Desk(Platform(tmp_path_factory.mktemp("platform"), app_folder=project), project)
    desk.write("services/default/app.yaml", APP_YAML)
    desk.write("services/default/main.py", PROGRAM)
    desk.write("services/default/requirements.txt", "gunicorn==27.0.1\n")
    for name, content in (("index", "indexes: []"), ("queue", "queue: []"), ("cron", "cron: []")):
        desk.write(f"{name}.yaml", f"{content}\n")
    desk.write("dispatch.yaml", "dispatch: []\n")
    desk.write(".gitignore", "/.deploy/\n/deploy/*.env\n__pycache__/\n")
    git(project, "init", "-q")
    desk.commit()
    desk.write("deploy/photo-timeline.env", f"SECRET_KEY={KEY}\n")
    try:
        desk.platform.start()
        yield desk
    finally:
        desk.platform.stop()


def test_a_release_is_tested_promoted_and_rolled_back(desk: Desk) -> None:
    first = desk.type("deploy", "photo-timeline", "--version=one")
    after_first = desk.version()
    desk.write("services/default/more.txt", "more\n")
    desk.commit()
    second = desk.type("deploy", "photo-timeline", "--version=two")
    after_second = desk.version()

    back = desk.type("rollback", "photo-timeline")

    assert [ran.returncode for ran in (first, second, back)] == [0, 0, 0]
    assert "one-dot-default.localhost" in first.stdout
    assert (after_first, after_second, desk.version()) == ("one", "two", "one")


def test_a_release_that_fails_its_test_gets_no_traffic(desk: Desk) -> None:
    before = desk.version()
    desk.write("services/default/sick", "\n")
    desk.commit()

    ran = desk.type("deploy", "photo-timeline", "--version=sick", "--timeout=1")

    assert ran.returncode == 1
    assert "/readyz answered 503" in ran.stderr
    assert "The traffic was not moved" in ran.stderr
    assert desk.version() == before
