"""Random entities and random queries: every plan must find what plain Python finds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from google.cloud import datastore
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.datastore.conftest import client_of
from tests.datastore.entities import entity, names, where
from tests.serving_thread import serving

from gaelocal.datastore import DatastoreServer, Rules

Filter = tuple[str, str, int]
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
COMPARE = {"<": int.__lt__, "<=": int.__le__, ">": int.__gt__, ">=": int.__ge__}

numbers = st.integers(0, 3)


@dataclass(frozen=True)
class Photo:
    """An entity below one of two parents; a property without values is not there."""

    parent: str
    many: list[int]
    one: list[int]


@dataclass(frozen=True)
class Case:
    photos: list[Photo]
    filters: list[Filter]
    order: list[str]
    ancestor: str | None
    limit: int


photos = st.builds(
    Photo,
    st.sampled_from("xy"),
    st.lists(numbers, max_size=3, unique=True),
    st.lists(numbers, max_size=1),
)
cases = st.builds(
    Case,
    st.lists(photos, max_size=14),
    st.lists(
        st.tuples(st.sampled_from(["many", "one"]), st.sampled_from(["=", *COMPARE]), numbers), max_size=3
    ),
    st.lists(
        st.sampled_from(["many", "-many", "one", "-one", "-__key__"]),
        max_size=2,
        unique_by=lambda name: name.strip("-"),
    ),
    st.sampled_from([None, "x"]),
    st.integers(1, 5),
)


def expected(case: Case) -> list[int]:
    """Return the numbers of the photos found, in order."""
    found = [n for n, photo in enumerate(case.photos) if _matches(photo, case)]
    found.sort(key=lambda n: (case.photos[n].parent, n), reverse=_is_reversed(case))
    for name in reversed(_orders(case)):
        bare, backwards = name.strip("-"), name.startswith("-")
        pick = max if backwards else min
        found.sort(
            key=lambda n, bare=bare, pick=pick: pick(_seen(case.photos[n], bare, case)), reverse=backwards
        )  # type: ignore[misc]
    return found


def _is_reversed(case: Case) -> bool:
    return "-__key__" in case.order


def _orders(case: Case) -> list[str]:
    """Return the orders before that by key, and after them one for each inequality that has none."""
    given = case.order[: case.order.index("-__key__")] if _is_reversed(case) else case.order
    named = {name.strip("-") for name in given}
    unequal = sorted({name for name, operator, _ in case.filters if operator != "="} - named)
    return [*given, *unequal]


def _matches(photo: Photo, case: Case) -> bool:
    equal = all(n in getattr(photo, name) for name, operator, n in case.filters if operator == "=")
    bare = [name.strip("-") for name in _orders(case)]
    return (
        equal and photo.parent in (case.ancestor or "xy") and all(_seen(photo, name, case) for name in bare)
    )


def _seen(photo: Photo, name: str, case: Case) -> list[int]:
    """Return the values of a property that meet all its conditions: the ones an order looks at."""
    fixed = [n for wanted, operator, n in case.filters if (wanted, operator) == (name, "=")]
    bounds = [(COMPARE[o], n) for wanted, o, n in case.filters if wanted == name and o != "="]
    values = fixed[:1] or getattr(photo, name)
    return [value for value in values if all(holds(value, n) for holds, n in bounds)]


@pytest.fixture(scope="module", params=[0, 1_000], ids=["index order", "sorted"])
def planned(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Datastore that never sorts what is few, and of one that always does."""
    with serving(DatastoreServer(tmp_path_factory.mktemp("plans"), 0, Rules(small=request.param))) as server:
        yield server.address


@MANY
@given(cases)
def test_every_plan_finds_what_plain_python_finds(planned: str, embedded: None, case: Case) -> None:
    client = client_of(planned)
    client.put_multi(
        [entity(key_of(client, n, photo), **properties(photo)) for n, photo in enumerate(case.photos)]
    )

    query = query_of(client, case)

    assert names(query.fetch()) == [n + 1 for n in expected(case)]
    assert scanned(query, case.limit) == [n + 1 for n in expected(case)]
    client._datastore_api.transport.close()


def key_of(client: datastore.Client, n: int, photo: Photo) -> datastore.Key:
    return client.key("P", photo.parent, "V", n + 1)


def properties(photo: Photo) -> dict[str, Any]:
    return {**({"many": photo.many} if photo.many else {}), **({"one": photo.one[0]} if photo.one else {})}


def query_of(client: datastore.Client, case: Case) -> datastore.Query:
    ancestor = client.key("P", case.ancestor) if case.ancestor else None
    query = client.query(kind="V", order=case.order, ancestor=ancestor)
    for condition in case.filters:
        where(query, *condition)
    return query


def scanned(query: datastore.Query, limit: int) -> list[Any]:
    """Read page by page."""
    found: list[Any] = []
    page, cursor = [None] * limit, None
    while len(page) == limit:
        answer = query.fetch(limit=limit, start_cursor=cursor)
        page = names(answer)
        found += page
        cursor = answer.next_page_token
    return found
