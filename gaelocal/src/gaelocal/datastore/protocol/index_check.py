"""Composite indexes that queries need in production: required, or noted for index.yaml."""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from gaelocal.atomic_write import write_atomically
from gaelocal.datastore.errors import Code, DatastoreError
from gaelocal.datastore.protocol.indexes import Index
from gaelocal.state_files import describe

log = logging.getLogger(__name__)
MISSING_FILE = "missing-indexes.yaml"
_DESCENDING = ("desc", "descending")


class IndexCheck:
    """Compares queries with index.yaml, which is read again when it has changed.

    The stanzas that it lacks are written to `missing`, in the form of index.yaml.
    """

    def __init__(self, index_file: Path | None, missing: Path, *, is_required: bool) -> None:
        self._file = index_file
        self._missing = missing
        self._is_required = is_required
        self._changed: float | None = None
        self._defined: list[Index] = []
        self._checked: set[Index] = set()
        self._noted: dict[Index, None] = {}

    def check(self, index: Index) -> None:
        """Note an index that a query needs and index.yaml lacks, or refuse the query.

        Raises:
            DatastoreError: FAILED_PRECONDITION with the stanza, where indexes are required.
        """
        if index in self._checked and not self._has_changed():
            return
        self._reload()
        if is_served(index, self._defined):
            self._checked.add(index)
            return
        if self._is_required:
            raise DatastoreError(
                Code.FAILED_PRECONDITION,
                f"no matching index found. recommended index is:\n{index.stanza()}\n",
            )
        self._checked.add(index)
        self._noted[index] = None
        try:
            write_atomically(self._missing, index_yaml(self._noted))
        except OSError as error:  # the query itself needs no file
            log.warning("%s %s", self._missing, describe(error))

    def _has_changed(self) -> bool:
        return self._file is not None and _modified(self._file) != self._changed

    def _reload(self) -> None:
        if self._file is None or not self._has_changed():
            return
        self._changed = _modified(self._file)
        self._defined = read_indexes(self._file)
        self._checked.clear()


def is_served(wanted: Index, defined: Iterable[Index]) -> bool:
    """Return whether one index, or a merge of several with the same order, serves the query."""
    equal, ordered = set(wanted.equal), wanted.properties[len(wanted.equal) :]
    covered: set[str] = set()
    for index in defined:
        head = index.properties[: len(index.properties) - len(ordered)]
        names = {name for name, _ in head}
        is_same = index.kind == wanted.kind and index.ancestor == wanted.ancestor
        if is_same and index.properties[len(head) :] == ordered and names <= equal:
            if names == equal:
                return True
            covered |= names
    return bool(equal) and covered == equal


def read_indexes(file: Path) -> list[Index]:
    """Return the indexes of an index.yaml; none where there is no such file or it cannot be read."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError):
        return []
    stanzas = content.get("indexes") if isinstance(content, dict) else None
    return [_index(stanza) for stanza in stanzas or () if isinstance(stanza, dict)]


def index_yaml(indexes: Iterable[Index]) -> str:
    """Write indexes in the form of index.yaml."""
    return "indexes:\n\n" + "\n\n".join(index.stanza() for index in indexes) + "\n"


def _index(stanza: dict[str, Any]) -> Index:
    properties = [one for one in stanza.get("properties") or () if isinstance(one, dict)]
    return Index(
        str(stanza.get("kind", "")),
        stanza.get("ancestor") in (True, "yes", "true"),
        tuple((str(one.get("name")), str(one.get("direction")).lower() in _DESCENDING) for one in properties),
    )


def _modified(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
