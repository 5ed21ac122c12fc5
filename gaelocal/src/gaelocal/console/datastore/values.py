"""Keys and property values as text for people, and back."""

import base64
import binascii
import json
import re
from collections.abc import Callable
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import DecodeError

from gaelocal.console.problems import ConsoleError
from gaelocal.datastore.errors import DatastoreError
from gaelocal.datastore.protocol.gql.tokens import Tokens
from gaelocal.datastore.protocol.gql.values import Values
from gaelocal.protobuf.datastore_pb2 import Entity, GqlQuery, Key, PartitionId, Value

TYPES = {
    "string": "Text",
    "integer": "Integer",
    "double": "Floating point",
    "boolean": "Boolean",
    "timestamp": "Date and time",
    "key": "Key",
    "null": "Null",
    "geo_point": "Geographical point",
    "array": "Array",
    "entity": "Embedded entity",
    "blob": "Binary",
}
"""The types of values: the name in the API without `_value`, and the title."""

FILTER_TYPES = ("string", "integer", "double", "boolean", "timestamp", "key", "null")
INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
TIME_ZONE = re.compile(r"(?:Z|[+-]\d\d:\d\d)$")
LONGEST_SHOWN = 120
MAX_INT64 = 2**63


def type_of(value: Any) -> str:
    return str(value.WhichOneof("value_type") or "null_value").removesuffix("_value")


def text_of(value: Any) -> str:
    """Return the text of a value as a form shows it; `value_of` reads it back."""
    kind = type_of(value)
    plain = getattr(value, f"{kind}_value")
    return _TEXTS[kind](plain) if kind in _TEXTS else str(plain)


def short_text(value: Any) -> str:
    """Return a value for a table, cut if it is long."""
    kind = type_of(value)
    if kind == "null":
        return "null"
    if kind == "blob":
        return f"{len(value.blob_value)} bytes"
    if kind == "array":
        return cut(f"[{', '.join(short_text(element) for element in value.array_value.values[:10])}]")
    if kind == "entity":
        pairs = (f"{name}: {short_text(one)}" for name, one in value.entity_value.properties.items())
        return cut(f"{{{', '.join(pairs)}}}")
    return cut(text_of(value))


def cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def value_of(kind: str, text: str, partition: Any, name: str = "") -> Any:
    """Parse the text of a form into a value of this type, that of the property `name`.

    Raises:
        ConsoleError: it is not such a value.
    """
    value, place = Value(), f"{cut(name)}: " if name else ""
    try:
        _fill(value, kind, text, partition)
    except ConsoleError as error:
        raise ConsoleError(error.status, error.code, f"{place}{error.detail}") from None
    except (ValueError, OverflowError, RecursionError, binascii.Error, json_format.Error) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else "it cannot be read"
        title = TYPES.get(kind, kind).lower()
        message = f"{place}“{cut(text)}” is not a valid {title}: {reason}"
        raise ConsoleError(400, "invalid_value", message) from None
    return value


def _fill(value: Any, kind: str, text: str, partition: Any) -> None:
    plain = text.strip()
    if kind == "key":
        value.key_value.CopyFrom(key_of(plain, partition))
    elif kind == "string":
        value.string_value = text.replace("\r\n", "\n")
    elif kind in _PARSERS:
        setattr(value, f"{kind}_value", _PARSERS[kind](plain))
    elif kind in _SETTERS:
        _SETTERS[kind](value, plain)
    else:
        raise ValueError("there is no such type")


def is_text_of(text: str, value: Any) -> bool:
    """Return whether a form that showed the value sent the text back; a form cannot keep every character."""
    return _as_sent(text) == _as_sent(text_of(value))


