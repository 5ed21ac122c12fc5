"""Virtual environments, one for each set of requirements that is deployed."""

import asyncio
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from gaelocal.appengine.installers import LOCKED, Installer
from gaelocal.appengine.instances.python_environment import RUNTIME
from gaelocal.appengine.instances.start_failures import COMPLETE
from gaelocal.appengine.project import Service
from gaelocal.appengine.project.requirements import (
    local_folders,
    lock_of,
    requirement_lines,
    requirements_of,
)
from gaelocal.appengine.project.services import DEFAULT_ENTRYPOINT
from gaelocal.appengine.releases.builds import Builds
from gaelocal.appengine.releases.errors import BuildFailed, SystemPackageMissing
from gaelocal.appengine.system_packages import is_for_every_release, missing_package

SPARE = 4
"""Environments kept although no version needs them now: the next deploy or a rollback may."""
LEADS_ON = re.compile(r"\s*(-r|-c|-e|--requirement|--constraint|--editable|\.|file:)|\S+\.(whl|zip|gz)$")
LOCKED_FILE = re.compile(r'source = \{ (editable|directory|path) = "(?!\.")')
"""In uv.lock, a package in the project's folder; `.` is the project itself."""
BUILD_FILES = ("*.egg-info", "src/*.egg-info", "build")
GUNICORN = re.compile(r"gunicorn(?![\w.-])", re.IGNORECASE)
FIRST_WITHOUT_SETUPTOOLS = 12
NOT_CREATED = "the virtual environment could not be created"


class Environments:
    """`DATA/environments/NAME`; the name is a hash of what is in it, so that equal requirements share one.

    Environments with more packages are not reused: what requirements.txt forgot must be missing.
    """

    def __init__(self, data: Path, builds: Builds, installer: Installer | None = None) -> None:
        self._folder = data / "environments"
        self._builds = builds
        self._installer = installer or Installer()
        self._building = asyncio.Lock()
        self._of_project: set[str] = set()

    @property
    def may_change_date(self) -> bool:
        """Return whether the installer can install older releases, and no day was chosen."""
        return self._installer.may_change_date

    @property
    def has_uv(self) -> bool:
        return bool(self._installer.uv)

    def programs(self, environment: str) -> Path:
        """Return the folder of its programs."""
        return self._folder / environment / "bin"

    async def ready_for(self, service: Service, python: str = sys.executable, before: str = "") -> str:
        """Return the name of an environment with the requirements; build it if necessary.

        `before` is a day: later releases are not installed. Without one, that of the installer holds; a
        uv.lock wins over both.

        Raises:
            BuildFailed: with the installer's message.
        """
        installer = replace(self._installer, before=self._day(service, before))
        name = environment_name(service, python, installer.before)
        async with self._building:
            if not (self._folder / name / COMPLETE).exists():
                await self._build(self._folder / name, service, python, installer)
            (self._folder / name / COMPLETE).touch()
        return name

    async def install_for_project(self, service: Service, python: str, before: str = "") -> None:
        """Build an environment for a service that runs from the project's folder.

        Raises:
            BuildFailed: with the installer's message.
        """
        self._of_project.add(await self.ready_for(service, python, before))

    def find_for_project(self, service: Service, python: str, before: str = "") -> Path | None:
        """Return the folder of an environment that was installed for the requirements of a service."""
        name = environment_name(service, python, self._day(service, before))
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

    def _day(self, service: Service, before: str) -> str:
        return "" if lock_of(service.folder) else before or self._installer.before

    async def _build(self, folder: Path, service: Service, python: str, installer: Installer) -> None:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        options = [] if has_setuptools(service.runtime) else ["--without-pip"]
        status, output = await self._builds.run(service, [python, "-m", "venv", *options, str(folder)])
        if status:
            raise BuildFailed("\n".join((f"{service.name}: {NOT_CREATED}", *output)))
        for wanted in _requirements_for_pip(service, await self._locked(folder, service, installer)):
            if "pyproject.toml" in wanted and not installer.uv:
                raise BuildFailed(f"{service.name}: pyproject.toml needs uv: pip reads only requirements.txt")
            before = _build_files(service)
            status, output = await self._builds.run(service, installer.command(folder, python, wanted))
            if installer.uv:  # an old pip needs these files later
                _remove(_build_files(service) - before)
            if status:
                hint = missing_package(output)
                reasons = [*installer.reasons(output)[: 1 if hint else None], *([hint] if hint else [])]
                file = requirements_of(service.folder).name
                failed = SystemPackageMissing if is_for_every_release(hint) else BuildFailed
                raise failed("\n".join((f"{service.name}: {file} could not be installed", *reasons)))

    async def _locked(self, folder: Path, service: Service, installer: Installer) -> str:
        """Return the path of a file with the releases in uv.lock; empty without a lock, or without uv."""
        if not (installer.uv and lock_of(service.folder)):
            return ""
        status, output = await self._builds.run(service, installer.export_command(folder))
        if status:
            reasons = installer.reasons(output)
            raise BuildFailed("\n".join((f"{service.name}: uv.lock could not be read", *reasons)))
        return str(folder / LOCKED)


def _build_files(service: Service) -> set[Path]:
    """Return what setuptools leaves in the folders of the project that requirements.txt installs."""
    folders = local_folders(service.folder / "requirements.txt")
    return {file for folder in folders for pattern in BUILD_FILES for file in folder.glob(pattern)}


def _remove(folders: Iterable[Path]) -> None:
    """Remove what an installation has left in the project's folder."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def has_setuptools(runtime: str) -> bool:
    """Return whether a runtime comes with setuptools, whose pkg_resources old packages import.

    An environment that venv creates with pip has it until Python 3.11.
    """
    found = RUNTIME.fullmatch(runtime)
    return found is not None and int(found[1]) < FIRST_WITHOUT_SETUPTOOLS


def _requirements_for_pip(service: Service, locked: str = "") -> list[list[str]]:
    """Return the arguments of each call of pip; without an entrypoint, App Engine adds gunicorn.

    `locked` is a file with the releases in uv.lock. If requirements.txt has hashes, pip accepts nothing
    without a hash in the same call.
    """
    requirements = _requirements(service)
    file = locked or requirements_of(service.folder).name
    wanted = [["--requirement", file]] if requirements else []
    if service.entrypoint != DEFAULT_ENTRYPOINT or any(GUNICORN.match(line) for line in requirements):
        return wanted
    if any("--hash" in line or "--require-hashes" in line for line in requirements):
        return [*wanted, ["gunicorn"]]
    return [[*(wanted[0] if wanted else []), "gunicorn"]]


def _requirements(service: Service) -> list[str]:
    return requirement_lines(requirements_of(service.folder))


def environment_name(service: Service, python: str, before: str = "") -> str:
    """Hash the lines, the interpreter, the date, and the place of other uploaded files that a line names."""
    lock = lock_of(service.folder)
    pins = lock.read_text(encoding="utf-8", errors="replace") if lock else ""
    lines = _requirements(service)
    leads_on = any(LEADS_ON.match(line) for line in lines) or LOCKED_FILE.search(pins)
    place = str(service.folder) if leads_on else ""
    interpreter = (sys.version, sys.base_prefix) if python == sys.executable else (python,)
    words = (word for call in _requirements_for_pip(service) for word in call)
    optional = filter(None, (before, pins))
    parts = (*sorted(lines), *words, place, *interpreter, os.uname().machine, *optional)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
