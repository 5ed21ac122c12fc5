"""Rows that are created only once, in one call, together with changes of others."""

import pytest

from timeline.interfaces import Backends, Entity

NEW, OTHER = ("User", "new"), ("User", "other")


@pytest.fixture(autouse=True)
def other_row(backends: Backends) -> None:
    backends.entities.put(Entity(OTHER, {"text": "old"}))


def texts(backends: Backends) -> list[str | None]:
    return [row and row.values["text"] for row in backends.entities.get(NEW, OTHER)]


def test_a_row_is_created_and_another_is_replaced(backends: Backends) -> None:
    is_done = backends.entities.add(Entity(NEW, {"text": "mine"}), Entity(OTHER, {"text": "changed"}))

    assert is_done
    assert texts(backends) == ["mine", "changed"]


def test_an_existing_row_is_kept(backends: Backends) -> None:
    backends.entities.add(Entity(NEW, {"text": "first"}))

    is_done = backends.entities.add(Entity(NEW, {"text": "second"}))

    assert not is_done
    assert texts(backends)[0] == "first"


def test_a_deleted_row_is_not_created_again_by_a_change(backends: Backends) -> None:
    backends.entities.delete(OTHER)

    is_done = backends.entities.add(Entity(NEW, {"text": "mine"}), Entity(OTHER, {"text": "changed"}))

    assert not is_done
    assert texts(backends)[1] is None
