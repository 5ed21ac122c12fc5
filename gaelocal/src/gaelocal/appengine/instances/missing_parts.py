"""Explain in one line what a program lacks at its start: a variable, a file, a bucket, an own module."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from gaelocal.appengine.project.requirements import requirement_names, requirements_of

GIT_SECONDS = 10.0
NOT_IN_GIT = "git ignores {}, so that the repository lacks it; create it"
ERROR_LINE = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception|NotFound|Configured|KeyError)\b.*", re.MULTILINE)
FROM_ENVIRON = re.compile(
    r"File \"(?:<frozen os>|[^\"\n]*[/\\]os\.py)\", line \d+, in __getitem__\n(?: .*\n)*"
    r"KeyError: '(\w+)'\s*$",
    re.MULTILINE,
)
UNSET = re.compile(
    r"UndefinedValueError: (\w+) not found\. Declare it as envvar"
    r"|ImproperlyConfigured: Set the (\w+) environment variable"
    r"|EnvError: Environment variable \"(\w+)\" not set"
    r"|KeyError: \"Config '(\w+)' is missing, and has no default"
)
"""What python-decouple, django-environ, environs and Starlette say."""
NO_FILE = re.compile(r"FileNotFoundError: \[Errno 2\] No such file or directory: '([^']+)'")
NO_BUCKET = re.compile(r"/storage/v1/b/([\w.-]+).*: The specified bucket does not exist")


def missing_part(output: str, folder: Path) -> str:
    """Return the line for a variable, file or bucket that the last error of the output is about, else ""."""
    errors = ERROR_LINE.findall(output)
    if not errors:
        return ""
    if (read := FROM_ENVIRON.findall(output)) and errors[-1] == f"KeyError: '{read[-1]}'":
        return _unset(read[-1])
    return next(filter(None, (explained(errors[-1], folder) for explained in CAUSES)), "")


def own_module(module: str, folder: Path) -> str:
    """Return the line for a module that no package has, as it is the project's own; else ""."""
    name = module.partition(".")[0]
    if name.lower() in requirement_names(requirements_of(folder)):
        return ""
    if _is_beside(folder, name):
        return (
            f"the module `{module}` is in {folder.parent}, but the program runs in {folder} and sees only "
            "what is there, as on App Engine"
        )
    if ignored := _ignored_by_git(folder, f"{name}.py", f"{name}/__init__.py"):
        return f"the module `{module}` is missing: {NOT_IN_GIT.format(ignored)}"
    return ""


def _is_beside(folder: Path, name: str) -> bool:
    """Return whether a module is the folder itself, or a file or package next to it."""
    files = (folder.parent / f"{name}.py", folder.parent / name / "__init__.py")
    return folder.name == name or any(file.exists() for file in files)


def _unset(name: str) -> str:
    return (
        f"the environment variable `{name}` is not set: app.yaml does not have it; start gaelocal with "
        f"--env {name}=VALUE"
    )


def _unset_setting(error: str, _: Path) -> str:
    found = UNSET.search(error)
    return _unset(next(filter(None, found.groups()))) if found else ""


def _no_file(error: str, folder: Path) -> str:
    if not (found := NO_FILE.match(error)):
        return ""
    path = folder / found[1]
    if not path.is_relative_to(folder):
        return ""
    ignored = _ignored_by_git(folder, str(path.relative_to(folder)))
    why = NOT_IN_GIT.format("it") if ignored else "the project lacks it; create it"
    return f"the program reads {path}: {why}"


def _no_bucket(error: str, _: Path) -> str:
    if not (found := NO_BUCKET.search(error)):
        return ""
    return (
        f"the bucket `{found[1]}` does not exist in gaelocal's Cloud Storage: create it in the console, "
        "under Storage, and start gaelocal again"
    )


CAUSES: tuple[Callable[[str, Path], str], ...] = (_unset_setting, _no_file, _no_bucket)


def _ignored_by_git(folder: Path, *names: str) -> str:
    """Return the first of the paths that git ignores in the folder; "" without git."""
    command = ["git", "check-ignore", *names]
    try:
        ran = subprocess.run(  # noqa: S603 - a fixed command
            command, cwd=folder, capture_output=True, text=True, timeout=GIT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.partition("\n")[0]
