"""Every command of README and docs is run in a clone of the repository next to a running platform."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from gaelocal.options import DEFAULT_PORTS
from tests import pictures
from tests.docs.clone import clone_to
from tests.docs.reading import ROOT, Command, commands_of, languages, name_of, pages
from tests.docs.rules import check_by_rule, is_run
from tests.journeys.platform import Platform

WITH_COMMANDS = [page for page in pages() if commands_of(page)]
PRELUDE = """
set -euo pipefail
make() { command make --no-print-directory -o .venv/.development -o .venv/.runtime "$@"; }
curl() { command curl --fail-with-body -sS --max-time 60 "$@"; }
newest() { command curl -sS "$APP/api/v1/users/ana/photos?limit=1" | .venv/bin/python -c "$READ"; }
"""
CLIENTS = {"swift", "kotlin", "javascript"}
"""Languages of examples for phones, which are not run."""
READ = "import json, sys; print(json.load(sys.stdin)['results'][0]['id'])"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A separate platform, because the documentation pauses queues."""
    platform = Platform(tmp_path_factory.mktemp("platform"))
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, platform: Platform) -> Path:
    """A clone of the repository, with a photo, and with the platform's data where `make run` stores it."""
    copy = tmp_path_factory.mktemp("checkout") / "photo-timeline"
    clone_to(copy)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    (copy / ".gaelocal").symlink_to(platform.folder / "state")
    (copy / "photo.jpg").write_bytes(pictures.a_jpeg(width=640, height=480))
    return copy


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name_of)
def test_every_command_of_a_page_succeeds(page: Path, platform: Platform, checkout: Path) -> None:
    to_run: list[Command] = []
    is_gcloud_configured = False
    for command in commands_of(page):
        if is_run(command, is_gcloud_configured):
            to_run.append(command)
        else:
            check_by_rule(command)
        is_gcloud_configured |= "gcloud-env" in command.text
    if is_gcloud_configured and shutil.which("gcloud") is None:
        to_run = [command for command in to_run if command.words[0] != "gcloud"]

    ran = run_all(to_run, platform, checkout)

    last = [line for line in ran.stdout.splitlines() if line.startswith("+ ")][-1:]
    assert ran.returncode == 0, f"{last}\n{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}"


def run_all(
    commands: list[Command], platform: Platform, checkout: Path
) -> "subprocess.CompletedProcess[str]":
    script = PRELUDE + "\n".join(_script_of(command, platform) for command in commands)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CLOUDSDK_")}
    return subprocess.run(
        ["bash", "-c", script],
        cwd=checkout,
        env=clean | {"APP": platform.app, "READ": READ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _script_of(command: Command, platform: Platform) -> str:
    """Return the command with the ports of this platform, a shorter loop, and the ID of the newest photo."""
    text = command.text
    for server, port in DEFAULT_PORTS.items():
        address = str(platform.addresses[server]).removeprefix("http://")
        text = re.sub(rf"\b(localhost|127\.0\.0\.1):{port}\b", address, text)
    text = text.replace("seq 1 100", "seq 1 3").replace("/photos/ID", "/photos/$(newest)")
    if command.mark == "refused":
        text = f"if {text}; then echo 'the command was not refused'; exit 1; fi"
    return f"echo {shlex.quote('+ ' + command.text)}\n{text}\n"


def test_code_blocks_have_a_known_language() -> None:
    assert languages() <= {
        "sh",
        "",
        "json",
        "yaml",
        "python",
        "diff",
        "html",
        "http",
        "text",
        "mermaid",
        *CLIENTS,
    }


def test_marks_of_blocks_are_known() -> None:
    marks = {command.mark for page in pages() for command in commands_of(page)}

    assert marks <= {"", "google", "refused"}


def test_make_targets_in_running_text_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        (name_of(page), target)
        for page in pages()
        for target in re.findall(r"`make ([a-z][a-z-]*)", page.read_text())
    }

    assert {(page, target) for page, target in named if target not in targets} == set()
