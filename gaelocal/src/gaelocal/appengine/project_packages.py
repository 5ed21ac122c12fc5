"""Install requirements.txt for the services of the project's folder (`--install`).

Requirements without versions mean today's releases, as in a deploy. A service that cannot be installed or
imported with these gets the releases of the time when its requirements.txt was last changed.
"""

import asyncio
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from gaelocal.appengine.instances.python_environment import (
    PythonEnvironment,
    find_environment,
    interpreter_for,
)
from gaelocal.appengine.project import Service
from gaelocal.appengine.project.requirements import lock_of, requirements_of
from gaelocal.appengine.releases.environments import Environments, environment_name
from gaelocal.appengine.releases.errors import BuildFailed, SystemPackageMissing
from gaelocal.appengine.requirements_history import day_after_last_change
from gaelocal.atomic_write import write_atomically
from gaelocal.state_files import ensure_folder, read_json

REASON = re.compile(r"error|^cause:|^hint:", re.IGNORECASE)
HINT = re.compile(r"\s*hint: .*exclude-newer")
"""uv's advice about the date, which is not the cause."""
SWITCH_OFF = "(--packages-before today disables this)"
Tell = Callable[[str, str], None]
"""Logs a message about the service of a name."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which releases a set of requirements gets: those from before a day, or today's if it is empty.

    `in_vain` is a failure against which older releases did not help.
    """

    before: str = ""
    in_vain: str = ""


class ProjectPackages:
    """Installs and finds the environments of the project's services.

    Older releases need uv and git, and are not tried if the user has chosen a date. What was found out is
    kept in `DATA/packages.json`, so that the next start does not try again.
    """

    def __init__(self, app: Path, data: Path, environments: Environments, tell: Tell) -> None:
        self._app = app
        self._environments = environments
        self._tell = tell
        self._file = data / "packages.json"
        self._choices: dict[str, Choice] = read_json(self._file, _choices, {})
        self._given: dict[str, str] = {}
        """The `before` of the environment that each service got last."""

    def environment_of(self, service: Service) -> PythonEnvironment:
        """Return the service's own environment, else the installed one, else that of gaelocal."""
        environment = find_environment(service.folder, self._app)
        if environment.is_own:
            return environment
        before = self._given[service.name] = self._choice(service).before
        built = self._environments.find_for_project(service, _python(service), before)
        return PythonEnvironment(built, is_own=True) if built else environment

    async def install(self, service: Service) -> Service:
        """Install requirements.txt; return the service, with the reason if that failed.

        Nothing is installed for a service with an environment of its own or without requirements.txt.
        """
        has_own = find_environment(service.folder, self._app).is_own
        if has_own or service.unavailable or not self._can_install(requirements_of(service.folder)):
            return service
        before = self._choice(service).before
        try:
            await self._environments.install_for_project(service, _python(service), before)
        except BuildFailed as error:
            failure = _one_line(error)
            is_in_vain = before or isinstance(error, SystemPackageMissing)
            if is_in_vain or not await self.try_older(service, failure):
                return replace(service, unavailable=failure)
            self.keep_older(service, failure)
            return service
        if before:
            self._tell(service.name, f"packages from before {before}, as in the last start {SWITCH_OFF}")
        return service

    async def try_older(self, service: Service, failure: str) -> bool:
        """Install the releases of the time of requirements.txt; return whether it is worth a start."""
        choice = self._choice(service)
        if choice.before:  # perhaps a service with the same requirements got them after this one had started
            return self._given.get(service.name) != choice.before
        day = await asyncio.to_thread(self._day_for, service)
        if not day or choice.in_vain == failure:
            return False
        self._tell(service.name, f"{failure}. Trying the packages from before {day} {SWITCH_OFF} …")
        try:
            await self._environments.install_for_project(service, _python(service), day)
        except BuildFailed:
            self.give_up(service, failure)
            return False
        self._choices[_key(service)] = Choice(before=day)
        return True

    def keep_older(self, service: Service, failure: str) -> None:
        """Remember that the older releases work."""
        self._write()
        day = self._choice(service).before
        self._tell(
            service.name,
            f"uses the packages from before {day}, the day after the last change of requirements.txt, from "
            f"now on {SWITCH_OFF}; with today's: {failure}",
        )

    def give_up(self, service: Service, failure: str) -> None:
        """Remember that the older releases do not help, and return to today's."""
        self._choices[_key(service)] = Choice(in_vain=failure)
        self._write()

    def _can_install(self, file: Path) -> bool:
        """Return whether there is a file that the installer reads; pip does not read pyproject.toml."""
        return file.is_file() and (file.suffix == ".txt" or self._environments.has_uv)

    def _choice(self, service: Service) -> Choice:
        return self._choices.get(_key(service), Choice()) if self._environments.may_change_date else Choice()

    def _day_for(self, service: Service) -> str:
        is_locked = lock_of(service.folder) is not None
        if is_locked or not (self._environments.may_change_date and shutil.which("git")):
            return ""
        return day_after_last_change(requirements_of(service.folder))

    def _write(self) -> None:
        ensure_folder(self._file.parent)
        write_atomically(
            self._file, json.dumps({key: asdict(choice) for key, choice in self._choices.items()})
        )


def _python(service: Service) -> str:
    return interpreter_for(service.runtime)


def _key(service: Service) -> str:
    return environment_name(service, _python(service))


def _choices(kept: Any) -> dict[str, Choice]:
    return {str(key): Choice(str(choice["before"]), str(choice["in_vain"])) for key, choice in kept.items()}


def _one_line(error: BuildFailed) -> str:
    """Return what failed, the step of the installer, and the last of the causes that it gives for it."""
    what, *output = str(error).splitlines()
    reasons = [line for line in output if REASON.search(line)] or output[-1:]
    causes = [line for line in reasons[1:] if not HINT.match(line)] or reasons[1:]
    shown = (*reasons[:1], *causes[-1:])
    return " ".join([what.partition(": ")[2] or what, *(f"({line.strip()})" for line in shown)])
