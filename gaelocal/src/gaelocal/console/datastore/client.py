"""Calls of the Datastore API: in this process, or over HTTP to one that runs elsewhere."""

from pathlib import Path
from typing import Any, Protocol

import aiohttp
from google.protobuf.message import DecodeError

from gaelocal.datastore.errors import Code, DatastoreError
from gaelocal.protobuf import datastore_pb2, rpc_pb2

PROTOBUF = "application/x-protobuf"
DEADLINE = aiohttp.ClientTimeout(total=10)
SMALLEST_ERROR = 400


class DatastoreCalls(Protocol):
    """Makes calls by their names in gRPC; the project is part of the request."""

    @property
    def index_file(self) -> Path | None: ...

    @property
    def missing_index_file(self) -> Path | None: ...

    async def call(self, name: str, request: Any, /) -> Any:
        """Return the response. Raise DatastoreError if the call is refused."""


class RemoteDatastoreCalls:
    """Calls Google's emulator, or a Datastore at another address, by protobuf over HTTP."""

    index_file = None
    missing_index_file = None

    def __init__(self, address: str) -> None:
        self._address = address

    async def call(self, name: str, request: Any) -> Any:
        method = name[0].lower() + name[1:]
        url = f"http://{self._address}/v1/projects/{request.project_id}:{method}"
        body, headers = request.SerializeToString(), {"Content-Type": PROTOBUF}
        try:
            async with (
                aiohttp.ClientSession(timeout=DEADLINE) as session,
                session.post(url, data=body, headers=headers) as response,
            ):
                content = await response.read()
                is_error = response.status >= SMALLEST_ERROR
        except (aiohttp.ClientError, TimeoutError) as error:
            raise DatastoreError(
                Code.UNAVAILABLE, f"The Datastore at {self._address} does not respond: {error}"
            ) from error
        if is_error:
            raise DatastoreError(Code.INVALID_ARGUMENT, _message(content))
        return getattr(datastore_pb2, f"{name}Response").FromString(content)


def _message(content: bytes) -> str:
    try:
        return str(rpc_pb2.Status.FromString(content).message)
    except DecodeError:
        return content.decode(errors="replace")[:1000]
