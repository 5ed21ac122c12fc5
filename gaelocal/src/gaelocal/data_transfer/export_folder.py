"""The files of an exported folder, checked before anything is imported."""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gaelocal.yaml_files import ConfigError

MANIFEST, ENTITIES, OBJECTS = "export.json", "entities.jsonl", "objects.jsonl"
FORMAT = 1
CHECKSUM = "md5Hash"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read export.json, which an export writes last.

    Raises:
        ConfigError: there is none, or it is not one of an export.
    """
    file = folder / MANIFEST
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{folder} holds no complete export: {MANIFEST} cannot be read") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ConfigError(f"{file}: `format` is not {FORMAT}")
    buckets = manifest.get("buckets")
    if not isinstance(manifest.get("project"), str) or not isinstance(buckets, list):
        raise ConfigError(f"{file}: `project` or `buckets` is missing")
    if not all(isinstance(bucket, str) for bucket in buckets):
        raise ConfigError(f"{file}: `buckets` must be a list of names")
    return manifest


def check_export(folder: Path, manifest: dict[str, Any]) -> None:
    """Check all files, so that a damaged export changes nothing.

    Raises:
        ConfigError: a file is missing, cut off or changed; the message names file and line.
    """
    entities = 0
    for number, entity in read_lines(folder / ENTITIES):
        key = entity.get("key")
        if not isinstance(key, dict) or not isinstance(key.get("path"), list):
            raise ConfigError(f"{folder / ENTITIES}:{number}: the entity has no key")
        entities += 1
    objects = 0
    for number, description in read_lines(folder / OBJECTS):
        _check_object(folder, number, description)
        objects += 1
    _check_count(folder, ENTITIES, manifest.get("entities"), entities)
    _check_count(folder, OBJECTS, manifest.get("objects"), objects)


def read_lines(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the JSON object of each line with the number of the line.

    Raises:
        ConfigError: the file is missing, or a line holds anything else.
    """
    number = 0
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                value = json.loads(line)
                if not isinstance(value, dict):
                    raise ConfigError(f"{file}:{number}: the line is not a JSON object")
                yield number, value
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}:{number + 1}: the text is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{file}:{number}: the line is not JSON; the export is damaged") from error
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from error


def checksum(content: bytes) -> str:
    """Return the checksum in the form of Cloud Storage's `md5Hash`."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def file_of(folder: Path, description: dict[str, Any]) -> Path:
    """Return the file of an object.

    Raises:
        ConfigError: it is missing, or outside the folder.
    """
    name: str = description["file"]
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        raise ConfigError(f"{folder}: {name} is missing")
    return file


def _check_object(folder: Path, number: int, description: dict[str, Any]) -> None:
    line = f"{folder / OBJECTS}:{number}"
    for name in ("bucket", "name", "file"):
        if not isinstance(description.get(name), str):
            raise ConfigError(f"{line}: `{name}` is missing")
    try:
        content = file_of(folder, description).read_bytes()
    except (OSError, ValueError) as error:
        raise ConfigError(f"{line}: {description['file']} cannot be read") from error
    if CHECKSUM in description and description[CHECKSUM] != checksum(content):
        raise ConfigError(
            f"{line}: {description['file']} has changed since the export; "
            f"remove `{CHECKSUM}` from the line to import it as it is"
        )


def _check_count(folder: Path, name: str, wanted: object, found: int) -> None:
    if wanted is not None and wanted != found:
        raise ConfigError(f"{folder / name} has {found} lines, but {MANIFEST} says {wanted}")
