"""Explain in one line why an instance did not start and what to do."""

import re
from collections.abc import Mapping
from pathlib import Path

from gaelocal.appengine.project import Service

MISSING_MODULE = re.compile(
    r"^(?:ModuleNotFoundError|ImportError): No module named '?([\w.]+)'?", re.MULTILINE
)
MISSING_PART = re.compile(
    r"^ImportError: cannot import name '(\w+)' from '([\w.]+)' \(unknown location\)", re.MULTILINE
)
"""A namespace package such as `google.cloud` without the distribution that has this part of it."""
PORT_IN_USE = re.compile(r"address already in use|errno 98\b|errno 48\b", re.IGNORECASE)
NO_CALLABLE = re.compile(r"Failed to find attribute '(\w+)' in '([\w.]+)'")


def explain(output: str, service: Service, environment: Mapping[str, str]) -> str:
    """Return the known cause that the output of a failed start shows, else ""."""
    if missing := MISSING_MODULE.findall(output):
        return _missing_module(missing[-1], service, environment)
    if part := MISSING_PART.search(output):
        return _missing_module(f"{part[2]}.{part[1]}", service, environment)
    if PORT_IN_USE.search(output):
        return (
            "the entrypoint listens at a fixed port that is in use; listen at $PORT, or move gaelocal's own "
            "servers with --port"
        )
    if found := NO_CALLABLE.search(output):
        return (
            f"gunicorn finds no `{found[1]}` in {found[2]}.py; name the program with `entrypoint` in app.yaml"
        )
    return ""


def _missing_module(module: str, service: Service, environment: Mapping[str, str]) -> str:
    programs = Path(environment["PATH"].partition(":")[0])
    requirements = service.folder / "requirements.txt"
    if not requirements.is_file():
        return f"the module `{module}` is not installed in {programs.parent}, and there is no {requirements}"
    return (
        f"the module `{module}` is not installed in {programs.parent}; install {requirements} there with "
        f"`{programs / 'python'} -m pip install -r {requirements}`, or start gaelocal with --install"
    )
