"""A project whose requirements name no versions runs with the releases of its time if today's break it."""

import datetime
import io
import json
import os
import shutil
import subprocess
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.appengine.running import ENTRYPOINT, PROGRAM, Running, StartEngine

from gaelocal.appengine.installers import Installer, find_installer
from gaelocal.appengine.project_packages import _one_line
from gaelocal.appengine.releases.errors import BuildFailed
from gaelocal.appengine.requirements_history import day_after_last_change
from gaelocal.appengine.runtime_options import RuntimeOptions
from gaelocal.options import parse_options

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
UV = find_installer("uv").uv
DAYS = {"1.0": "2020-01-01", "2.0": "2024-01-01"}
"""When the two releases of each package were uploaded."""
MODULES = {"1.0": "def knead(): return 'by hand'\n", "2.0": "KIND = 'rye'\n"}
"""The second one has no `knead` any more."""
CHANGED = "2021-06-30"
AS_ANA = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com")


@pytest.fixture(scope="module")
def index() -> Iterator[str]:
    """The address of a package index that says when each release was uploaded."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), DoughIndex)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class DoughIndex(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        _, package, file = self.path.split("/")
        if package not in ("dough", "crust", "glaze"):
            self.send_error(404)
        elif not file:
            self._send(json.dumps(listing(package)).encode(), "application/vnd.pypi.simple.v1+json")
        elif file.endswith(".tar.gz"):
            self._send(an_archive_that_cannot_be_built(package), "application/octet-stream")
        else:
            self._send(a_wheel(package, file.split("-")[1]), "application/octet-stream")

    do_HEAD = do_GET  # noqa: N815 - a name of http.server

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of http.server
        """Print nothing."""


def listing(package: str) -> dict[str, object]:
    files = {release: f"{package}-{release}-py3-none-any.whl" for release in DAYS}
    if package != "dough":
        files["2.0"] = f"{package}-2.0.tar.gz"
    described = [
        {"filename": file, "url": file, "hashes": {}, "upload-time": f"{DAYS[release]}T00:00:00Z"}
        for release, file in files.items()
    ]
    return {"meta": {"api-version": "1.1"}, "name": package, "versions": list(DAYS), "files": described}


def an_archive_that_cannot_be_built(package: str) -> bytes:
    """Return `crust`, whose build system does not exist, or `glaze`, for which the system lacks a program."""
    backend = "oven" if package == "glaze" else "no_such_oven"
    system = f"[build-system]\nrequires = []\nbuild-backend = '{backend}'\nbackend-path = ['.']\n"
    project = f"[project]\nname = '{package}'\nversion = '2.0'\n"
    oven = "def build_wheel(*arguments, **more):\n    raise OSError('mysql_config not found')\n"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in {"pyproject.toml": project + system, "oven.py": oven}.items():
            member = tarfile.TarInfo(f"{package}-2.0/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


def a_wheel(package: str, release: str) -> bytes:
    packed, folder = io.BytesIO(), f"{package}-{release}.dist-info"
    with zipfile.ZipFile(packed, "w") as wheel:
        wheel.writestr(f"{package}.py", MODULES[release])
        wheel.writestr(f"{folder}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {release}\n")
        wheel.writestr(f"{folder}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{folder}/RECORD", "".join(f"{name},,\n" for name in wheel.namelist()))
    return packed.getvalue()


def a_project(folder: Path, index: str, requirement: str = "dough", program: str = "") -> Path:
    """Write a project whose requirements.txt was committed in 2021."""
    folder.mkdir()
    (folder / "app.yaml").write_text(f"runtime: python313\n{ENTRYPOINT}")
    (folder / "main.py").write_text(f"{program or 'from dough import knead'}\n{PROGRAM}")
    (folder / "requirements.txt").write_text(f"--index-url {index}\n{requirement}\n")
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    person = {"NAME": "Ana", "EMAIL": "ana@example.com", "DATE": f"{CHANGED}T12:00:00"}
    variables = {
        f"GIT_{who}_{name}": text for who in ("AUTHOR", "COMMITTER") for name, text in person.items()
    }
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "Bake"]):
        subprocess.run(["git", *words], cwd=folder, env=os.environ | variables, check=True)


def start(start_engine: StartEngine, app: Path, installer: Installer | None = None) -> Running:
    return start_engine(app, installs=True, options=RuntimeOptions(installer=installer or Installer(UV)))


def told(running: Running) -> list[str]:
    entries = running.engine.logs.entries(service="default", limit=500)
    return [str(entry["message"]) for entry in entries if entry["severity"] == "NOTICE"]


def test_a_project_that_todays_releases_break_gets_those_of_its_time(
    tmp_path: Path, start_engine: StartEngine, index: str
) -> None:
    app = a_project(tmp_path / "app", index)

    running = start(start_engine, app)

    assert running.engine.failing() == {}
    assert running.ask("/text/1").status == 200
    assert [
        line for line in told(running) if "packages from before 2021-07-01" in line and "no `knead`" in line
    ]


def test_the_next_start_takes_them_at_once(tmp_path: Path, start_engine: StartEngine, index: str) -> None:
    app = a_project(tmp_path / "app", index)
    running = start(start_engine, app)
    running.run(running.engine.stop())

    again = start(start_engine, app)

    assert again.ask("/text/1").status == 200
    assert [
        line for line in told(again) if line.startswith("packages from before 2021-07-01, as in the last")
    ]
    assert not [line for line in told(again) if "Trying" in line]


def test_requirements_that_cannot_be_installed_any_more_are_those_of_their_time(
    tmp_path: Path, start_engine: StartEngine, index: str
) -> None:
    """Release 2.0 of `crust` cannot be built."""
    app = a_project(tmp_path / "app", index, "crust", "from crust import knead")

    running = start(start_engine, app)

    assert running.engine.failing() == {}
    assert [line for line in told(running) if "could not be installed" in line and "2021-07-01" in line]


@pytest.mark.skipif(not UV, reason="uv is not installed")
def test_older_releases_are_not_tried_where_the_operating_system_lacks_a_program(
    tmp_path: Path, start_engine: StartEngine, index: str
) -> None:
    """Release 2.0 of `glaze` needs `mysql_config`."""
    app = a_project(tmp_path / "app", index, "glaze", "from glaze import knead")

    running = start(start_engine, app)

    assert "compiling it needs `mysql_config`" in running.engine.failing()["default"]
    assert not [line for line in told(running) if "Trying" in line]


def test_the_error_of_the_installer_is_given_if_older_releases_cannot_be_installed_either(
    tmp_path: Path, start_engine: StartEngine, index: str
) -> None:
    app = a_project(tmp_path / "app", index, "dough\nbutter")

    running = start(start_engine, app)

    assert "butter was not found" in running.engine.failing()["default"]


def test_the_first_error_is_given_if_older_releases_do_not_help(
    tmp_path: Path, start_engine: StartEngine, index: str
) -> None:
    app = a_project(tmp_path / "app", index, program="from dough import bake")

    running = start(start_engine, app)
    first = running.engine.failing()["default"]
    running.run(running.engine.stop())
    again = start(start_engine, app)

    assert first.startswith("the installed release of `dough` has no `bake`")
    assert again.engine.failing()["default"] == first
    assert not [line for line in told(again) if "Trying" in line], "it does not help a second time either"


def test_the_line_gives_the_step_that_failed_and_its_last_cause() -> None:
    steps = [
        "error: Git operation failed",
        "cause: failed to clone into: /cache",
        "cause: no host: github.com",
    ]
    failed = BuildFailed("\n".join(["default: requirements.txt could not be installed", *steps]))

    assert _one_line(failed) == (
        "requirements.txt could not be installed (error: Git operation failed) (cause: no host: github.com)"
    )


def test_services_with_the_same_requirements_get_them_one_after_another(
    tmp_path: Path, start_engine: StartEngine, index: str
) -> None:
    app = a_project(tmp_path / "app", index)
    slow = a_project(app / "slow", index, program="import time\ntime.sleep(4)\nfrom dough import knead")
    (slow / "app.yaml").write_text(f"runtime: python313\nservice: slow\n{ENTRYPOINT}")

    running = start(start_engine, app)

    assert running.engine.failing() == {}


@pytest.mark.parametrize("program", ["raise RuntimeError('the oven is cold')", "raise SystemExit(3)"])
def test_other_failures_are_not_those_of_packages(
    tmp_path: Path, start_engine: StartEngine, index: str, program: str
) -> None:
    app = a_project(tmp_path / "app", index, program=program)

    running = start(start_engine, app)

    assert "default" in running.engine.failing()
    assert not [line for line in told(running) if "Trying" in line]


def test_today_means_no_older_releases(tmp_path: Path, start_engine: StartEngine, index: str) -> None:
    app = a_project(tmp_path / "app", index)
    installer = parse_options(["--packages-before", "today"]).runtime.installer

    running = start(start_engine, app, installer)

    assert "no `knead`" in running.engine.failing()["default"]
    assert not [line for line in told(running) if "Trying" in line]


def test_without_a_history_nothing_older_is_tried(
    tmp_path: Path, start_engine: StartEngine, index: str
) -> None:
    app = a_project(tmp_path / "app", index)
    shutil.rmtree(app / ".git")

    running = start(start_engine, app)

    assert "no `knead`" in running.engine.failing()["default"]


def test_the_day_is_the_one_after_the_last_change_of_the_file(tmp_path: Path) -> None:
    app = a_project(tmp_path / "app", "http://127.0.0.1:1")

    assert day_after_last_change(app / "requirements.txt") == "2021-07-01"
    assert day_after_last_change(app / "no-such-file") == ""


def test_a_later_change_of_an_included_file_counts(tmp_path: Path) -> None:
    app = a_project(tmp_path / "app", "http://127.0.0.1:1", "-r common.txt")
    (app / "common.txt").write_text("dough\n")
    variables = os.environ | {
        "GIT_COMMITTER_DATE": "2022-03-01T12:00:00",
        "GIT_AUTHOR_DATE": "2022-03-01T12:00:00",
    }
    for words in (["add", "."], [*AS_ANA, "commit", "-qm", "Share"]):
        subprocess.run(["git", *words], cwd=app, env=variables, check=True)

    assert day_after_last_change(app / "requirements.txt") == "2022-03-02"


def test_a_change_of_today_has_no_day_yet(tmp_path: Path) -> None:
    app = a_project(tmp_path / "app", "http://127.0.0.1:1")
    now = datetime.datetime.now(datetime.UTC).isoformat()
    (app / "requirements.txt").write_text("dough\n")
    variables = os.environ | {"GIT_COMMITTER_DATE": now, "GIT_AUTHOR_DATE": now}
    words = ["git", *AS_ANA, "commit", "-qam", "Knead"]
    subprocess.run(words, cwd=app, env=variables, check=True)

    assert day_after_last_change(app / "requirements.txt") == ""
