"""Checks of the types of JSON fields, which raise `Invalid` with the name of the field."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gaelocal.storage.state.errors import Invalid
from gaelocal.storage.state.records import Fields, seconds_of

Check = Callable[[str, Any], Any]
FieldsCheck = Callable[[str, Any], Fields]
MOST_NUMBER = 2**63 - 1


def text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise invalid(name, value, "a string")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Invalid(f"Invalid value for {name}: it is not valid UTF-8.") from None
    return value


def header_text(name: str, value: Any) -> str:
    """Check text that becomes an HTTP header."""
    found = text(name, value)
    if any(character in found for character in "\r\n\0"):
        raise Invalid(f"Invalid value for {name}: line breaks are not allowed.")
    return found


def flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise invalid(name, value, "true or false")
    return value


def whole_number(name: str, value: Any) -> int:
    """Check a number; the JSON API writes 64-bit ones as text."""
    is_text = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20  # noqa: PLR2004
    if (
        isinstance(value, bool)
        or not (isinstance(value, int) or is_text)
        or not 0 <= int(value) <= MOST_NUMBER
    ):
        raise invalid(name, value, "a whole number")
    return int(value)


def number_text(name: str, value: Any) -> str:
    return str(whole_number(name, value))


def time_text(name: str, value: Any) -> str:
    try:
        seconds_of(text(name, value))
    except (ValueError, OverflowError):
        raise invalid(name, value, "a time such as 2026-11-20T09:31:00Z") from None
    return str(value)


def one_of(*choices: str) -> Check:
    def check(name: str, value: Any) -> str:
        if value not in choices:
            raise invalid(name, value, f"one of {', '.join(choices)}")
        return str(value)

    return check


def list_of(check: Check) -> Check:
    def check_all(name: str, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise invalid(name, value, "a list")
        return [check(name, one) for one in value]

    return check_all


def dictionary_of(check: Check) -> Check:
    def check_all(name: str, value: Any) -> Fields:
        return {
            text(name, key): check(f"{name}.{key[:60]}", one) for key, one in mapping(name, value).items()
        }

    return check_all


def fields_of(checks: Mapping[str, Check], output_only: Iterable[str] = ()) -> FieldsCheck:
    """Return a check of an object with these fields; the server sets `output_only`, so they are dropped.

    Unknown fields are refused by name unless they are false or empty: Node's client sends such ones.
    """
    dropped = frozenset(output_only)

    def check(name: str, value: Any) -> Fields:
        found: Fields = {}
        for key, one in mapping(name, value).items():
            path = f"{name}.{key}" if name else key
            if key in checks:
                found[key] = None if one is None else checks[key](path, one)
            elif key not in dropped and one:
                raise Invalid(f"Unknown field {path[:200]!r}: gaelocal's Cloud Storage does not apply it.")
        return found

    return check


def mapping(name: str, value: Any) -> Fields:
    if not isinstance(value, dict):
        raise invalid(name, value, "an object")
    return value


def invalid(name: str, value: Any, expected: str) -> Invalid:
    return Invalid(f"Invalid value for {name or 'the body'}: {str(value)[:100]!r} is not {expected}.")
