"""A release: all services with the same version, each copied to a folder with its configuration values."""

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from deploy.environments import FILE, Environment, dispatch_with_hosts, read_environment
from deploy.errors import DeploymentError
from deploy.values import fill, read_values, variables_of

FIRST = "default"
"""App Engine requires this service before any other."""
DISPATCH = "dispatch.yaml"
VERSION_FORM = re.compile(r"(?!-|ah-)[a-z0-9-]{1,63}(?<!-)")
STAGE = Path(".deploy")
"""Contains app.yaml files with secrets; therefore in .gitignore and readable only by its owner."""


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
    environment: Environment = field(default_factory=Environment)

    @property
    def dispatch(self) -> Path:
        """The dispatch.yaml to deploy: a copy if the environment has hosts of its own."""
        return STAGE / self.project / DISPATCH if self.environment.hosts else Path(DISPATCH)

    def staged(self, service: Service) -> Path:
        return STAGE / self.project / service.name / "app.yaml"


def values_file(project: str) -> Path:
    return Path("deploy") / f"{project}.env"


def read_release(root: Path, project: str, version: str | None) -> Release:
    """Raise DeploymentError for missing services, invalid version names and unused values."""
    version = version or commit_version(root)
    if not VERSION_FORM.fullmatch(version):
        raise DeploymentError(
            f"`{version}` is not a valid version name: use at most 63 of a-z, 0-9 and -,"
            " and do not start with ah-."
        )
    file = root / values_file(project)
    environment = read_environment(root, project)
    values = {**environment.values, **read_values(file)}
    services = read_services(root, values)
    _check_hosts(environment, services)
    unread = sorted(set(values).difference(*(service.variables for service in services)))
    if unread:
        raise DeploymentError(f"{file} or {FILE}: no app.yaml contains {', '.join(unread)} in env_variables.")
    return Release(project=project, version=version, root=root, services=services, environment=environment)


def read_services(root: Path, values: dict[str, str]) -> tuple[Service, ...]:
    """Every service below services/, `default` first."""
    found = [_service(file, values) for file in sorted((root / "services").glob("*/app.yaml"))]
    if FIRST not in {service.name for service in found}:
        raise DeploymentError(f"{root / 'services'} contains no service named {FIRST}.")
    return tuple(sorted(found, key=lambda service: (service.name != FIRST, service.name)))


def commit_version(root: Path) -> str:
    """Return the version name of the current commit, short enough for a host name."""
    return "g" + git(root, "rev-parse", "--short=8", "HEAD").strip()


def git(root: Path, *words: str) -> str:
    ran = subprocess.run(  # noqa: S603 - git with fixed arguments
        ["git", *words],  # noqa: S607 - git of the PATH
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if ran.returncode:
        raise DeploymentError(f"git failed in {root.resolve()}: {ran.stderr.strip()}")
    return ran.stdout


def stage(release: Release) -> None:
    """Copy each service to a folder for gcloud, with symlinks resolved and values inserted."""
    for service in release.services:
        target = release.root / release.staged(service).parent
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        (release.root / STAGE).chmod(0o700)
        shutil.copytree(service.folder, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        (target / "app.yaml").write_text(service.app_yaml)
    if release.environment.hosts:
        written = dispatch_with_hosts((release.root / DISPATCH).read_text(), release.environment.hosts)
        (release.root / release.dispatch).write_text(written)


def _check_hosts(environment: Environment, services: tuple[Service, ...]) -> None:
    unknown = sorted(set(environment.hosts.values()) - {service.name for service in services})
    if unknown:
        raise DeploymentError(f"{FILE}: there is no service {', '.join(unknown)}.")


def _service(file: Path, values: dict[str, str]) -> Service:
    text = fill(file.read_text(), values)
    named = re.search(r"^service: *([a-z0-9-]+)", text, re.MULTILINE)
    return Service(name=named[1] if named else FIRST, folder=file.parent, app_yaml=text)
