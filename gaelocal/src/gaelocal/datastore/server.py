"""The Datastore on one port: gRPC, and HTTP with JSON or protobuf bodies."""

import socket
from collections import Counter
from collections.abc import Awaitable
from functools import partial
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError

from gaelocal.datastore.commit_rate import CommitRate
from gaelocal.datastore.errors import Code, DatastoreError
from gaelocal.datastore.protocol.calls import WRITING, Call, calls_on, parse_request
from gaelocal.datastore.protocol.index_check import MISSING_FILE, IndexCheck
from gaelocal.datastore.protocol.reads import Response
from gaelocal.datastore.protocol.rest import rest_app
from gaelocal.datastore.rules import Rules
from gaelocal.datastore.state.store import DEFAULT_RULES, Store
from gaelocal.http2 import GrpcError, GrpcServer, Status
from gaelocal.ports import HOST, listening_socket, port_of
from gaelocal.protobuf import datastore_pb2
from gaelocal.sqlite_files import OUTAGE, until_writable
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
    def index_file(self) -> Path | None:
        """The project's index.yaml."""
        return self._rules.index_file

    @property
    def missing_index_file(self) -> Path:
        """The file with the indexes that queries needed and index.yaml lacks."""
        return self._folder / MISSING_FILE

    @property
    def address(self) -> str:
        port = self._port if isinstance(self._port, int) else port_of(self._port)
        return f"{self._host}:{port}"

    async def reset(self) -> None:
        """Delete all entities.

        Raises:
            DatastoreError: the file cannot be written.
        """
        if not self._store:
            return
        try:
            await until_writable(self._store.tables.connection)
            self._store.clear()
        except OUTAGE as error:
            raise self._outage(error) from error

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
        if self._rules.commits_per_second:
            rate = CommitRate(self._rules.commits_per_second)
            methods["Commit"] = partial(_in_turn, rate, methods["Commit"])
        serialized = {
            f"/{_SERVICE}/{name}": partial(_call_serialized, name, call) for name, call in methods.items()
        }
        self._server = GrpcServer(self._port, serialized, rest_app(methods, self.reset))
        await self._server.start()

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.stop()
        if self._store is not None:
            self._store.close()

    async def call(self, name: str, request: Any) -> Any:
        """Make a call from inside this process, for the console: it is not counted, and notes no index.

        Raises:
            DatastoreError: the call is refused.
        """
        if self._store is None:
            raise DatastoreError(Code.UNAVAILABLE, "The Datastore is not running.")
        response = self._respond(name, calls_on(self._store, None)[name], self._store, request)
        encoded = response if isinstance(response, bytes) else await response
        return getattr(datastore_pb2, f"{name}Response").FromString(encoded)

    def _call(self, name: str, call: Call, store: Store, request: Any) -> Response:
        self.counts[name] += 1
        return self._respond(name, call, store, request)

    def _respond(self, name: str, call: Call, store: Store, request: Any) -> Response:
        """Return the response, or an awaitable of it where the call takes long or the file is locked."""
        try:
            if name not in WRITING:
                return call(request)
            if not store.tables.begin_writing():
                return self._call_when_writable(call, store, request)
            return self._write(call, store, request)
        except OUTAGE as error:
            raise self._outage(error) from error

    def _write(self, call: Call, store: Store, request: Any) -> Response:
        try:
            response = call(request)
        finally:
            store.tables.end_writing()
        self._component.recovered()
        return response

    async def _call_when_writable(self, call: Call, store: Store, request: Any) -> bytes:
        try:
            await until_writable(store.tables.connection)
            response = self._write(call, store, request)
            return response if isinstance(response, bytes) else await response
        except OUTAGE as error:
            raise self._outage(error) from error

    def _outage(self, error: Exception) -> DatastoreError:
        self._component.failed(error)
        return DatastoreError(Code.UNAVAILABLE, f"The Datastore cannot be written: {error}.")


async def _in_turn(rate: CommitRate, commit: Call, request: Any) -> bytes:
    await rate.wait(request)
    response = commit(request)
    return response if isinstance(response, bytes) else await response


def _call_serialized(name: str, call: Call, data: bytes) -> Response:
    try:
        response = call(parse_request(name, data))
    except (DatastoreError, DecodeError) as error:
        raise _grpc_error(error) from error
    return response if isinstance(response, bytes) else _awaited(response)


async def _awaited(response: Awaitable[bytes]) -> bytes:
    try:
        return await response
    except (DatastoreError, DecodeError) as error:
        raise _grpc_error(error) from error


def _grpc_error(error: DatastoreError | DecodeError) -> GrpcError:
    if isinstance(error, DatastoreError):
        return GrpcError(Status[error.code.name], error.message)
    return GrpcError(Status.INTERNAL, "The request cannot be decoded.")
