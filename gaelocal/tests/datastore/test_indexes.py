"""Composite indexes: which queries need one, and what happens without it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.api_core.exceptions import FailedPrecondition
from google.cloud import datastore
from tests.datastore.conftest import client_of
from tests.datastore.entities import put, where
from tests.full_disk import fill_disk_for, needs_full_device
from tests.serving_thread import serving

from gaelocal.__main__ import main
from gaelocal.datastore import DatastoreServer, Rules
from gaelocal.datastore.protocol.index_check import MISSING_FILE

STANZA = """\
- kind: Photo
  properties:
  - name: album
  - name: n
    direction: desc"""


@pytest.fixture
def index_file(tmp_path: Path) -> Path:
    return tmp_path / "index.yaml"


@pytest.fixture
def client(tmp_path: Path, index_file: Path, request: pytest.FixtureRequest) -> Iterator[datastore.Client]:
    rules = Rules(index_file=index_file, require_indexes=getattr(request, "param", True))
    with serving(DatastoreServer(tmp_path / "datastore", 0, rules)) as server:
        client = client_of(server.address)
        put(client, "User", "ana", "Photo", "a", n=1, album="sea")
        yield client
        client._datastore_api.transport.close()


def newest_of_album(client: datastore.Client) -> list[Any]:
    return list(where(client.query(kind="Photo", order=["-n"]), "album", "=", "sea").fetch())


def test_a_query_without_its_index_fails_with_the_stanza(client: datastore.Client, index_file: Path) -> None:
    with pytest.raises(FailedPrecondition, match="no matching index found") as refused:
        newest_of_album(client)
    index_file.write_text(f"indexes:\n\n{STANZA}\n")

    assert STANZA in refused.value.message
    assert len(newest_of_album(client)) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "Photo"},
        {"kind": "Photo", "order": ["n"]},
        {"kind": "Photo", "order": ["-n"]},
        {"kind": "Photo", "filters": [("album", "=", "sea"), ("n", "=", 1)]},
        {"kind": "Photo", "filters": [("n", ">", 0), ("n", "<", 5)]},
        {"kind": "Photo", "ancestor": ("User", "ana"), "filters": [("album", "=", "sea")]},
        {"ancestor": ("User", "ana")},
        {"kind": "__kind__"},
    ],
    ids=str,
)
def test_built_in_indexes_serve(client: datastore.Client, query: dict[str, Any]) -> None:
    ancestor = client.key(*query["ancestor"]) if "ancestor" in query else None
    wanted = client.query(kind=query.get("kind"), ancestor=ancestor, order=query.get("order", ()))
    for condition in query.get("filters", ()):
        where(wanted, *condition)

    assert list(wanted.fetch())


@pytest.mark.parametrize(
    ("order", "filters", "ancestor"),
    [
        (["n"], [("album", "=", "sea")], None),
        (["n", "album"], [], None),
        (["n"], [], ("User", "ana")),
        ([], [("n", ">", 0)], ("User", "ana")),
        (["-__key__"], [], None),
    ],
)
def test_these_need_a_composite_index(
    client: datastore.Client, order: list[str], filters: list[Any], ancestor: Any
) -> None:
    key = client.key(*ancestor) if ancestor else None
    wanted = client.query(kind="Photo", order=order, ancestor=key)
    for condition in filters:
        where(wanted, *condition)

    with pytest.raises(FailedPrecondition):
        list(wanted.fetch())


def test_indexes_that_share_an_order_serve_together(client: datastore.Client, index_file: Path) -> None:
    one = "- {kind: Photo, properties: [{name: album}, {name: n}]}"
    other = "- {kind: Photo, properties: [{name: place}, {name: n}]}"
    index_file.write_text(f"indexes:\n{one}\n{other}\n")
    query = where(client.query(kind="Photo", order=["n"]), "album", "=", "sea")

    assert list(where(query, "place", "=", "Lima").fetch()) == []


@needs_full_device
@pytest.mark.parametrize("client", [False], indirect=True)
def test_a_query_is_answered_although_its_missing_index_cannot_be_noted(
    client: datastore.Client, tmp_path: Path
) -> None:
    fill_disk_for(tmp_path / "datastore" / MISSING_FILE)

    assert len(newest_of_album(client)) == 1


@pytest.mark.parametrize("client", [False], indirect=True)
def test_missing_indexes_are_listed_and_written(
    client: datastore.Client, index_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newest_of_album(client)
    folder = str(index_file.parent)

    assert main(["indexes", "--app", folder, "--data", folder]) == 0
    assert capsys.readouterr().out == f"indexes:\n\n{STANZA}\n"
    assert main(["indexes", "--app", folder, "--data", folder, "--write"]) == 0
    assert index_file.read_text() == f"indexes:\n\n{STANZA}\n"
    assert main(["indexes", "--app", folder, "--data", folder]) == 0
    assert "every index" in capsys.readouterr().out
