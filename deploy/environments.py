"""The settings and hosts in which environments differ, side by side in deploy/environments.toml."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.errors import DeploymentError

FILE = Path("deploy") / "environments.toml"
SECRET = re.compile(r"SECRET|PASSWORD|TOKEN|PRIVATE")
HOST = re.compile(r"(\*\.?)?[a-z0-9-]+(\.[a-z0-9-]+)*")
MOST_RULES = 20
"""dispatch.yaml may have 20 rules."""


@dataclass(frozen=True, slots=True)
class Environment:
    """`values` are variables of app.yaml, `hosts` maps host names to services."""

    values: Mapping[str, str] = field(default_factory=dict)
    hosts: Mapping[str, str] = field(default_factory=dict)


def read_environment(root: Path, project: str) -> Environment:
    """Return the environment of a project, an empty one if none is listed. Raise DeploymentError."""
    file = root / FILE
    if not file.exists():
        return Environment()
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DeploymentError(f"{file}: {error}") from error
    for name, section in found.items():
        if isinstance(section, dict) and section.get("project") == project:
            return _environment(file, name, section)
    return Environment()


def dispatch_with_hosts(dispatch_yaml: str, hosts: Mapping[str, str]) -> str:
    """Insert a rule for each host before the rules for paths: the first match wins.

    Raise DeploymentError if the file has no rules, or gets too many.
    """
    head, found, rules = dispatch_yaml.partition("dispatch:\n")
    if not found:
        raise DeploymentError("dispatch.yaml has no line `dispatch:`.")
    added = "".join(f'  - url: "{host}/*"\n    service: {service}\n' for host, service in hosts.items())
    if rules.count("- url:") + len(hosts) > MOST_RULES:
        raise DeploymentError(f"dispatch.yaml may have {MOST_RULES} rules.")
    return head + found + added + rules


def _environment(file: Path, name: str, section: Mapping[str, Any]) -> Environment:
    values, hosts = section.get("values", {}), section.get("hosts", {})
    for variable, value in values.items():
        if SECRET.search(variable):
            raise DeploymentError(f"{file}: {name}: {variable} is a secret; put it into deploy/PROJECT.env.")
        if not isinstance(value, str):
            raise DeploymentError(f"{file}: {name}: {variable} must be a string.")
    for host in hosts:
        if not HOST.fullmatch(host):
            raise DeploymentError(f"{file}: {name}: `{host}` is not a host name for dispatch.yaml.")
    return Environment(values, hosts)
