"""The JSON body of a call and the paths of its update mask."""

import json
import re
from typing import Any, TypeVar

from aiohttp import web

from gaelocal.admin.problems import invalid

Resource = dict[str, Any]
T = TypeVar("T")
DURATION = re.compile(r"-?\d+(?:\.\d+)?s")


async def resource_of(request: web.Request) -> Resource:
    """Read the body as an object; an empty one is an empty object.

    Raises:
        AdminError: it is anything else.
    """
    try:
        text = await request.text()
        found = json.loads(text) if text else {}
    except (ValueError, LookupError, RecursionError) as error:
        raise invalid(f"The body is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise invalid("The body must be a JSON object.")
    return found


def mask_of(request: web.Request) -> list[str]:
    """Return the paths of the update mask, which Google's reference calls required.

    Raises:
        AdminError: it is missing or empty.
    """
    mask = [path for path in request.query.get("updateMask", "").split(",") if path]
    if not mask:
        raise invalid("`updateMask` is required: name the fields to change, separated by commas.")
    return mask


def section(resource: Resource, key: str) -> Resource:
    found = resource.get(key) or {}
    if not isinstance(found, dict):
        raise invalid(f"`{key}` must be an object.")
    return found


def objects_of(resource: Resource, key: str) -> list[Resource]:
    return _list_of(resource, key, dict, "objects")


def strings_of(resource: Resource, key: str) -> list[str]:
    return _list_of(resource, key, str, "strings")


def _list_of(resource: Resource, key: str, kind: type[T], plural: str) -> list[T]:
    """Return a list of the resource; an absent one is empty. Raises AdminError for any other value."""
    found = resource.get(key) or []
    if not isinstance(found, list) or not all(isinstance(each, kind) for each in found):
        raise invalid(f"`{key}` must be a list of {plural}.")
    return found


def seconds_of(value: object, name: str) -> float:
    """Read a Duration: `3.5s`."""
    if not isinstance(value, str) or not DURATION.fullmatch(value):
        raise invalid(f"`{name}` must be a duration such as 3.5s, not {value!r}.")
    return float(value[:-1])


def duration(seconds: float) -> str:
    return f"{seconds:.9f}".rstrip("0").rstrip(".") + "s"


def number_of(value: object, name: str) -> float:
    """Read a number; int64 values arrive as text."""
    try:
        if not isinstance(value, bool):
            return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        pass
    raise invalid(f"`{name}` must be a number, not {value!r}.")


def whole_number_of(value: object, name: str) -> int:
    number = number_of(value, name)
    if not number.is_integer():
        raise invalid(f"`{name}` must be a whole number, not {value!r}.")
    return int(number)
