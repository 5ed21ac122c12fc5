"""What goes out: every service under one version, each in a folder of its own, with its values."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.refusal import Refused
from deploy.values import fill, read_values, variables_of

FIRST = "default"
"""App Engine takes no other service before this one."""
VERSION_FORM = re.compile(r"(?!-|ah-)[a-z0-9-]{1,63}(?<!-)")
STAGE = Path(".deploy")
"""Holds the filled app.yaml files, so it is in .gitignore and readable by its owner alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    name: str
    folder: Path
    app_yaml: str
    """With the values of the project filled in."""

    @property
    def variables(self) -> dict[str, str]:
        return variables_of(self.app_yaml)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    project: str
    version: str
    root: Path
    services: tuple[Service, ...]

    def staged(self, service: Service) -> Path:
        return STAGE / self.project / service.name / "app.yaml"


def values_file(project: str) -> Path:
    return Path("deploy") / f"{project}.env"


def read_release(root: Path, project: str, version: str | None) -> Release:
    """Raises Refused: no services, a version that App Engine does not take, values that nobody reads."""
    version = version or commit_version(root)
    if not VERSION_FORM.fullmatch(version):
        raise Refused(f"`{version}` is no version name: a-z, 0-9 and -, 63 at the most, not from ah- on.")
    file = root / values_file(project)
    values = read_values(file)
    services = read_services(root, values)
    unread = sorted(set(values).difference(*(service.variables for service in services)))
    if unread:
        raise Refused(f"{file}: no app.yaml has {', '.join(unread)} among its env_variables.")
    return Release(project=project, version=version, root=root, services=services)


def read_services(root: Path, values: dict[str, str]) -> tuple[Service, ...]:
    """Every service below services/, `default` first."""
    found = [_service(file, values) for file in sorted((root / "services").glob("*/app.yaml"))]
    if FIRST not in {service.name for service in found}:
        raise Refused(f"{root / 'services'} has no app.yaml of a service named {FIRST}.")
    return tuple(sorted(found, key=lambda service: (service.name != FIRST, service.name)))


def commit_version(root: Path) -> str:
    """A version is a commit: short enough to fit into a host name together with service and project."""
    return "g" + git(root, "rev-parse", "--short=8", "HEAD").strip()


def git(root: Path, *words: str) -> str:
    ran = subprocess.run(  # noqa: S603 - git, asked about the tree
        ["git", *words],  # noqa: S607 - whichever git the person uses
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if ran.returncode:
        raise Refused(f"git does not know {root.resolve()}: {ran.stderr.strip()}")
    return ran.stdout


def stage(release: Release) -> None:
    """Lay out what gcloud is to upload: links followed, values in place."""
    for service in release.services:
        target = release.root / release.staged(service).parent
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        (release.root / STAGE).chmod(0o700)
        shutil.copytree(service.folder, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        (target / "app.yaml").write_text(service.app_yaml)


def _service(file: Path, values: dict[str, str]) -> Service:
    text = fill(file.read_text(), values)
    named = re.search(r"^service: *([a-z0-9-]+)", text, re.MULTILINE)
    return Service(name=named[1] if named else FIRST, folder=file.parent, app_yaml=text)
