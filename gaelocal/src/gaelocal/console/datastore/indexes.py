"""The composite indexes of index.yaml, and those that queries needed and it lacks."""

from pathlib import Path
from typing import Any

from gaelocal.console.datastore.client import DatastoreCalls
from gaelocal.datastore.protocol.index_check import index_yaml, is_served, read_indexes


def describe_indexes(calls: DatastoreCalls) -> dict[str, Any]:
    """Return the defined indexes, and the missing ones with the text for index.yaml."""
    defined = _read(calls.index_file)
    missing = [index for index in _read(calls.missing_index_file) if not is_served(index, defined)]
    return {
        "file": str(calls.index_file) if calls.index_file else "",
        "is_known": calls.missing_index_file is not None,
        "defined": defined,
        "missing": missing,
        "stanzas": index_yaml(missing) if missing else "",
    }


def _read(file: Path | None) -> list[Any]:
    return read_indexes(file) if file else []
