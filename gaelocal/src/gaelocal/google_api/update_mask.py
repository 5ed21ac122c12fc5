"""Apply the update mask of a call: copy the fields that it names from one message to another."""

from collections.abc import Collection
from typing import Any

from gaelocal.google_api.errors import invalid


def copy_path(path: str, source: Any, target: Any, updatable: Collection[str]) -> None:
    """Copy one path of a mask; a field that the source does not set is cleared, which means its default.

    Raises:
        ApiError: the path does not begin with one of `updatable`, or is not a field.
    """
    *groups, last = path.split(".")
    if (groups or [last])[0] not in updatable:
        raise _not_updatable(path)
    _copy(path, groups, last, source, target)


def _copy(path: str, groups: list[str], last: str, source: Any, target: Any) -> None:
    name = groups[0] if groups else last
    field = target.DESCRIPTOR.fields_by_name.get(name)
    if field is None or (groups and (field.message_type is None or field.is_repeated)):
        raise _not_updatable(path)
    if not groups:
        _copy_field(field, source, target)
        return
    if source.HasField(name) or target.HasField(name):
        inner = getattr(target, name)
        _copy(path, groups[1:], last, getattr(source, name), inner)
        if not source.HasField(name) and not inner.ListFields():
            target.ClearField(name)


def _copy_field(field: Any, source: Any, target: Any) -> None:
    if field.is_repeated:
        target.ClearField(field.name)
        getattr(target, field.name).MergeFrom(getattr(source, field.name))
    elif field.has_presence and not source.HasField(field.name):
        target.ClearField(field.name)
    elif field.message_type is not None:
        getattr(target, field.name).CopyFrom(getattr(source, field.name))
    else:
        setattr(target, field.name, getattr(source, field.name))


def _not_updatable(path: str) -> Exception:
    return invalid(f'Invalid update mask: "{path}" is not a field that can be updated.')
