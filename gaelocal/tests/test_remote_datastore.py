"""A Datastore that runs elsewhere is looked for before anything depends on it."""

import asyncio
import socket

import pytest

from gaelocal.ports import free_port
from gaelocal.remote_datastore import RemoteDatastore
from gaelocal.yaml_files import ConfigError


def test_a_datastore_that_answers_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as there:
        asyncio.run(RemoteDatastore(f"127.0.0.1:{there.getsockname()[1]}").start())


def test_a_datastore_that_does_not_answer_is_refused_in_one_line() -> None:
    address = f"127.0.0.1:{free_port(0, '--port')}"

    with pytest.raises(ConfigError, match=f"--datastore {address}: no server responds there"):
        asyncio.run(RemoteDatastore(address, patience=0.0).start())
