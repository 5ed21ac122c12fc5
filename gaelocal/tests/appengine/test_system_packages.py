"""A package that cannot be compiled: the line names what to install."""

import shutil
from pathlib import Path

import pytest
from tests.appengine.running import PROGRAM, StartEngine

from gaelocal.appengine.installers import Installer, find_installer
from gaelocal.appengine.runtime_options import RuntimeOptions
from gaelocal.appengine.system_packages import is_for_every_release, missing_package

UV = find_installer("uv").uv
BUILD_SYSTEM = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
BACKEND = """
def build_wheel(*arguments, **more):
    raise OSError("mysql_config not found")
"""


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("         OSError: mysql_config not found", "default-libmysqlclient-dev"),
        ("  Exception: Can not find valid pkg-config name. Specify MYSQLCLIENT_CFLAGS", "pkg-config"),
        ("      Error: pg_config executable not found.", "libpq-dev"),
        ("  x.c:1:10: fatal error: Python.h: No such file or directory", "python3-dev"),
        ("  error: command 'gcc' failed: No such file or directory", "build-essential"),
        ("  unable to execute 'x86_64-linux-gnu-gcc': No such file or directory", "build-essential"),
        ("  error: can't find Rust compiler", "rustc"),
    ],
)
def test_what_is_missing_is_named_with_its_package(line: str, package: str) -> None:
    hint = missing_package(["Collecting x", line])

    assert hint.startswith("hint: compiling it needs `")
    assert package in hint


@pytest.mark.parametrize(
    "line", ["x.c:3: error: expected ;", "  running gcc -c x.c", "ERROR: No matching distribution for x"]
)
def test_other_failures_get_no_such_hint(line: str) -> None:
    assert missing_package([line]) == ""


def test_only_rust_may_be_no_need_of_older_releases() -> None:
    hints = [
        missing_package([line]) for line in ("pg_config not found", "cargo not found", "no such release")
    ]

    assert [is_for_every_release(hint) for hint in hints] == [True, False, False]


@pytest.mark.skipif(not UV or shutil.which("git") is None, reason="uv or git is not installed")
def test_a_service_that_cannot_be_built_says_what_to_install(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    oven = tmp_path / "oven"
    oven.mkdir()
    (oven / "pyproject.toml").write_text(f'[project]\nname = "oven"\nversion = "1"\n{BUILD_SYSTEM}')
    (oven / "backend.py").write_text(BACKEND)
    (tmp_path / "app.yaml").write_text("runtime: python313\nentrypoint: python main.py\n")
    (tmp_path / "main.py").write_text(PROGRAM)
    (tmp_path / "requirements.txt").write_text("--no-index\n./oven\n")

    running = start_engine(tmp_path, installs=True, options=RuntimeOptions(installer=Installer(UV)))

    reason = running.engine.failing()["default"]
    assert reason.startswith("requirements.txt could not be installed (error: Failed to build `oven")
    assert "compiling it needs `mysql_config`" in reason
    assert "default-libmysqlclient-dev" in reason
