"""Explain in one line why an instance did not start and what to do."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from gaelocal.appengine.instances.file_access import SWITCH_OFF
from gaelocal.appengine.instances.missing_parts import missing_part, own_module
from gaelocal.appengine.project import Service
from gaelocal.appengine.project.requirements import requirements_of

MISSING_MODULE = re.compile(
    r"^(?:ModuleNotFoundError|ImportError): No module named '?([\w.]+)'?", re.MULTILINE
)
MISSING_PART = re.compile(
    r"^ImportError: cannot import name '(\w+)' from '([\w.]+)' \(unknown location\)", re.MULTILINE
)
"""A namespace package such as `google.cloud` without the distribution that has this part of it."""
REMOVED_NAME = re.compile(
    r"^ImportError: cannot import name '(\w+)' from '([\w.]+)' \(.*[/\\]site-packages[/\\]", re.MULTILINE
)
"""An installed package that had this name in another release."""
PACKAGES = {
    "bs4": "beautifulsoup4",
    "corsheaders": "django-cors-headers",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "decouple": "python-decouple",
    "dotenv": "python-dotenv",
    "environ": "django-environ",
    "jwt": "PyJWT",
    "MySQLdb": "mysqlclient",
    "PIL": "Pillow",
    "psycopg2": "psycopg2-binary",
    "rest_framework": "djangorestframework",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
}
"""The packages of modules with another name."""
COMPLETE = "complete"
"""A file in environments that gaelocal has installed from requirements.txt."""
PORT_IN_USE = re.compile(r"address already in use|errno 98\b|errno 48\b", re.IGNORECASE)
READ_ONLY = re.compile(r"^OSError: \[Errno 30\] Read-only file system: '([^']+)'", re.MULTILINE)
READ_ONLY_DATABASE = re.compile(
    r"sqlite3\.OperationalError\)?:? .*(?:unable to open database file|attempt to write a readonly database)"
)
ONLY_TEMPORARY = f"an instance can write only to the temporary folder, {SWITCH_OFF}"
NO_CALLABLE = re.compile(r"Failed to find attribute '(\w+)' in '([\w.]+)'")


class Cause(NamedTuple):
    """One line; `is_own` if the project itself lacks something, which other packages do not change."""

    text: str
    is_own: bool = False


def explain(
    output: str, service: Service, environment: Mapping[str, str], *, is_read_only: bool = False
) -> Cause | None:
    """Return the known cause that the output of a failed start shows; None if there is none."""
    if missing := MISSING_MODULE.findall(output):
        if own := own_module(missing[-1], service.folder):
            return Cause(own, is_own=True)
        return Cause(_missing_module(missing[-1], service, environment))
    if part := MISSING_PART.search(output):
        return Cause(_missing_module(f"{part[2]}.{part[1]}", service, environment))
    if is_read_only and READ_ONLY_DATABASE.search(output):
        return Cause(f"SQLite cannot write its database: {ONLY_TEMPORARY}")
    if known := next(filter(None, (explained(output) for explained in CAUSES)), ""):
        return Cause(known)
    own = missing_part(output, service.folder)
    return Cause(own, is_own=True) if own else None


def way_to_install(requirements: Path, environment: Path, package: str = "") -> str:
    """Return where something is not installed, and what to do about it."""
    if not requirements.is_file():
        similar = sorted(file.name for file in requirements.parent.glob("[Rr]equirement*.txt"))
        other = f" (App Engine does not read {similar[0]})" if similar else ""
        return f"in {environment}, and there is no {requirements}{other}"
    if (environment / COMPLETE).exists():
        named = f" {package}" if package else ""
        own = "" if package else ", or create it if it is one of the project's own modules"
        return f"by {requirements}; name its package{named} there, as App Engine needs it, too{own}"
    command = f"{environment / 'bin' / 'python'} -m pip install -r {requirements}"
    return (
        f"in {environment}; install {requirements} there with `{command}`, or start gaelocal with --install"
    )


def _missing_module(module: str, service: Service, environment: Mapping[str, str]) -> str:
    programs = Path(environment["PATH"].partition(":")[0])
    package = PACKAGES.get(module.partition(".")[0], "")
    way = way_to_install(requirements_of(service.folder), programs.parent, package)
    return f"the module `{module}` is not installed {way}"


def _removed_name(output: str) -> str:
    if not (removed := REMOVED_NAME.findall(output)):
        return ""
    name, module = removed[-1]
    return (
        f"the installed release of `{module.partition('.')[0]}` has no `{name}`: requirements.txt allows "
        "releases that do not work together (for an old project, see --packages-before)"
    )


def _read_only_file(output: str) -> str:
    if not (written := READ_ONLY.findall(output)):
        return ""
    return f"the program cannot write {written[-1]}: {ONLY_TEMPORARY}"


def _port_in_use(output: str) -> str:
    if not PORT_IN_USE.search(output):
        return ""
    return (
        "the entrypoint listens at a fixed port that is in use; listen at $PORT, or move gaelocal's own "
        "servers with --port"
    )


def _no_callable(output: str) -> str:
    if not (found := NO_CALLABLE.search(output)):
        return ""
    return f"gunicorn finds no `{found[1]}` in {found[2]}.py; name the program with `entrypoint` in app.yaml"


CAUSES = (_removed_name, _read_only_file, _port_in_use, _no_callable)
