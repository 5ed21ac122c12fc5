"""Calls Datastore over gRPC, and converts its errors to those of datastore_v3."""

from typing import Any

import grpc
import grpc.aio

from gaelocal.bundled.errors import ApplicationError
from gaelocal.protobuf import datastore_pb2
from gaelocal.protobuf.bundled_datastore_pb2 import Error

SECONDS = 60.0
MOST_BYTES = 64 * 1024 * 1024
CODES = {
    grpc.StatusCode.INVALID_ARGUMENT: Error.BAD_REQUEST,
    grpc.StatusCode.UNIMPLEMENTED: Error.BAD_REQUEST,
    grpc.StatusCode.ABORTED: Error.CONCURRENT_TRANSACTION,
    grpc.StatusCode.FAILED_PRECONDITION: Error.NEED_INDEX,
    grpc.StatusCode.DEADLINE_EXCEEDED: Error.TIMEOUT,
    grpc.StatusCode.UNAVAILABLE: Error.TIMEOUT,
    grpc.StatusCode.NOT_FOUND: Error.NOT_FOUND,
    grpc.StatusCode.ALREADY_EXISTS: Error.ALREADY_EXISTS,
    grpc.StatusCode.PERMISSION_DENIED: Error.PERMISSION_DENIED,
}


class DatastoreClient:
    """`address` is that of gaelocal's own Datastore, of Google's emulators or of one elsewhere."""

    def __init__(self, address: str, project: str) -> None:
        self._address = address
        self.project = project
        self._channel: grpc.aio.Channel | None = None

    async def call(self, name: str, **fields: Any) -> Any:
        """Call a method of `google.datastore.v1.Datastore`.

        Raises:
            ApplicationError: the Datastore refuses it.
        """
        request = getattr(datastore_pb2, f"{name}Request")(project_id=self.project, **fields)
        method = self._open().unary_unary(
            f"/google.datastore.v1.Datastore/{name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=getattr(datastore_pb2, f"{name}Response").FromString,
        )
        try:
            return await method(request, timeout=SECONDS)
        except grpc.aio.AioRpcError as error:
            code = CODES.get(error.code(), Error.INTERNAL_ERROR)
            raise ApplicationError(code, error.details() or error.code().name) from error

    async def close(self) -> None:
        if self._channel is not None:
            await self._channel.close()

    def _open(self) -> grpc.aio.Channel:
        if self._channel is None:
            options = [("grpc.max_receive_message_length", MOST_BYTES)]
            self._channel = grpc.aio.insecure_channel(self._address, options)
        return self._channel
