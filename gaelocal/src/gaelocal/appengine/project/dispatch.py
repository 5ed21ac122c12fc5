"""dispatch.yaml: rules from host and path to a service; the first match wins."""

import re
from dataclasses import dataclass
from pathlib import Path

from gaelocal.yaml_files import Section, read_yaml

MOST_RULES = 20
LONGEST_RULE = 100
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_END_OF_HOST = re.compile(rf"(?:[a-z0-9-]*[a-z0-9])?(?:\.{_LABEL})*")
"""What may follow the `*` at the start of a host."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`any_host` and `any_rest`: the pattern had its wildcard there, `host` and `path` are what is left."""

    host: str
    path: str
    any_host: bool
    any_rest: bool
    service: str

    @classmethod
    def of(cls, url: str, service: str) -> "Rule":
        """Read a pattern like `*/api/*`.

        Raises:
            ValueError: with what is wrong with it.
        """
        host, slash, rest = url.partition("/")
        if not slash or not host:
            raise ValueError(f"`{url}` must be a host and a path, like `*/api/*`")
        if len(url) > LONGEST_RULE:
            raise ValueError(f"a rule has at most {LONGEST_RULE} characters, this one has {len(url)}")
        if ":" in host or host != host.lower():
            raise ValueError(f"the host `{host}` must be in lower case and without a port")
        if "*" in host[1:]:
            raise ValueError(f"`*` is allowed only at the start of the host, not within `{host}`")
        if not _is_host_pattern(host):
            raise ValueError(f"`{host}` is not the name of a host, nor `*` and the end of one")
        any_rest = rest.endswith("*")
        path = "/" + (rest[:-1] if any_rest else rest)
        return cls(host.lstrip("*"), path, host[0] == "*", any_rest, service)

    @property
    def url(self) -> str:
        return self.domain + self.path_pattern

    @property
    def domain(self) -> str:
        """Return the host pattern as it was written."""
        return ("*" if self.any_host else "") + self.host

    @property
    def path_pattern(self) -> str:
        return self.path + ("*" if self.any_rest else "")

    def matches(self, host: str, path: str) -> bool:
        is_host = host.endswith(self.host) if self.any_host else host == self.host
        return is_host and (path.startswith(self.path) if self.any_rest else path == self.path)


def _is_host_pattern(host: str) -> bool:
    if host.startswith("*"):
        return _END_OF_HOST.fullmatch(host, 1) is not None
    is_address = _IPV4.fullmatch(host) and all(int(number) < 256 for number in host.split("."))  # noqa: PLR2004
    return not is_address and _HOST.fullmatch(host) is not None


@dataclass(frozen=True, slots=True)
class Dispatch:
    rules: tuple[Rule, ...] = ()

    @property
    def services(self) -> frozenset[str]:
        return frozenset(rule.service for rule in self.rules)

    def service_for(self, host: str, path: str) -> str | None:
        """Return the service of the first rule that matches; `host` is in lower case, without its port."""
        if path.startswith("/_ah/"):
            return None
        return next((rule.service for rule in self.rules if rule.matches(host, path)), None)


def read_dispatch(file: Path, services: list[str], warnings: list[str] | None = None) -> Dispatch:
    """Read the file; a project without one sends everything to `default`.

    A rule for a service that the project does not have adds a warning: the service may live elsewhere.
    """
    if not file.is_file():
        return Dispatch()
    top = read_yaml(file)
    top.allow("dispatch", "application")
    entries = top.sections("dispatch")
    if len(entries) > MOST_RULES:
        raise entries[MOST_RULES].fail("url", f"dispatch.yaml has at most {MOST_RULES} rules")
    dispatch = Dispatch(tuple(_rule(entry, services) for entry in entries))
    if warnings is not None:
        warnings += top.warnings
    return dispatch


def _rule(entry: Section, services: list[str]) -> Rule:
    entry.allow("url", "service", "module")
    service = entry.text("module" if "module" in entry else "service")
    if service not in services:
        known = ", ".join(services)
        entry.warn("service", f"there is no service `{service}` in this project; there are: {known}")
    try:
        rule = Rule.of(entry.text("url"), service)
    except ValueError as error:
        raise entry.fail("url", str(error)) from None
    if "*" in rule.path:
        entry.warn(
            "url",
            f"App Engine knows `*` only at the end of a path; the others in `{rule.url}` match only a `*`",
        )
    return rule
