"""Convert messages to the JSON of Google's REST APIs, and back.

The generated messages have private package names. Inside an `Any` they carry Google's own names.
"""

from typing import Any

from google.protobuf import any_pb2, json_format

from gaelocal.google_api.errors import invalid

PRIVATE = "gaelocal."
TYPE_URL = "type.googleapis.com/"
GOOGLE_TYPE = f"{TYPE_URL}google."
PRIVATE_TYPE = f"{TYPE_URL}{PRIVATE}google."
WELL_KNOWN_TYPE = f"{TYPE_URL}google.protobuf."


def from_json(fields: Any, message: Any) -> Any:
    """Fill a message from parsed JSON.

    Raises:
        ApiError: a name is unknown, or a value does not fit.
    """
    try:
        return json_format.ParseDict(fields, message)
    except json_format.ParseError as error:
        raise invalid(f"Invalid JSON payload received. {error}") from None


def to_json(message: Any, *, enums_as_integers: bool = False) -> Any:
    readable = type(message)()
    readable.CopyFrom(message)
    _rename_types(readable, GOOGLE_TYPE, PRIVATE_TYPE)
    found = json_format.MessageToDict(readable, use_integers_for_enums=enums_as_integers)
    return _restore_types(found)


def pack(message: Any) -> any_pb2.Any:
    """Return an `Any` that names the type as Google does."""
    name = message.DESCRIPTOR.full_name.removeprefix(PRIVATE)
    return any_pb2.Any(type_url=f"{TYPE_URL}{name}", value=message.SerializeToString())


def _rename_types(message: Any, old: str, new: str) -> None:
    for field, value in message.ListFields():
        if field.message_type is None or field.message_type.GetOptions().map_entry:
            continue
        for inner in value if field.is_repeated else [value]:
            if isinstance(inner, any_pb2.Any):
                if inner.type_url.startswith(old) and not inner.type_url.startswith(WELL_KNOWN_TYPE):
                    inner.type_url = new + inner.type_url.removeprefix(old)
            else:
                _rename_types(inner, old, new)


def _restore_types(found: Any) -> Any:
    if isinstance(found, list):
        return [_restore_types(each) for each in found]
    if not isinstance(found, dict):
        return found
    restored = {key: _restore_types(value) for key, value in found.items()}
    if "@type" in restored:
        restored["@type"] = str(restored["@type"]).replace(PRIVATE_TYPE, GOOGLE_TYPE)
    return restored
