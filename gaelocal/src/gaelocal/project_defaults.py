"""Settings that follow from the project being run: its ID, its data folder, `[tool.gaelocal]`."""

import os
import re
import tomllib
from pathlib import Path

from gaelocal.option_types import PROJECT_FORM
from gaelocal.yaml_files import ConfigError

DATA_FOLDER = ".gaelocal"
SHORTEST, LONGEST = 6, 30
"""Characters of a Google Cloud project ID."""


def data_folder(app: Path) -> Path:
    """Return the folder in which a project's data is kept unless `--data` names another one."""
    return app / DATA_FOLDER


def project_id(app: Path) -> str:
    """Return the ID of the project in the folder `app`.

    It is `GOOGLE_CLOUD_PROJECT`, else `project` of `[tool.gaelocal]` in pyproject.toml, else made from the
    folder's name.

    Raises:
        ConfigError: one of the first two is not a valid project ID.
    """
    if from_environment := os.environ.get("GOOGLE_CLOUD_PROJECT"):
        return _checked(from_environment, "the variable GOOGLE_CLOUD_PROJECT")
    if configured := str(_settings(app / "pyproject.toml").get("project", "")):
        return _checked(configured, f"{app / 'pyproject.toml'}: tool.gaelocal.project")
    return _from_name(app.resolve().name)


def excluded_folders(app: Path) -> list[str]:
    """Return `exclude` of `[tool.gaelocal]` in pyproject.toml: folders without services of the project."""
    folders = _settings(app / "pyproject.toml").get("exclude", [])
    return [str(folder).strip("/") for folder in folders] if isinstance(folders, list) else []


def hint_without(app: Path) -> tuple[str, str] | None:
    """Return `kind` and `message` of `[tool.gaelocal.hint]` in pyproject.toml, if both are there.

    The message is printed after the start if the Datastore has no entity of this kind.
    """
    hint = _settings(app / "pyproject.toml").get("hint", {})
    kind, message = (hint.get(name) if isinstance(hint, dict) else None for name in ("kind", "message"))
    return (kind, message) if isinstance(kind, str) and isinstance(message, str) else None


def _settings(file: Path) -> dict[str, object]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    settings = table.get("tool", {}).get("gaelocal", {})
    return settings if isinstance(settings, dict) else {}


def _checked(project: str, source: str) -> str:
    if not PROJECT_FORM.fullmatch(project):
        raise ConfigError(f"{source}: `{project}` is not a project ID: 6 to 30 of a-z, 0-9 and -")
    return project


def _from_name(name: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not words or not words[0].isalpha():
        words = f"app-{words}".rstrip("-")
    if len(words) < SHORTEST:
        words = f"{words}-local"
    return words[:LONGEST].rstrip("-")
