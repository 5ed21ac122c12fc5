"""Finds the services of a project and checks that its other yaml files name only those."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gaelocal.appengine.project.dispatch import Dispatch, read_dispatch
from gaelocal.appengine.project.indexes import check_indexes
from gaelocal.appengine.project.services import Service, read_service
from gaelocal.yaml_files import ConfigError, Section, read_yaml

DEFAULT = "default"
PLACES = ("*.yaml", "*/*.yaml", "services/*/*.yaml")


@dataclass(frozen=True, slots=True)
class Project:
    services: dict[str, Service]
    dispatch: Dispatch


def read_project(app: Path, deployed: Iterable[str] = ()) -> Project:
    """Read every app.yaml below `app`, dispatch.yaml, the targets of queue.yaml and cron.yaml, index.yaml.

    `deployed` names services that exist without standing in the project.

    Raises:
        ConfigError: with file and line, whatever is wrong.
    """
    if not app.is_dir():
        raise ConfigError(f"{app}: there is no such folder")
    services = _services(app)
    names = sorted({*services, *deployed})
    if not names:
        raise ConfigError(f"{app}: no app.yaml here, in {app}/*/ or in {app}/services/*/")
    _check_targets(app / "queue.yaml", "queue", names)
    _check_targets(app / "cron.yaml", "cron", names)
    check_indexes(app / "index.yaml")
    return Project(services, read_dispatch(app / "dispatch.yaml", names))


def _services(app: Path) -> dict[str, Service]:
    services: dict[str, Service] = {}
    for file in _service_files(app):
        service = read_service(file)
        if service.name in services:
            first = services[service.name].file
            raise service.refuse("service", f"the service `{service.name}` stands already in {first}")
        services[service.name] = service
    return dict(sorted(services.items()))


def _service_files(app: Path) -> Iterator[Path]:
    for place in PLACES:
        for file in sorted(app.glob(place)):
            if not file.relative_to(app).parts[0].startswith(".") and _is_service(file):
                yield file


def _is_service(file: Path) -> bool:
    if file.name == "app.yaml":
        return True
    text = file.read_text(encoding="utf-8", errors="replace")
    return bool(re.search(r"^runtime:", text, re.M) and re.search(r"^service:", text, re.M))


def _check_targets(file: Path, key: str, services: list[str]) -> None:
    if file.is_file():
        for entry in read_yaml(file).sections(key):
            _check_target(entry, services)


def _check_target(entry: Section, services: list[str]) -> None:
    target = entry.optional("target")
    if target is not None and re.split(r"\.|-dot-", target)[-1] not in services:
        raise entry.fail("target", f"there is no service `{target}`; there are: {', '.join(services)}")
