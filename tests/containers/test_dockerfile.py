"""Rules for the Dockerfile: entrypoint, user, and copied files."""

import json
import re
from pathlib import Path, PurePosixPath

import pytest

from gaelocal.appengine.project import read_project

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = (ROOT / "Dockerfile").read_text()
LINES = [
    line
    for line in TEXT.replace("\\\n", " ").splitlines()
    if line.strip() and not line.lstrip().startswith("#")
]
STAGES = re.split(r"^FROM ", TEXT, flags=re.MULTILINE)
FINAL = {stage.split()[2]: stage for stage in STAGES[1:] if stage.split()[2] in ("service", "gaelocal")}


def words(instruction: str) -> list[str]:
    """Return the arguments of each instruction of a kind."""
    return [line.split(maxsplit=1)[1] for line in LINES if line.split()[0] == instruction]


def test_the_base_image_is_an_argument_with_a_public_default() -> None:
    assert LINES[0] == "ARG BASE_IMAGE=python:3.13-slim"
    assert words("FROM")[0] == "${BASE_IMAGE} AS python"


def test_every_stage_is_based_on_the_first() -> None:
    assert {line.split()[0] for line in words("FROM")[1:]} <= {"python", "installing"}


def test_the_default_base_has_the_python_of_app_yaml() -> None:
    runtimes = {service.runtime for service in read_project(ROOT).services.values()}

    assert runtimes == {f"python{LINES[0].split(':')[1].removesuffix('-slim').replace('.', '')}"}


def is_excluded(name: str) -> bool:
    """Read `.dockerignore` as docker does: a pattern covers everything below it; the last match wins."""
    path = PurePosixPath(name)
    places = [place.as_posix() for place in (path, *path.parents)]
    verdict = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        if pattern and not pattern.startswith("#"):
            form = re.escape(pattern).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
            if any(re.fullmatch(form, place) for place in places):
                verdict = not line.startswith("!")
    return verdict


@pytest.mark.parametrize("stage", sorted(FINAL))
def test_an_image_does_not_run_as_root(stage: str) -> None:
    user = re.findall(r"^USER (\d+):(\d+)$", FINAL[stage], re.MULTILINE)[-1]

    assert all(int(number) >= 10000 for number in user)
    assert not re.search(r"^(RUN|COPY|ADD) ", FINAL[stage].split("USER ")[1], re.MULTILINE)


@pytest.mark.parametrize("name", read_project(ROOT).services)
def test_a_service_runs_by_the_entrypoint_of_its_app_yaml(name: str) -> None:
    entrypoint = read_project(ROOT).services[name].entrypoint

    assert json.loads(words("CMD")[0]) == ["sh", "-c", f"exec {entrypoint}"]


def test_packages_are_installed_only_from_pinned_files() -> None:
    for line in words("RUN"):
        for installed in re.findall(r"pip install (.*)$", line):
            assert installed.endswith("-r /requirements.txt")
            assert "${PIP_OPTIONS}" in installed
            assert "--no-cache-dir" in installed


def test_the_build_needs_neither_buildkit_nor_downloads() -> None:
    assert "--mount=" not in TEXT
    assert "<<" not in TEXT
    assert "# syntax" not in TEXT
    assert not re.search(r"^ADD |curl|wget|apt-get|https?://", TEXT, re.MULTILINE)


def test_no_secret_is_built_in() -> None:
    for line in [*words("ENV"), *words("ARG")]:
        assert not re.search("SECRET|PASSWORD|TOKEN|CREDENTIAL", line), line


def test_everything_copied_is_in_the_build_context() -> None:
    """`.dockerignore` excludes everything it does not list, so it must list the sources of COPY."""
    sources = [source for line in words("COPY") if "--from" not in line for source in line.split()[:-1]]

    for source in {source.replace("${SERVICE}", "default") for source in sources}:
        path = ROOT / source
        one = path if path.is_file() else next(p for p in sorted(path.rglob("*")) if p.is_file())
        assert not is_excluded(one.relative_to(ROOT).as_posix()), source


def test_tests_data_and_git_are_not_in_the_build_context() -> None:

    for name in (
        ".git/config",
        ".venv/bin/python",
        ".gaelocal/ready.json",
        "tests/conftest.py",
        "README.md",
    ):
        assert is_excluded(name), name
