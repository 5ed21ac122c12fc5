"""The programs that install requirements.txt: uv if there is one, else pip."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

InstallerName = Literal["auto", "pip", "uv"]
PIP = (
    *("install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"),
    *("--root-user-action", "ignore"),
)
# With several indexes, pip takes the best version of all; programs must not be compiled at each start.
UV = ("--no-progress", "--color", "never", "--index-strategy", "unsafe-best-match", "--compile-bytecode")
UV_OPTIONS = {
    "index-url": "--index-url",
    "extra-index-url": "--extra-index-url",
    "find-links": "--find-links",
    "constraint": "--constraint",
    "trusted-host": "--allow-insecure-host",
}
"""Settings of pip and the options of uv that mean the same."""
SETTING = re.compile(r"^(?:global|install|:env:)\.([\w-]+)=(.+)$")
PIPS_REASON = re.compile(r"^ERROR:", re.MULTILINE)
UVS_REASON = re.compile(
    r"^(?:error:|  cause: (?!The build backend returned|Call to `)|hint: .*exclude-newer)"
    r"|^ +(?:\w*Error|\w+Exception): |^ +\S.*\bfatal error: "
)
"""Without the causes that say only that the program which compiles a package has failed."""
UVS_BAD_LINE = "error: Couldn't parse requirement"
IS_QUOTED = re.compile(r"^ {9}[^\s^]")
"""The line of requirements.txt that uv could not read."""
BUILDS_SINCE = "2019-03-01"
"""By this day, setuptools could do what uv needs to compile a package (40.8.0)."""
TODAY = "today"
"""The value of --packages-before for which today's releases are not replaced by older ones."""
TRUE = ("1", "true", "yes", "on")
LOCKED = "locked-requirements.txt"


@dataclass(frozen=True, slots=True)
class Installer:
    """Without the path of a `uv`, pip installs. `before` is a date: later releases do not exist for uv.

    `uses_older` allows older releases for a service that does not work with today's.
    """

    uv: str = ""
    before: str = ""
    uses_older: bool = True

    @property
    def name(self) -> str:
        return "uv" if self.uv else "pip"

    @property
    def may_change_date(self) -> bool:
        return bool(self.uv) and self.uses_older and not self.before

    def command(self, environment: Path, python: str, requirements: Sequence[str]) -> list[str]:
        """Return the command that installs into a virtual environment made by `python`."""
        if not self.uv:
            return [python, "-m", "pip", "--python", str(environment), *PIP, *requirements]
        interpreter = str(environment / "bin" / "python")
        return [
            self.uv,
            "pip",
            "install",
            *UV,
            "--python",
            interpreter,
            *self._date_options(),
            *_pip_settings(),
            *requirements,
        ]

    def export_command(self, environment: Path) -> list[str]:
        """Return the command that writes the releases in uv.lock to the file LOCKED of an environment.

        Without their hashes: uv.lock has only those of the files for the project's versions of Python.
        """
        interpreter, file = environment / "bin" / "python", environment / LOCKED
        return [
            *(self.uv, "export", "--quiet", "--color", "never", "--frozen", "--no-dev", "--no-emit-project"),
            *("--no-hashes", "--no-python-downloads", "--python", str(interpreter)),
            *("--format", "requirements.txt", "--output-file", str(file)),
        ]

    def _date_options(self) -> list[str]:
        if not self.before:
            return []
        is_old = self.before < BUILDS_SINCE
        builds = ["--exclude-newer-package", f"setuptools={BUILDS_SINCE}"] if is_old else []
        return ["--exclude-newer", self.before, *builds]

    def reasons(self, output: Sequence[str]) -> list[str]:
        """Return the lines of the output that say why it failed; all of them if none does."""
        pattern = UVS_REASON if self.uv else PIPS_REASON
        if self.uv and any(line.startswith(UVS_BAD_LINE) for line in output):
            return [line.strip() for line in output if pattern.match(line) or IS_QUOTED.match(line)]
        return [line.strip() for line in output if pattern.match(line)] or list(output)


def find_installer(name: InstallerName = "auto", before: str = "") -> Installer:
    """Return the installer of that name; `auto` is uv from gaelocal's environment or PATH, else pip.

    `before` is a date, or `today` for today's releases in any case.

    Raises:
        FileNotFoundError: there is no uv, and a date or the name needs it.
    """
    uv = "" if name == "pip" else _find_uv()
    date = "" if before == TODAY else before
    if not uv and (name == "uv" or date):
        raise FileNotFoundError("uv")
    return Installer(uv, date, uses_older=before != TODAY)


def _find_uv() -> str:
    own = Path(sys.prefix, "bin", "uv")
    return str(own) if own.exists() else shutil.which("uv") or ""


@cache
def _pip_settings() -> tuple[str, ...]:
    """Return uv's options for the index that pip is configured to use."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    return tuple(_options_for_uv(listed.stdout))


def _options_for_uv(settings: str) -> Iterator[str]:
    for line in settings.splitlines():
        if not (found := SETTING.match(line)):
            continue
        name, value = found[1], str(ast.literal_eval(found[2]))
        if name == "no-index" and value.lower() in TRUE:
            yield "--no-index"
        for each in value.split() if name in UV_OPTIONS else ():
            yield from (UV_OPTIONS[name], each)
