"""Flow control: wait until the peer has received what was written."""

import asyncio
from typing import cast


class Flow(asyncio.Protocol):
    """A protocol that remembers its transport and whether it may be written to."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._room: asyncio.Future[None] | None = None
        self._written = 0
        self.is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self.is_lost = True
        self._make_room()

    def pause_writing(self) -> None:
        self._room = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        self._make_room()

    def write(self, content: bytes) -> None:
        if self._transport is not None and not self.is_lost:
            self._written += len(content)
            self._transport.write(content)

    @property
    def unsent_bytes(self) -> int:
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    @property
    def sent_bytes(self) -> int:
        return self._written - self.unsent_bytes

    def abort(self) -> None:
        """Close the connection without sending the rest."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    async def drained(self) -> None:
        """Wait until more can be written; raise ConnectionResetError if the peer has disconnected."""
        if self._room is not None:
            await self._room
        if self.is_lost:
            raise ConnectionResetError

    def _make_room(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)
        self._room = None
