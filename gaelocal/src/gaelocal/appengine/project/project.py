"""Read a whole project: its services, and its other yaml files as far as they name services."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from gaelocal.appengine.project.discovery import config_file, find_service_files
from gaelocal.appengine.project.dispatch import Dispatch, read_dispatch
from gaelocal.appengine.project.indexes import check_indexes
from gaelocal.appengine.project.services import Service, read_service
from gaelocal.yaml_files import ConfigError, Section, read_yaml

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Project:
    """`warnings` are lines about what was skipped or has no effect; the project runs nevertheless."""

    services: dict[str, Service]
    dispatch: Dispatch
    warnings: list[str] = field(default_factory=list)

    @property
    def default_service(self) -> str:
        """Return the service for requests that no dispatch rule matches.

        A project without a service `default` cannot be deployed; here its only service takes that place.
        """
        return next(iter(self.services)) if len(self.services) == 1 else DEFAULT


def read_project(app: Path, deployed: Iterable[str] = (), chosen: Iterable[Path] = ()) -> Project:
    """Read every service of the project and check dispatch.yaml, queue.yaml, cron.yaml and index.yaml.

    `deployed` names services that exist outside the project's folder, `chosen` the only yaml files to read.

    Raises:
        ConfigError: something is not valid; the message has file and line.
    """
    if not app.is_dir():
        raise ConfigError(f"{app}: no such folder")
    chosen = list(chosen)
    found = find_service_files(app, chosen)
    services = _read_services(found.files)
    names = sorted({*services, *deployed})
    if not names:
        raise ConfigError(f"{app}: there is no app.yaml in this folder or below it")
    warnings = [*found.skipped, *(line for service in services.values() for line in service.source.warnings)]
    dispatch = read_dispatch(config_file(app, "dispatch.yaml", chosen), names, warnings)
    for name, key in (("queue.yaml", "queue"), ("cron.yaml", "cron")):
        _check_targets(config_file(app, name, chosen), key, names, warnings)
    check_indexes(config_file(app, "index.yaml", chosen))
    project = Project(services, dispatch, warnings)
    if services and project.default_service not in names:
        warnings.append(f"no service is called `{DEFAULT}`: requests that no dispatch rule matches get a 404")
    elif project.default_service != DEFAULT and DEFAULT not in names:
        warnings.append(f"no service is called `{DEFAULT}`: `{project.default_service}` takes its place")
    return project


def _read_services(files: Iterable[Path]) -> dict[str, Service]:
    services: dict[str, Service] = {}
    for file in files:
        service = read_service(file)
        if service.name in services:
            first = services[service.name].file
            raise service.refuse("service", f"the service `{service.name}` is also in {first}")
        services[service.name] = service
    return dict(sorted(services.items()))


def _check_targets(file: Path, key: str, services: list[str], warnings: list[str]) -> None:
    if file.is_file():
        top = read_yaml(file)
        for entry in top.sections(key):
            _check_target(entry, services)
        warnings += top.warnings


def _check_target(entry: Section, services: list[str]) -> None:
    """Warn of a target that is neither a service nor, for App Engine, a version of the default service."""
    target = entry.optional("target")
    if target is not None and re.split(r"\.|-dot-", target)[-1] not in services:
        entry.warn(
            "target",
            f"`{target}` is not a service of this project (there are: {', '.join(services)}); "
            "App Engine would take it for a version of the default service",
        )
