"""Find the yaml files of an App Engine project: its services, dispatch.yaml, cron.yaml and the others."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from gaelocal.project_defaults import excluded_folders
from gaelocal.yaml_files import ConfigError, compose

SKIPPED_FOLDERS = frozenset({"node_modules", "site-packages", "__pycache__", "venv", "env", "virtualenv"})
CONFIG_FILES = ("dispatch.yaml", "cron.yaml", "queue.yaml", "index.yaml")
SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class ServiceFiles:
    """The files to read, and one line for each other file that looks like a service: its reason."""

    files: list[Path]
    skipped: list[str] = field(default_factory=list)


def find_service_files(app: Path, chosen: Iterable[Path] = ()) -> ServiceFiles:
    """Return the service files below `app`, or those among `chosen`, which names files and folders.

    Where two files describe the same service, a higher folder wins over a lower one, a Python 3 runtime over
    another one, `app.yaml` over other names, and `worker.yaml` over `worker.staging.yaml`.

    Raises:
        ConfigError: a chosen file or folder is missing, or two files with equal rights have the same service.
    """
    if chosen := list(chosen):
        return ServiceFiles([file for path in chosen for file in _chosen(path)])
    best: dict[str, Path] = {}
    skipped: list[str] = []
    for file in sorted(_candidates(app), key=lambda file: _rank(file, app)):
        service = _service_of(file)
        if service is None:
            continue
        first = best.setdefault(service, file)
        if first is file:
            continue
        if _rank(first, app)[:-1] == _rank(file, app)[:-1]:
            raise ConfigError(
                f"{file}: the service `{service}` is also in {first}; name the file to run: gaelocal {first}"
            )
        skipped.append(f"{file} is ignored: {first} already defines the service `{service}`")
    return ServiceFiles(sorted(best.values()), skipped)


def config_file(app: Path, name: str, chosen: Iterable[Path] = ()) -> Path:
    """Return where dispatch.yaml, cron.yaml, queue.yaml or index.yaml lies; the file need not exist.

    It is one of the chosen files, else in `app`, else beside the only app.yaml that has such a file.
    """
    if named := [path for path in chosen if path.name == name]:
        return named[0]
    if (app / name).is_file() or not app.is_dir():
        return app / name
    beside = [file.with_name(name) for file in _candidates(app) if file.name == "app.yaml"]
    found = [file for file in beside if file.is_file()]
    return found[0] if len(found) == 1 else app / name


def _chosen(path: Path) -> list[Path]:
    if path.is_dir():
        return [path / "app.yaml"] if (path / "app.yaml").is_file() else find_service_files(path).files
    if not path.is_file():
        raise ConfigError(f"{path}: no such file or folder")
    return [] if path.name in CONFIG_FILES else [path]


def _candidates(app: Path) -> Iterator[Path]:
    excluded = {app / name for name in excluded_folders(app)}
    for folder, folders, files in os.walk(app):
        paths = (Path(folder, name) for name in sorted(folders))
        folders[:] = [path.name for path in paths if path not in excluded and _is_searched(path)]
        for name in sorted(files):
            if name.endswith(SUFFIXES) and name not in CONFIG_FILES and not name.startswith("."):
                yield Path(folder, name)


def _is_searched(folder: Path) -> bool:
    is_environment = (folder / "pyvenv.cfg").is_file()
    return not (folder.name.startswith(".") or folder.name in SKIPPED_FOLDERS or is_environment)


def _rank(file: Path, app: Path) -> tuple[int, bool, bool, int, str]:
    """Order files by what is more likely meant; `services/NAME` counts like a folder at the top."""
    parts = file.relative_to(app).parts
    depth = len(parts) - (parts[0] == "services")
    is_other_runtime = not (_field(file, "runtime") or "").startswith("python3")
    return depth, is_other_runtime, file.name != "app.yaml", file.stem.count("."), str(file)


def _service_of(file: Path) -> str | None:
    """Return the name of the service that a file describes; None for any other yaml file."""
    if file.name == "app.yaml":
        return _field(file, "service") or _field(file, "module") or "default"
    if _field(file, "runtime") is None or _is_kubernetes(file):
        return None
    return _field(file, "service") or _field(file, "module") or "default"


def _is_kubernetes(file: Path) -> bool:
    return _field(file, "kind") is not None or _field(file, "steps") is not None


def _field(file: Path, name: str) -> str | None:
    """Return the text of a key at the top of a file; None also for a file that is not valid yaml."""
    try:
        node = compose(file)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((str(value.value) for key, value in node.value if str(key.value) == name), None)
