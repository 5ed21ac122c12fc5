"""The short schema against the types of Google's client."""

from typing import Any

import pytest
from google.cloud import datastore_v1

from gaelocal.datastore.messages import message
from gaelocal.datastore.wire.calls import Calls

CALLS = [
    "Lookup",
    "RunQuery",
    "RunAggregationQuery",
    "BeginTransaction",
    "Commit",
    "Rollback",
    "AllocateIds",
    "ReserveIds",
]


def test_every_call_of_the_service_is_there() -> None:
    snake = {"".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_") for name in CALLS}

    assert snake == {name for name in vars(Calls) if not name.startswith("_")}


@pytest.mark.parametrize("suffix", ["Request", "Response"])
@pytest.mark.parametrize("call", CALLS)
def test_each_message_agrees_with_the_client(call: str, suffix: str) -> None:
    theirs = getattr(datastore_v1.types, call + suffix)

    strays = list(_strays(message(call + suffix).DESCRIPTOR, theirs.pb(theirs()).DESCRIPTOR, set()))

    assert strays == []


def _strays(ours: Any, theirs: Any, seen: set[str]) -> Any:
    if ours.full_name in seen:
        return
    seen.add(ours.full_name)
    for field in ours.fields:
        other = theirs.fields_by_name.get(field.name)
        if other is None or _shape(field) != _shape(other):
            yield field.full_name
        elif field.message_type:
            yield from _strays(field.message_type, other.message_type, seen)


def _shape(field: Any) -> tuple[Any, ...]:
    """Number, repetition, oneof and type; an enum is an int32 on the wire."""
    kind = field.TYPE_INT32 if field.enum_type else field.type
    oneof = field.containing_oneof.name if field.containing_oneof else None
    return field.number, field.is_repeated, oneof, kind