def _as_sent(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def _integer(text: str) -> int:
    if not (INTEGER.fullmatch(text) and -MAX_INT64 <= int(text) < MAX_INT64):
        raise ValueError("write a whole number from -9223372036854775808 to 9223372036854775807")
    return int(text)


def _double(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("write a number such as 1.5, 2e-3, inf or nan") from None


def _blob(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise ValueError("write the bytes in Base64") from None


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError("write true or false")
    return text.lower() == "true"


def _set_timestamp(value: Any, text: str) -> None:
    try:
        value.timestamp_value.FromJsonString(text if TIME_ZONE.search(text) else f"{text}Z")
    except ValueError:
        raise ValueError("write a time such as 2026-11-20T09:30:00Z, from year 1 to 9999") from None


def _set_point(value: Any, text: str) -> None:
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise ValueError("write latitude and longitude such as -33.87, 151.21") from None
    value.geo_point_value.latitude, value.geo_point_value.longitude = latitude, longitude


def _set_array(value: Any, text: str) -> None:
    json_format.ParseDict(_json(text or "{}"), value.array_value)
    value.array_value.SetInParent()


def _set_entity(value: Any, text: str) -> None:
    json_format.ParseDict(_json(text or "{}"), value.entity_value)
    value.entity_value.SetInParent()


_PARSERS: dict[str, Callable[[str], Any]] = {
    "integer": _integer,
    "double": _double,
    "boolean": _boolean,
    "null": lambda _text: 0,
    "blob": _blob,
}
_SETTERS: dict[str, Callable[[Any, str], None]] = {
    "timestamp": _set_timestamp,
    "geo_point": _set_point,
    "array": _set_array,
    "entity": _set_entity,
}


def _json(text: str) -> dict[str, Any]:
    parsed = json.loads(text)
    if not isinstance(parsed, dict):
        raise ValueError("write an object in braces, as the REST API does")  # noqa: TRY004 - of a form
    return parsed


def json_of(message: Any) -> str:
    return json_format.MessageToJson(message, indent=2, ensure_ascii=False)


def entity_of_json(text: str) -> Any:
    """Parse an entity in the JSON of the REST API.

    Raises:
        ConsoleError: it is malformed, or nested too deeply.
    """
    try:
        return json_format.ParseDict(_json(text), Entity())
    except (ValueError, RecursionError, json_format.Error) as error:
        reason = str(error).splitlines()[0][:300] if str(error) else "nested too deeply"
        raise ConsoleError(400, "invalid_json", f"The JSON is not an entity: {reason}") from None


# Keys


def key_text(key: Any) -> str:
    """Return a key as GQL writes it: KEY(User, 'ana', Photo, 5)."""
    parts = [
        _option("DATABASE", key.partition_id.database_id),
        _option("NAMESPACE", key.partition_id.namespace_id),
    ]
    for element in key.path:
        parts += [_kind(element.kind), identifier(element)]
    return f"KEY({', '.join(part for part in parts if part)})"


def identifier(element: Any) -> str:
    """Return the ID or the quoted name of an element of a path."""
    return _quoted(element.name) if element.WhichOneof("id_type") == "name" else str(element.id)


def key_id(key: Any) -> str:
    """Return a key as a parameter of an address."""
    return base64.urlsafe_b64encode(key.SerializeToString(deterministic=True)).decode().rstrip("=")


def key_of(text: str, partition: Any) -> Any:
    """Parse a key: as GQL writes it, or as `key_id` does.

    Raises:
        ConsoleError: it is neither.
    """
    key = (
        _gql_key(text, partition)
        if text.lstrip().upper().startswith("KEY") and "(" in text
        else _key_of_id(text)
    )
    if key is None or not key.path:
        raise ConsoleError(
            400, "invalid_key", f"“{cut(text)}” is not a key. Write KEY(Kind, 'name') or KEY(Kind, 123)."
        )
    key.partition_id.project_id = partition.project_id
    return key


def _gql_key(text: str, partition: Any) -> Any:
    try:
        tokens = Tokens(text)
        value = Values(tokens, GqlQuery(allow_literals=True), partition).read()
        tokens.expect_end()
    except (DatastoreError, ValueError):
        return None
    return value.key_value if value.WhichOneof("value_type") == "key_value" else None


def _key_of_id(text: str) -> Any:
    try:
        padded = text + "=" * (-len(text) % 4)
        return Key.FromString(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, DecodeError):
        return None


def parent_of(key: Any) -> Any:
    """Return the key of the parent, or None for a root entity."""
    if len(key.path) < 2:  # noqa: PLR2004 - the entity and its parent
        return None
    parent = Key(partition_id=key.partition_id)
    parent.path.extend(key.path[:-1])
    return parent


def partition_of(project: str, database: str = "", namespace: str = "") -> Any:
    return PartitionId(project_id=project, database_id=database, namespace_id=namespace)


def _option(word: str, name: str) -> str:
    return f"{word}({_quoted(name)})" if name else ""


def _kind(kind: str) -> str:
    is_plain = (
        kind.isidentifier()
        and kind.isascii()
        and kind.upper() not in ("KEY", "PROJECT", "NAMESPACE", "DATABASE")
    )
    return kind if is_plain else "`" + kind.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


_TEXTS: dict[str, Callable[[Any], str]] = {
    "null": lambda _plain: "",
    "boolean": lambda plain: "true" if plain else "false",
    "timestamp": lambda plain: str(plain.ToJsonString()),
    "key": key_text,
    "blob": lambda plain: base64.b64encode(plain).decode(),
    "geo_point": lambda plain: f"{plain.latitude}, {plain.longitude}",
    "array": json_of,
    "entity": json_of,
}
