"""The server itself: its port, its counts, and what a kill leaves behind."""

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from google.api_core.exceptions import GoogleAPICallError
from google.cloud import datastore
from tests.datastore.conftest import client_of
from tests.datastore.entities import names, put
from tests.serving_thread import serving

from gaelocal.datastore import DatastoreServer
from gaelocal.ports import listening_socket, port_of
from gaelocal.yaml_files import ConfigError


@contextmanager
def process(data: Path) -> Iterator[tuple[subprocess.Popen[str], datastore.Client]]:
    """Run the Datastore as a process of its own."""
    command = [sys.executable, "-m", "gaelocal.datastore", "--port", "0", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield running, client_of(running.stdout.readline().strip().split("=")[1], namespace="n")
        finally:
            running.kill()


def test_a_busy_port_is_named_with_its_option(tmp_path: Path) -> None:
    with listening_socket(0, "--port") as taken:
        port = port_of(taken)

        with pytest.raises(
            ConfigError, match=f"port {port} is already in use; choose another one with --port"
        ):
            asyncio.run(DatastoreServer(tmp_path, port).start())


def test_calls_are_counted(tmp_path: Path) -> None:
    with serving(DatastoreServer(tmp_path, 0)) as server:
        client = client_of(server.address)
        client.get(put(client, "Photo", "a"))
        list(client.query(kind="Photo").fetch())

        assert server.counts == {"Commit": 1, "Lookup": 1, "RunQuery": 1}


def test_a_restart_keeps_entities_indexes_and_cursors(tmp_path: Path) -> None:
    with serving(DatastoreServer(tmp_path, 0)) as server:
        client = client_of(server.address, namespace="n")
        for n in range(4):
            put(client, "Photo", f"p{n}", n=n)
        page = client.query(kind="Photo", order=["-n"]).fetch(limit=2)
        list(page)

    with serving(DatastoreServer(tmp_path, 0)) as server:
        client = client_of(server.address, namespace="n")
        rest = client.query(kind="Photo", order=["-n"]).fetch(start_cursor=page.next_page_token)

        assert names(rest) == ["p1", "p0"]


def test_ids_are_not_given_again_after_a_kill(tmp_path: Path) -> None:
    with process(tmp_path) as (_, client):
        first = client.allocate_ids(client.key("Photo"), 30)
    with process(tmp_path) as (_, client):
        second = client.allocate_ids(client.key("Photo"), 30)

    assert len({key.id for key in first + second}) == 60


def test_reserved_ids_are_not_given_out(tmp_path: Path) -> None:
    with serving(DatastoreServer(tmp_path / "first", 0)) as server:
        client = client_of(server.address, namespace="n")
        would_be_given = client.allocate_ids(client.key("Photo"), 5)
    with serving(DatastoreServer(tmp_path / "second", 0)) as server:
        client = client_of(server.address, namespace="n")
        client.reserve_ids_multi(would_be_given)
        given = client.allocate_ids(client.key("Photo"), 5)

    assert not {key.id for key in would_be_given} & {key.id for key in given}


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    with process(tmp_path) as (running, client):
        enough = threading.Event()

        def write() -> None:
            try:
                for n in range(100_000):
                    put(client, "User", "ana", "Photo", f"p{n}", n=n)
                    acknowledged.append(f"p{n}")
                    enough.set() if n > 200 else None
            except GoogleAPICallError:
                return

        writer = threading.Thread(target=write)
        writer.start()
        assert enough.wait(90)
        running.send_signal(signal.SIGKILL)
        writer.join(90)

    with process(tmp_path) as (_, client):
        found = set(names(client.query(kind="Photo", ancestor=client.key("User", "ana")).fetch()))
        indexed = set(names(client.query(kind="Photo", order=["n"]).fetch()))

    assert set(acknowledged) <= found == indexed
    assert len(found) - len(acknowledged) <= 1
