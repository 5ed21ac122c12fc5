"""Read the files of the data folder: a file that cannot be used is moved aside and made anew.

Each such event is one line of the log that names the file, the reason and what was done.
"""

import errno
import json
import logging
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from gaelocal.yaml_files import ConfigError

MOST_KEPT = 1000
UNUSABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""Errors of code that reads a value of another shape than it expects."""

log = logging.getLogger(__name__)
T = TypeVar("T")


def read_json(file: Path, parse: Callable[[Any], T], default: T) -> T:
    """Return what `parse` makes of the file, `default` where there is no file or it cannot be used."""
    try:
        return parse(json.loads(_text(file)))
    except (FileNotFoundError, NotADirectoryError):
        return default  # a file in the place of its folder is moved aside when the folder is made
    except OSError as error:
        set_aside(file, describe(error))
    except UNUSABLE as error:
        set_aside(file, why_unreadable(file, error))
    return default


def set_aside(file: Path, reason: str, also: Iterable[Path] = ()) -> Path:
    """Rename a file, and `also` those that belong to it, so that a new one can take its place.

    Raises:
        ConfigError: it cannot be renamed; the message names it.
    """
    to = next(name for name in _names_aside(file) if not os.path.lexists(name))
    try:
        file.replace(to)
        for other in also:
            if os.path.lexists(other):
                other.replace(to.with_name(to.name + other.name.removeprefix(file.name)))
    except OSError as error:
        raise ConfigError(
            f"{file} {reason} and cannot be moved aside ({error.strerror}); remove it or name another --data"
        ) from error
    log.warning("%s %s; it was moved to %s and a new one was created", file, reason, to.name)
    return to


def make_folder(folder: Path) -> None:
    """Create a folder; a file in its place is moved aside.

    Raises:
        ConfigError: it cannot be created or written; the message names it.
    """
    try:
        ensure_folder(folder)
    except OSError as error:
        raise ConfigError(f"{folder} cannot be created: {describe(error)}") from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise ConfigError(f"{folder} cannot be written; change its permissions or choose another --data")


def ensure_folder(folder: Path) -> None:
    """Create a folder that is to be written while the platform runs; a file in its place is moved aside.

    Raises:
        OSError: it cannot be created.
    """
    if os.path.lexists(folder) and not folder.is_dir():
        set_aside(folder, "is not a folder")
    folder.mkdir(parents=True, exist_ok=True)


def make_way(file: Path) -> None:
    """Move a folder aside that stands where a file is to be written."""
    if file.is_dir() and not file.is_symlink():
        set_aside(file, "is a folder")


def why_unreadable(file: Path, error: Exception) -> str:
    if not file.stat().st_size:
        return "is empty"
    return f"cannot be read ({type(error).__name__}: {' '.join(str(error).split())[:120]})"


def is_disk_error(error: OSError) -> bool:
    """Return whether the error is of the disk (full, broken or read-only), not of a connection."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)


def describe(error: OSError) -> str:
    return f"cannot be used ({error.strerror or error})"


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _names_aside(file: Path) -> Iterable[Path]:
    return (file.with_name(f"{file.name}.damaged-{number}") for number in range(1, MOST_KEPT))
