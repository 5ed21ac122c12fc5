"""The Python environment a service runs in: its own, its project's, the activated one, or gaelocal's."""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

FOLDERS = (".venv", "venv", "env", ".env", "virtualenv")
RUNTIME = re.compile(r"python3(\d+)")


@dataclass(frozen=True)
class PythonEnvironment:
    """`folder` holds `bin/python`; `is_own`: it belongs to the project."""

    folder: Path
    is_own: bool

    @property
    def programs(self) -> Path:
        return self.folder / "bin"

    @property
    def python(self) -> Path:
        return self.programs / "python"

    def has(self, program: str) -> bool:
        return (self.programs / program).exists()

    @cached_property
    def version(self) -> str:
        """Return `3.12`; empty if it is unknown."""
        try:
            text = (self.folder / "pyvenv.cfg").read_text(encoding="utf-8")
        except OSError:
            return f"{sys.version_info.major}.{sys.version_info.minor}" if not self.is_own else ""
        found = re.search(r"^version(?:_info)?\s*=\s*(\d+\.\d+)", text, re.MULTILINE)
        return found[1] if found else ""

    def mismatch(self, runtime: str) -> str:
        """Return a message if its Python differs from the runtime of app.yaml, else ""."""
        wanted = RUNTIME.fullmatch(runtime)
        if not wanted or not self.version or self.version == f"3.{wanted[1]}":
            return ""
        return f"the runtime is `{runtime}`, but {self.folder} has Python {self.version}"


def find_environment(folder: Path, app: Path) -> PythonEnvironment:
    """Return the environment of the service in `folder`, which is part of the project in `app`.

    A folder of the service is preferred to one of the project, that to an environment of poetry, that to the
    activated one (VIRTUAL_ENV). The last resort is the environment in which gaelocal itself runs.
    """
    for place in dict.fromkeys((folder, app)):
        for candidate in _candidates(place):
            if (candidate / "bin" / "python").exists():
                return PythonEnvironment(candidate, is_own=True)
    if activated := os.environ.get("VIRTUAL_ENV"):
        environment = PythonEnvironment(Path(activated), is_own=True)
        if environment.python.exists():
            return environment
    return PythonEnvironment(Path(sys.prefix), is_own=False)


@cache
def interpreter_for(runtime: str) -> str:
    """Return a Python of the runtime's version: from PATH or pyenv, else the one that runs gaelocal."""
    wanted = RUNTIME.fullmatch(runtime)
    if not wanted or wanted[1] == str(sys.version_info.minor):
        return sys.executable
    name = f"python3.{wanted[1]}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [*sorted(pyenv.glob(f"3.{wanted[1]}.*/bin/{name}"), reverse=True), shutil.which(name)]
    return next((str(python) for python in found if python and _runs(str(python))), sys.executable)


def _runs(python: str) -> bool:
    """Return whether a program is a Python that works; the shims of pyenv may not."""
    ran = subprocess.run([python, "-c", ""], capture_output=True, check=False)  # noqa: S603
    return ran.returncode == 0


def _candidates(place: Path) -> Iterator[Path]:
    if uv := os.environ.get("UV_PROJECT_ENVIRONMENT"):
        yield place / uv
    for name in FOLDERS:
        yield place / name
    yield from _of_poetry(place)


def _of_poetry(place: Path) -> Iterator[Path]:
    """Find what `poetry env info --path` prints, without starting poetry."""
    if not (place / "poetry.lock").is_file():
        return
    prefix = poetry_environment_name(_poetry_name(place), os.path.realpath(place))
    for folder in _poetry_folders():
        yield from sorted(folder.glob(f"{prefix}-py3.*"), reverse=True)


def poetry_environment_name(project: str, path: str) -> str:
    """Return how poetry names the environment of a project, without the Python version at its end.

    The name has the project's name and a hash of its path (poetry's `EnvManager.generate_env_name`).
    """
    name = re.sub(r'[ $`!*@"\\\r\n\t]', "_", project.lower())[:42]
    digest = hashlib.sha256(os.path.normcase(path).encode()).digest()
    return f"{name}-{base64.urlsafe_b64encode(digest).decode()[:8]}"


def _poetry_folders() -> Iterator[Path]:
    if chosen := os.environ.get("POETRY_VIRTUALENVS_PATH"):
        yield Path(chosen)
    if cache := os.environ.get("POETRY_CACHE_DIR"):
        yield Path(cache, "virtualenvs")
    yield Path.home() / ".cache" / "pypoetry" / "virtualenvs"
    yield Path.home() / "Library" / "Caches" / "pypoetry" / "virtualenvs"


def _poetry_name(place: Path) -> str:
    try:
        table = tomllib.loads((place / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    project = table.get("project", {}).get("name")
    return str(project or table.get("tool", {}).get("poetry", {}).get("name", ""))
