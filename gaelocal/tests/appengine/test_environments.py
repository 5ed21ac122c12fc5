"""A deployed version can import the packages of its requirements.txt, and no others."""

import os
import sys
from pathlib import Path
from typing import cast

import pytest
from tests.appengine.releasing import WHEEL, a_version, a_wheel
from tests.appengine.running import PROGRAM, Running, StartEngine, a_service

from gaelocal.appengine.project import read_service
from gaelocal.appengine.releases import BuildFailed, Version
from gaelocal.appengine.releases.builds import Builds
from gaelocal.appengine.releases.environments import (
    COMPLETE,
    Environments,
    _requirements_for_pip,
    environment_name,
    has_setuptools,
)

BAKER = f"import flour\n{PROGRAM}".encode()


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory, start_engine: StartEngine) -> Running:
    app = tmp_path_factory.mktemp("bakery")
    a_service(app, "default")
    return start_engine(app)


def deploy(bakery: Running, name: str, requirements: bytes) -> Version:
    files = {"requirements.txt": requirements, "main.py": BAKER, WHEEL: a_wheel()}
    return bakery.run(bakery.engine.releases.create_version(a_version(name, files=files)))


def test_a_version_has_the_packages_of_its_requirements(bakery: Running, tmp_path: Path) -> None:
    (tmp_path / "flour-1.0-py3-none-any.whl").write_bytes(a_wheel())
    requirements = f"--no-index\n--find-links {tmp_path}\nflour==1.0  # rye\n".encode()

    first = deploy(bakery, "rye", requirements)
    second = deploy(bakery, "rye-again", b"# as before\n" + requirements)

    assert bakery.ask("/text/1", Host="rye-dot-default.localhost").status == 200
    assert second.environment == first.environment
    built = [row for row in bakery.engine.logs.entries(service="default") if row["log"] == "build"]
    assert {row["version"] for row in built} == {"rye"}
    assert any("Successfully installed flour-1.0" in str(row["message"]) for row in built)


@pytest.mark.parametrize(
    ("requirements", "calls"),
    [
        ("flour==1.0\n", [["--requirement", "requirements.txt", "gunicorn"]]),
        ("flour==1.0 \\\n    --hash=sha256:00\n", [["--requirement", "requirements.txt"], ["gunicorn"]]),
        ("gunicorn==27.0.1 \\\n    --hash=sha256:00\n", [["--requirement", "requirements.txt"]]),
        ("", [["gunicorn"]]),
    ],
)
def test_gunicorn_is_added_in_a_call_of_its_own_if_requirements_have_hashes(
    tmp_path: Path, requirements: str, calls: list[list[str]]
) -> None:
    """With hashes, pip refuses a requirement without one in the same call."""
    (tmp_path / "app.yaml").write_text("runtime: python313\n")
    (tmp_path / "main.py").touch()
    (tmp_path / "requirements.txt").write_text(requirements)

    assert _requirements_for_pip(read_service(tmp_path / "app.yaml")) == calls


@pytest.mark.parametrize(
    ("runtime", "expected"),
    [("python37", True), ("python311", True), ("python312", False), ("python313", False), ("python", False)],
)
def test_runtimes_before_python_3_12_come_with_setuptools(runtime: str, expected: bool) -> None:
    assert has_setuptools(runtime) is expected


def test_a_requirement_may_be_one_of_the_uploaded_files(bakery: Running) -> None:
    requirements = f"--no-index\n./{WHEEL}\n".encode()

    first = deploy(bakery, "own-wheel", requirements)
    second = deploy(bakery, "own-wheel-again", requirements)

    assert bakery.ask("/text/1", Host="own-wheel-dot-default.localhost").status == 200
    assert first.environment != second.environment, "the file may be another one each time"


def test_what_pip_cannot_install_fails_the_deploy_in_pips_words(bakery: Running) -> None:
    with pytest.raises(BuildFailed, match=r"No matching distribution found for yeast==1"):
        deploy(bakery, "flat", b"--no-index\nyeast==1\n")

    assert bakery.engine.releases.services() == ["default"]
    assert "flat" not in [version.id for version in bakery.engine.releases.list_versions("default")]


def test_a_package_of_the_running_interpreter_is_not_there(bakery: Running) -> None:
    reads = b"import psutil\n" + PROGRAM.encode()
    files = {"main.py": reads}

    with pytest.raises(Exception, match="the module `psutil` is not installed"):
        bakery.run(bakery.engine.releases.create_version(a_version("bare", files=files)))


def test_the_environment_of_a_project_is_kept_however_many_unused_ones_are_newer(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text("runtime: python313\n")
    (tmp_path / "main.py").write_text("app = None\n")
    (tmp_path / "requirements.txt").write_text("flask\n")
    service = read_service(tmp_path / "app.yaml")
    environments = Environments(tmp_path, cast("Builds", None))
    for age, name in enumerate(
        (environment_name(service, sys.executable), *(f"unused-{n}" for n in range(6)))
    ):
        file = tmp_path / "environments" / name / COMPLETE
        file.parent.mkdir(parents=True)
        file.touch()
        os.utime(file, (age, age))

    found = environments.find_for_project(service, sys.executable)
    environments.keep_only([])

    assert found is not None
    assert found.is_dir()
    assert not (tmp_path / "environments" / "unused-0").exists()
