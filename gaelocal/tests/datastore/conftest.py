"""A Datastore for the tests: the embedded one, or whichever DATASTORE_UNDER_TEST=HOST:PORT names."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import datastore
from tests.serving_thread import serving

from gaelocal.datastore import DatastoreServer, Rules

Connect = Callable[..., datastore.Client]


def client_of(address: str, **options: str) -> datastore.Client:
    """Return a client whose namespace nobody else uses, unless one is named."""
    named = {"project": "photo-timeline", "namespace": f"n{uuid.uuid4().hex[:12]}", **options}
    return datastore.Client(
        credentials=AnonymousCredentials(), client_options={"api_endpoint": f"http://{address}"}, **named
    )


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    other = os.environ.get("DATASTORE_UNDER_TEST")
    if other:
        yield other
        return
    with serving(DatastoreServer(tmp_path_factory.mktemp("datastore"), 0)) as server:
        yield server.address


@pytest.fixture
def connect(address: str) -> Iterator[Connect]:
    """Clients on the Datastore under test; their channels are closed at the end."""
    clients: list[datastore.Client] = []

    def connect(**options: str) -> datastore.Client:
        clients.append(client_of(address, **options))
        return clients[-1]

    yield connect
    for client in clients:
        client._datastore_api.transport.close()


@pytest.fixture
def client(connect: Connect) -> datastore.Client:
    return connect()


@pytest.fixture
def embedded() -> None:
    """The test judges what only the embedded Datastore does."""
    if "DATASTORE_UNDER_TEST" in os.environ:
        pytest.skip("only the embedded Datastore does this")


@pytest.fixture
def stale(tmp_path: Path) -> Iterator[datastore.Client]:
    """A client of a Datastore whose global queries see nothing new by themselves."""
    with serving(DatastoreServer(tmp_path, 0, Rules(consistency=0.0))) as server:
        client = client_of(server.address)
        yield client
        client._datastore_api.transport.close()
