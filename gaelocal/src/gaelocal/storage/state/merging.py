"""Merge JSON as PATCH of the JSON API does: null removes, an object merges, any other value replaces."""

from collections.abc import Iterable

from gaelocal.storage.state.records import Fields


def merged(old: Fields, changes: Fields) -> Fields:
    new = dict(old)
    for key, value in changes.items():
        if value is None:
            new.pop(key, None)
        elif isinstance(value, dict):
            below = new.get(key)
            new[key] = merged(below if isinstance(below, dict) else {}, value)
        else:
            new[key] = value
    return new


def without(fields: Fields, keys: Iterable[str]) -> Fields:
    """Return the fields except `keys`."""
    return {key: value for key, value in fields.items() if key not in set(keys)}
