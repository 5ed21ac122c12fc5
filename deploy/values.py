"""The configuration values of one project (secrets, addresses), inserted into copies of app.yaml."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from deploy.errors import DeploymentError

LINE = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")
VARIABLE = re.compile(r"  ([A-Z][A-Z0-9_]*):(?: +(.*))?")


def read_values(file: Path) -> dict[str, str]:
    """Parse lines of NAME=value and `#` comments. Raise DeploymentError for other lines."""
    if not file.exists():
        return {}
    values: dict[str, str] = {}
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = LINE.fullmatch(line.strip())
        if match is None:
            raise DeploymentError(f"{file}:{number}: expected NAME=value.")
        values[match[1]] = match[2]
    return values


def fill(app_yaml: str, values: dict[str, str]) -> str:
    """Insert the values into `env_variables` that contain their names; a service gets no others."""
    lines = app_yaml.splitlines()
    for number, name, _ in _variables(lines):
        if name in values:
            lines[number] = f"  {name}: {json.dumps(values[name], ensure_ascii=False)}"
    return "\n".join(lines) + "\n"


def variables_of(app_yaml: str) -> dict[str, str]:
    """Return the `env_variables` of an app.yaml: indented by two spaces, one line each."""
    return {name: _plain(written) for _, name, written in _variables(app_yaml.splitlines())}


def _variables(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """Yield the line number, name and raw value of each variable."""
    block = ""
    for number, line in enumerate(lines):
        block = line.partition(":")[0] if re.match(r"\w", line) else block
        match = VARIABLE.fullmatch(line)
        if block == "env_variables" and match:
            yield number, match[1], match[2] or ""


def _plain(written: str) -> str:
    if written.startswith('"'):
        return str(json.loads(written[: written.rindex('"') + 1]))
    if written.startswith("'"):
        return written[1 : written.rindex("'")].replace("''", "'")
    return written.partition(" #")[0].strip()
