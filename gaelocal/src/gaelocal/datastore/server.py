"""The Datastore on one port: gRPC, and HTTP with JSON or protobuf bodies."""

import socket
from collections import Counter
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from functools import partial
from inspect import isawaitable
from pathlib import Path
from typing import Any

from gaelocal.datastore.errors import Code, DatastoreError
from gaelocal.datastore.protocol.calls import Calls
from gaelocal.datastore.protocol.rest import rest_app
from gaelocal.datastore.state.plans import SMALL
from gaelocal.datastore.state.store import Store
from gaelocal.http2 import GrpcError, GrpcServer, Status
from gaelocal.ports import HOST, listening_socket, port_of
from gaelocal.protobuf import datastore_pb2
from gaelocal.sqlite_files import OUTAGE, is_writable, until_writable
from gaelocal.supervision import Health

_SERVICE = "google.datastore.v1.Datastore"
METHODS = {
    "Lookup": Calls.lookup,
    "RunQuery": Calls.run_query,
    "RunAggregationQuery": Calls.run_aggregation_query,
    "BeginTransaction": Calls.begin_transaction,
    "Commit": Calls.commit,
    "Rollback": Calls.rollback,
    "AllocateIds": Calls.allocate_ids,
    "ReserveIds": Calls.reserve_ids,
}
_WRITING = frozenset({"Commit", "AllocateIds", "ReserveIds"})


class DatastoreServer:
    """`port` is a number, 0 for any free one, or a socket that listens already.

    `counts` tells how often each call was made, by its name (`Lookup`, `RunQuery`, …).
    `small`: a query that selects fewer entities fetches and sorts them instead of reading an index in order.
    """

    def __init__(  # noqa: PLR0913 - the whole configuration, said once
        self,
        data: Path,
        port: int | socket.socket,
        consistency: float = 1.0,
        small: int = SMALL,
        *,
        host: str = HOST,
        health: Health | None = None,
    ) -> None:
        self._folder = data
        self._component = (health or Health()).component("datastore")
        self._host = host
        self._port = port
        self._consistency = consistency
        self._small = small
        self._server: GrpcServer | None = None
        self._store: Store | None = None
        self.counts: Counter[str] = Counter()

    @property
    def address(self) -> str:
        port = self._port if isinstance(self._port, int) else port_of(self._port)
        return f"{self._host}:{port}"

    async def start(self) -> None:
        """Open the file and listen.

        Raises:
            ConfigError: the port is taken.
        """
        if isinstance(self._port, int):
            self._port = listening_socket(self._port, "--port", self._host)
        self._store = Store(self._folder, self._consistency, self._small)
        calls = Calls(self._store)
        methods = {name: partial(self._call, name, calls, self._store) for name in METHODS}
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

    def _call(self, name: str, calls: Calls, store: Store, request: Any) -> Any:
        """Return the response, or an awaitable of it where another program has locked the file."""
        self.counts[name] += 1
        with self._outages_reported():
            if name in _WRITING and not is_writable(store.tables.connection):
                return self._call_when_writable(name, calls, store, request)
            return self._answer(name, calls, request)

    async def _call_when_writable(self, name: str, calls: Calls, store: Store, request: Any) -> Any:
        with self._outages_reported():
            await until_writable(store.tables.connection)
            return self._answer(name, calls, request)

    def _answer(self, name: str, calls: Calls, request: Any) -> Any:
        response = METHODS[name](calls, request)
        if name in _WRITING:
            self._component.recovered()
        return response

    @contextmanager
    def _outages_reported(self) -> Iterator[None]:
        try:
            yield
        except OUTAGE as error:
            self._component.failed(error)
            raise DatastoreError(Code.UNAVAILABLE, f"The Datastore cannot be written: {error}.") from error


def _call_serialized(name: str, call: Any, data: bytes) -> bytes | Awaitable[bytes]:
    with _errors_for_grpc():
        response = call(getattr(datastore_pb2, f"{name}Request").FromString(data))
        if isawaitable(response):
            return _serialized(response)
        done: bytes = response.SerializeToString()
        return done


async def _serialized(response: Awaitable[Any]) -> bytes:
    with _errors_for_grpc():
        done: bytes = (await response).SerializeToString()
        return done


@contextmanager
def _errors_for_grpc() -> Iterator[None]:
    try:
        yield
    except DatastoreError as error:
        raise GrpcError(Status[error.code.name], error.message) from error
