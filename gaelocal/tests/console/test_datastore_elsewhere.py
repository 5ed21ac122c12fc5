"""The Datastore panel of a Datastore that gaelocal does not run (`--datastore HOST:PORT`)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests
from tests.console.html import Html
from tests.console.world import PROJECT, World
from tests.serving_thread import serving

from gaelocal.console import Console, ConsoleParts
from gaelocal.console.datastore.client import RemoteDatastoreCalls
from gaelocal.ports import listening_socket


@pytest.fixture
def url(world: World, parts: ConsoleParts) -> Iterator[str]:
    calls = RemoteDatastoreCalls(world.local.addresses["datastore"])
    away = replace(parts, datastore=calls, addresses={"project": PROJECT})
    with serving(Console(listening_socket(0, "--port"), away)) as console:
        yield console.url


def test_queries_entities_and_errors_pass_through_its_api(url: str, world: World) -> None:
    def ask(path: str) -> str:
        return Html(requests.get(url + path, timeout=60).text).text

    assert "Photo 60" in ask("/datastore")
    assert "sea 5" in ask("/datastore?gql=SELECT * FROM Photo WHERE width = 500")
    assert "__key__ filter value must be a Key" in ask("/datastore?gql=SELECT * FROM Photo WHERE __key__ = 5")
    assert "gaelocal does not see" in ask("/datastore/indexes")

    form = {
        "kind": "Away",
        "id_type": "name",
        "identifier": "x",
        "name": "a",
        "type": "integer",
        "value": "1",
    }
    requests.post(f"{url}/datastore/create", form | {"indexed": "yes"}, timeout=60)
    assert dict(world.datastore.get(world.datastore.key("Away", "x"))) == {"a": 1}


def test_a_datastore_that_is_gone_is_an_explanation(parts: ConsoleParts) -> None:
    with serving(Console(listening_socket(0, "--port"), parts)) as console:
        page = requests.get(f"{console.url}/datastore?kind=Photo", timeout=60)

    assert page.status_code == 200
    assert "does not respond" in Html(page.text).alert
