"""Read the requirements of a service from requirements.txt or pyproject.toml: lines and names of packages."""

import codecs
import os
import re
import tomllib
from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?=\s*(?:$|[\[<>=!~;@(,]))")
ANOTHER_FILE = re.compile(r"(?:-r|--requirement)[\s=]+(\S+)")
LOCAL_FOLDER = re.compile(r"(?:(?:-e|--editable)[\s=]+)?((?:\./|\.\./|\.(?=$|\[))[^\s\[;]*)")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Editors of Windows save the file in UTF-16; pip reads that as well."""


def requirements_of(folder: Path) -> Path:
    """Return the file with the requirements of a service: as on App Engine, requirements.txt comes first."""
    file, other = folder / "requirements.txt", folder / "pyproject.toml"
    return other if not file.is_file() and _of_pyproject(other) else file


def lock_of(folder: Path) -> Path | None:
    """Return the uv.lock that pins the requirements of a service in pyproject.toml."""
    file = folder / "uv.lock"
    return file if file.is_file() and requirements_of(folder).suffix == ".toml" else None


def requirement_lines(file: Path) -> list[str]:
    """Return the requirements in a file without comments and empty lines; none if there is no file."""
    if file.suffix == ".toml":
        return _of_pyproject(file)
    text = _decoded(file.read_bytes()) if file.is_file() else ""
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line]


def requirement_names(file: Path) -> frozenset[str]:
    """Return the normalized names of the packages, also those in files that it includes."""
    lines = (line for each in requirement_files(file) for line in requirement_lines(each))
    found = filter(None, map(NAME.match, lines))
    return frozenset(re.sub(r"[-_.]+", "-", name[0]).lower() for name in found)


def requirement_files(file: Path) -> set[Path]:
    """Return the file and those that it includes."""
    read: set[Path] = set()
    waiting = [file]
    while waiting:
        read.add(current := waiting.pop())
        others = filter(None, map(ANOTHER_FILE.match, requirement_lines(current)))
        waiting += {Path(os.path.normpath(current.parent / other[1])) for other in others} - read
    return read


def local_folders(file: Path) -> list[Path]:
    """Return the folders of the project that a requirements.txt installs as packages."""
    found = (LOCAL_FOLDER.match(line) for line in requirement_lines(file))
    folders = (file.parent / match[1] for match in found if match)
    return [folder for folder in folders if folder.is_dir()]


def _of_pyproject(file: Path) -> list[str]:
    try:
        project = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
        return [str(line) for line in project.get("dependencies", [])]
    except (OSError, ValueError, AttributeError, TypeError):
        return []


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if content.startswith(mark)), "utf-8")
    return content.decode(encoding, errors="replace")
