"""Virtual environments, one for each set of requirements that is deployed."""

import asyncio
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from gaelocal.appengine.project import Service
from gaelocal.appengine.project.services import DEFAULT_ENTRYPOINT
from gaelocal.appengine.releases.builds import Builds
from gaelocal.appengine.releases.errors import BuildFailed

COMPLETE = "complete"
SPARE = 4
"""Environments kept although no version needs them now: the next deploy or a rollback may."""
LEADS_ON = re.compile(r"\s*(-r|-c|-e|--requirement|--constraint|--editable|\.|file:)|\S+\.(whl|zip|gz)$")
GUNICORN = re.compile(r"gunicorn(?![\w.-])", re.IGNORECASE)
PIP = (
    *("install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"),
    *("--root-user-action", "ignore"),
)
FAILED = {
    "pip": "requirements.txt could not be installed",
    "venv": "the virtual environment could not be created",
}


class Environments:
    """`DATA/environments/NAME`; the name is a hash of what is in it, so that equal requirements share one.

    Environments with more packages are not reused: what requirements.txt forgot must be missing.
    """

    def __init__(self, data: Path, builds: Builds) -> None:
        self._folder = data / "environments"
        self._builds = builds
        self._building = asyncio.Lock()
        self._of_project: set[str] = set()

    def programs(self, environment: str) -> Path:
        """Return the folder of its programs."""
        return self._folder / environment / "bin"

    async def ready_for(self, service: Service, python: str = sys.executable) -> str:
        """Return the name of an environment with the requirements; build it if necessary.

        Raises:
            BuildFailed: with pip's message.
        """
        name = _name(service, python)
        async with self._building:
            if not (self._folder / name / COMPLETE).exists():
                await self._build(self._folder / name, service, python)
            (self._folder / name / COMPLETE).touch()
        return name

    async def install_for_project(self, service: Service, python: str) -> None:
        """Build an environment for a service that runs from the project's folder.

        Raises:
            BuildFailed: with pip's message.
        """
        self._of_project.add(await self.ready_for(service, python))

    def find_for_project(self, service: Service, python: str) -> Path | None:
        """Return the folder of an environment that was installed for the requirements of a service."""
        name = _name(service, python)
        if not (self._folder / name / COMPLETE).exists():
            return None
        self._of_project.add(name)
        return self._folder / name

    def keep_only(self, environments: Iterable[str]) -> None:
        """Remove unused environments, except the few last used ones, and incomplete builds.

        The environments of the project's own services are in use as well.
        """
        kept = set(environments) | self._of_project
        unused = [folder for folder in self._folder.glob("*") if folder.name not in kept]
        spare = [folder for folder in unused if (folder / COMPLETE).exists()]
        spare.sort(key=lambda folder: (folder / COMPLETE).stat().st_mtime)
        for folder in set(unused) - set(spare[-SPARE:]):
            shutil.rmtree(folder, ignore_errors=True)

    async def _build(self, folder: Path, service: Service, python: str) -> None:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        await self._run(service, "venv", "--without-pip", str(folder), python=python)
        if wanted := _requirements_for_pip(service):
            await self._run(service, "pip", "--python", str(folder), *PIP, *wanted)

    async def _run(self, service: Service, module: str, *words: str, python: str = sys.executable) -> None:
        status, output = await self._builds.run(service, [python, "-m", module, *words])
        if status:
            errors = [line for line in output if line.startswith("ERROR:")] or output
            raise BuildFailed("\n".join((f"{service.name}: {FAILED[module]}", *errors)))


def _requirements_for_pip(service: Service) -> list[str]:
    """Return the requirements for pip; without an entrypoint, App Engine adds gunicorn."""
    requirements = _requirements(service)
    wanted = ["--requirement", "requirements.txt"] if requirements else []
    if service.entrypoint == DEFAULT_ENTRYPOINT and not any(GUNICORN.match(line) for line in requirements):
        wanted.append("gunicorn")
    return wanted


def _requirements(service: Service) -> list[str]:
    """Return the lines except comments and empty ones."""
    file = service.folder / "requirements.txt"
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line]


def _name(service: Service, python: str) -> str:
    """Hash the lines, the interpreter, and the place where a line leads to another of the uploaded files."""
    lines = _requirements(service)
    place = str(service.folder) if any(LEADS_ON.match(line) for line in lines) else ""
    interpreter = (sys.version, sys.base_prefix) if python == sys.executable else (python,)
    parts = (*sorted(lines), *_requirements_for_pip(service), place, *interpreter, os.uname().machine)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
