"""Each service starts alone from exactly the files that `gcloud app deploy` uploads."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
import venv
from collections.abc import Iterator, Mapping
from pathlib import Path

import pathspec
import pytest
import yaml

from gaelocal.ports import free_port
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ["default", "api-backend", "tasks-backend"]


def files_for_upload(folder: Path) -> set[str]:
    """Return the files that gcloud would upload; without gcloud, apply .gcloudignore."""
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        return files_by_the_rules(folder)
    command = [gcloud, "meta", "list-files-for-upload", str(folder)]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return set(listed.stdout.split())


def files_by_the_rules(folder: Path) -> set[str]:
    ignored = pathspec.GitIgnoreSpec.from_lines((folder / ".gcloudignore").read_text().splitlines())
    walked = (Path(at) / name for at, _, names in os.walk(folder, followlinks=True) for name in names)
    names = {path.relative_to(folder).as_posix() for path in walked}
    return {name for name in names if not ignored.match_file(name)}


@contextlib.contextmanager
def running(folder: Path, python: Path) -> Iterator[str]:
    """Start the service as App Engine does: its entrypoint, in its folder, with a PORT."""
    port = free_port(0, "--port")
    entrypoint = yaml.safe_load((folder / "app.yaml").read_text())["entrypoint"]
    environment = {
        "PORT": str(port),
        "PATH": f"{python.parent}:/usr/bin:/bin",
        "GOOGLE_CLOUD_PROJECT": "alone",
        "SECRET_KEY": "of a deployment that replaced it",
    }
    environment |= {"GAE_SERVICE": folder.name, "GAE_VERSION": "1", "GAE_INSTANCE": "0"}
    with (folder.parent / f"{folder.name}.log").open("wb") as log:
        process = subprocess.Popen(
            ["sh", "-c", f"exec {entrypoint}"],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(90)


def answer(url: str, headers: Mapping[str, str] | None = None) -> bytes:
    request = urllib.request.Request(url, headers=dict(headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return bytes(response.read())
    except OSError:
        return b""


@pytest.mark.slow
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_uploaded_alone_starts_and_answers(tmp_path: Path, service: str) -> None:
    source, target = ROOT / "services" / service, tmp_path / service
    for name in files_for_upload(source):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--quiet", "--disable-pip-version-check"]
    wanted = ["--no-compile", "--no-deps", "-r", target / "requirements.txt"]
    subprocess.run([*pip, "install", *wanted], check=True, timeout=600)
    subprocess.run([*pip, "check"], check=True, timeout=60)

    with running(target, python) as url:
        health = eventually(lambda: answer(f"{url}/healthz"), within=60)
        who = json.loads(answer(f"{url}/whoami", {"X-Appengine-Cron": "true"}))

    assert who == {"service": service, "version": "1", "instance": "0", "project": "alone"}
    assert health


@pytest.mark.parametrize("service", SERVICES)
def test_only_what_a_service_needs_is_uploaded(service: str) -> None:
    uploaded = files_for_upload(ROOT / "services" / service)

    assert {"app.yaml", "main.py", "requirements.txt", "timeline/settings.py"} <= uploaded
    assert not [name for name in uploaded if "__pycache__" in name or name.endswith((".pyc", ".in"))]
    assert not [name for name in uploaded if name.startswith((".", "timeline/timeline", "tests"))]


@pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is not installed")
@pytest.mark.parametrize("service", SERVICES)
def test_our_upload_rules_agree_with_gcloud(service: str) -> None:
    folder = ROOT / "services" / service

    assert files_by_the_rules(folder) == files_for_upload(folder)
