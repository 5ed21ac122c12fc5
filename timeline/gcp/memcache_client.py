"""A pymemcache client that accepts only replies allowed by memcached's protocol."""

import select
import socket
import time
from typing import Any

from pymemcache.client.base import Client, PooledClient
from pymemcache.exceptions import MemcacheUnexpectedCloseError, MemcacheUnknownError

TIMEOUT_SECONDS = 0.25
"""For a whole reply. A healthy server answers in a tenth of a millisecond."""
LARGEST_VALUE = 1 << 20
"""memcached's own limit."""
LARGEST_REPLY = LARGEST_VALUE + 4_096
POOL = 32


def pooled_client(address: str, prefix: str) -> PooledClient:
    host, _, port = address.rpartition(":")
    pool = PooledClient(
        (host, int(port)),
        connect_timeout=TIMEOUT_SECONDS,
        timeout=TIMEOUT_SECONDS,
        no_delay=True,
        key_prefix=prefix,
        max_pool_size=POOL,
    )
    pool.client_class = StrictClient
    return pool


class StrictClient(Client):  # type: ignore[misc]  # pymemcache has no types
    """Raises MemcacheUnknownError for a reply that is not valid for the command."""

    sock: Any

    def _connect(self) -> None:
        super()._connect()
        self.sock = BoundedSocket(self.sock)

    def delete(self, key: str, noreply: bool | None = None) -> bool:  # noqa: ARG002 - the signature of Client
        """Unlike in the base class, only DELETED and NOT_FOUND mean that the key is gone."""
        command = b"delete " + self.check_key(key, self.key_prefix) + b"\r\n"
        (line,) = self._misc_cmd([command], b"delete", False)
        if line not in {b"DELETED", b"NOT_FOUND"}:
            raise MemcacheUnknownError(line[:32])
        return bool(line == b"DELETED")

    def flush_all(self, delay: int = 0, noreply: bool | None = None) -> bool:
        if not super().flush_all(delay, noreply):
            raise MemcacheUnknownError("flush_all")
        return True

    def _extract_value(
        self, expect_cas: bool, line: bytes, buf: bytes, remapped_keys: Any, *rest: Any
    ) -> Any:
        """The line is `VALUE key flags size [cas]`."""
        word, key, *numbers = line.split(b" ") if line.count(b" ") == 3 + expect_cas else (b"", b"")
        is_well_formed = word == b"VALUE" and all(number.isdigit() for number in numbers)
        if not is_well_formed or key not in remapped_keys or not _is_size(numbers[1]):
            raise MemcacheUnknownError(line[:32])
        return super()._extract_value(expect_cas, line, buf, remapped_keys, *rest)


class BoundedSocket:
    """A connection with a deadline and a maximum size for each whole reply.

    A socket's own timeout restarts with each part that arrives.
    """

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._unasked = select.poll()
        self._unasked.register(connected, select.POLLIN)
        self._until = 0.0
        self._left = 0

    def sendall(self, command: bytes) -> None:
        if self._unasked.poll(0):
            raise MemcacheUnexpectedCloseError("closed, or a reply to nothing")
        self._until = time.monotonic() + TIMEOUT_SECONDS
        self._left = LARGEST_REPLY
        self._socket.sendall(command)

    def recv(self, size: int) -> bytes:
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the reply does not end")
        self._socket.settimeout(seconds)
        received = self._socket.recv(size)
        self._left -= len(received)
        if self._left < 0:
            raise MemcacheUnknownError("the reply does not end")
        return received

    def close(self) -> None:
        self._socket.close()


def _is_size(number: bytes) -> bool:
    return len(number) <= len(str(LARGEST_VALUE)) and int(number) <= LARGEST_VALUE
