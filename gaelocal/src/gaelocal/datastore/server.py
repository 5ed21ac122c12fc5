"""The Datastore on one port: gRPC, and HTTP with JSON or protobuf bodies."""

import socket
from collections import Counter
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError

from gaelocal.datastore.errors import Code, DatastoreError
from gaelocal.datastore.protocol.calls import WRITING, Call, calls_on, parse_request
from gaelocal.datastore.protocol.index_check import MISSING_FILE, IndexCheck
from gaelocal.datastore.protocol.reads import Response
from gaelocal.datastore.protocol.rest import rest_app
from gaelocal.datastore.rules import Rules
from gaelocal.datastore.state.store import DEFAULT_RULES, Store
from gaelocal.http2 import GrpcError, GrpcServer, Status
from gaelocal.ports import HOST, listening_socket, port_of
from gaelocal.sqlite_files import OUTAGE, is_writable, until_writable
from gaelocal.supervision import Health

_SERVICE = "google.datastore.v1.Datastore"


class DatastoreServer:
    """`port` is a number, 0 for any free one, or a socket that listens already.

    `counts` tells how often each call was made, by its name (`Lookup`, `RunQuery`, …).
    """

    def __init__(
        self,
        data: Path,
        port: int | socket.socket,
        rules: Rules = DEFAULT_RULES,
        *,
        host: str = HOST,
        health: Health | None = None,
    ) -> None:
        self._folder = data
        self._component = (health or Health()).component("datastore")
        self._host = host
        self._port = port
        self._rules = rules
        self._server: GrpcServer | None = None
        self._store: Store | None = None
        self.counts: Counter[str] = Counter()

    @property
    def address(self) -> str:
        port = self._port if isinstance(self._port, int) else port_of(self._port)
        return f"{self._host}:{port}"

    async def reset(self) -> None:
        """Delete all entities."""
        if self._store:
            self._store.clear()

    async def start(self) -> None:
        """Open the file and listen.

        Raises:
            ConfigError: the port is taken.
        """
        if isinstance(self._port, int):
            self._port = listening_socket(self._port, "--port", self._host)
        self._store = Store(self._folder, self._rules)
        indexes = IndexCheck(
            self._rules.index_file,
            self._folder / MISSING_FILE,
            is_required=self._rules.require_indexes,
        )
        calls = calls_on(self._store, indexes)
        methods: dict[str, Call] = {
            name: partial(self._call, name, call, self._store) for name, call in calls.items()
        }
        serialized = {
            f"/{_SERVICE}/{name}": partial(_call_serialized, name, call) for name, call in methods.items()
        }
        self._server = GrpcServer(self._port, serialized, rest_app(methods))
        await self._server.start()

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.stop()
        if self._store is not None:
            self._store.close()

    def _call(self, name: str, call: Call, store: Store, request: Any) -> Response:
        """Return the response, or an awaitable of it where the call takes long or the file is locked."""
        self.counts[name] += 1
        with self._outages_reported():
            if name not in WRITING:
                return call(request)
            if not is_writable(store.tables.connection):
                return self._call_when_writable(call, store, request)
            response = call(request)
            self._component.recovered()
            return response

    async def _call_when_writable(self, call: Call, store: Store, request: Any) -> bytes:
        with self._outages_reported():
            await until_writable(store.tables.connection)
            response = call(request)
            self._component.recovered()
            return response if isinstance(response, bytes) else await response

    @contextmanager
    def _outages_reported(self) -> Iterator[None]:
        try:
            yield
        except OUTAGE as error:
            self._component.failed(error)
            raise DatastoreError(Code.UNAVAILABLE, f"The Datastore cannot be written: {error}.") from error


def _call_serialized(name: str, call: Call, data: bytes) -> Response:
    with _errors_for_grpc():
        response = call(parse_request(name, data))
        return response if isinstance(response, bytes) else _awaited(response)


async def _awaited(response: Awaitable[bytes]) -> bytes:
    with _errors_for_grpc():
        return await response


@contextmanager
def _errors_for_grpc() -> Iterator[None]:
    try:
        yield
    except DatastoreError as error:
        raise GrpcError(Status[error.code.name], error.message) from error
    except DecodeError as error:
        raise GrpcError(Status.INTERNAL, "The request cannot be decoded.") from error
