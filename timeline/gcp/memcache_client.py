"""A pymemcache client that accepts only replies allowed by memcached's protocol."""

import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from pymemcache.client.base import Client, PooledClient, check_key_helper
from pymemcache.exceptions import MemcacheServerError, MemcacheUnexpectedCloseError, MemcacheUnknownError

T = TypeVar("T")

TIMEOUT_SECONDS = 0.25
"""For a whole reply. A healthy server answers in a tenth of a millisecond."""
LARGEST_VALUE = 1 << 20
"""memcached's own limit."""
LARGEST_REPLY = LARGEST_VALUE + 4_096
RECEIVED_AT_ONCE = 1 << 16
"""A whole page; pymemcache asks for 4 kB."""
ACCURACY_SECONDS = 0.001
"""The deadline of a reply is kept with this accuracy, so that most replies need no new timeout."""
CACHED_NAMES = 1_000


def pooled_client(address: str, prefix: str) -> "StrictPool":
    """Return a client with a connection for each concurrent call; the number of threads bounds them.

    A pool with a maximum raises RuntimeError for the call above it.
    """
    host, _, port = address.rpartition(":")
    return StrictPool(
        (host, int(port)),
        connect_timeout=TIMEOUT_SECONDS,
        timeout=TIMEOUT_SECONDS,
        no_delay=True,
        key_prefix=prefix,
    )


class StrictClient(Client):  # type: ignore[misc]  # pymemcache has no types
    """Raises MemcacheUnknownError for a reply that is not valid for the command."""

    sock: Any
    socket_class: "type[BoundedSocket]"

    def _connect(self) -> None:
        super()._connect()
        self.sock = self.socket_class(self.sock)

    def send_together(self, commands: Sequence[bytes]) -> list[bytes]:
        """Send commands whose replies have one line each in one round trip, and return the lines."""
        reply = self._send(b"".join(commands))
        lines = []
        for _ in commands:
            line = reply.line()
            if line.startswith(b"SERVER_ERROR"):
                raise MemcacheServerError(line[:32])
            lines.append(line)
        return lines

    def delete_all(self, keys: Sequence[str]) -> None:
        check_deleted(self.send_together(self.deletions(keys)))

    def deletions(self, keys: Sequence[str]) -> list[bytes]:
        return [b"delete %b\r\n" % self.check_key(key, self.key_prefix) for key in keys]

    def add_and_gets(
        self, key: str, value: bytes, seconds: int, other: str = ""
    ) -> tuple[bytes | None, object, bytes | None]:
        """Add the value, and get the value that the key then has with its token, in one round trip."""
        name = self.check_key(key, self.key_prefix)
        found = self._store_and_gets(storage_command("add", name, value, seconds), (key, other))
        return (*found.get(key, (None, None)), found.get(other, (None, None))[0])

    def cas_and_gets(self, key: str, value: bytes, token: object, seconds: int) -> object:
        name = self.check_key(key, self.key_prefix)
        command = storage_command("cas", name, value, seconds, self._check_cas(token))
        stored, new_token = self._store_and_gets(command, (key, "")).get(key, (None, None))
        return new_token if stored == value else None

    def _store_and_gets(self, command: bytes, keys: Sequence[str]) -> dict[str, tuple[bytes, object]]:
        names = {self.check_key(key, self.key_prefix): key for key in keys if key}
        reply = self._send(command + b"gets " + b" ".join(names) + b"\r\n")
        check_stored(reply.line())
        return self._read_values(names, reply)

    def _read_values(self, keys: dict[bytes, str], reply: "Reply") -> dict[str, tuple[bytes, object]]:
        found: dict[str, tuple[bytes, object]] = {}
        while (line := reply.line()) != b"END":
            self._raise_errors(line, b"gets")
            if len(found) == len(keys):
                raise MemcacheUnknownError(line[:32])
            key, _, size, token = value_line(line, 5)
            if key not in keys:
                raise MemcacheUnknownError(line[:32])
            found[keys[key]] = reply.value(int(size)), token
        return found

    def check_key(self, key: str, key_prefix: bytes) -> bytes:
        return name_of(key, key_prefix)

    def _send(self, commands: bytes) -> "Reply":
        if self.sock is None:
            self._connect()
        self.sock.sendall(commands)
        return Reply(self.sock)

    def flush_all(self, delay: int = 0, noreply: bool | None = None) -> bool:
        if not super().flush_all(delay, noreply):
            raise MemcacheUnknownError("flush_all")
        return True

    def _extract_value(
        self, expect_cas: bool, line: bytes, buf: bytes, remapped_keys: Any, *rest: Any
    ) -> Any:
        key = value_line(line, 4 + expect_cas)[0]
        if key not in remapped_keys:
            raise MemcacheUnknownError(line[:32])
        return super()._extract_value(expect_cas, line, buf, remapped_keys, *rest)


class Reply:
    """A reply, received as far as it is read."""

    def __init__(self, connection: "BoundedSocket") -> None:
        self._connection = connection
        self._received = b""
        self._position = 0

    def line(self) -> bytes:
        """Return the next line without its end."""
        while (end := self._received.find(b"\r\n", self._position)) < 0:
            self._receive()
        line = self._received[self._position : end]
        self._position = end + 2
        return line

    def value(self, size: int) -> bytes:
        """Return the next bytes, which a line end must follow."""
        end = self._position + size
        while len(self._received) < end + 2:
            self._receive()
        value = self._received[self._position : end]
        if not self._received.startswith(b"\r\n", end):
            raise MemcacheUnknownError(value[:32])
        self._position = end + 2
        return value

    def _receive(self) -> None:
        part = self._connection.recv(RECEIVED_AT_ONCE)
        if not part:
            raise MemcacheUnexpectedCloseError
        self._received += part


class StrictPool(PooledClient):  # type: ignore[misc]  # pymemcache has no types
    """One StrictClient per concurrent call; a client that failed is closed and not used again."""

    client_class = StrictClient

    def send_together(self, commands: Sequence[bytes]) -> list[bytes]:
        return self._use(lambda client: client.send_together(commands))

    def delete_all(self, keys: Sequence[str]) -> None:
        self._use(lambda client: client.delete_all(keys))

    def add_and_gets(
        self, key: str, value: bytes, seconds: int, other: str = ""
    ) -> tuple[bytes | None, object, bytes | None]:
        return self._use(lambda client: client.add_and_gets(key, value, seconds, other))

    def cas_and_gets(self, key: str, value: bytes, token: object, seconds: int) -> object:
        return self._use(lambda client: client.cas_and_gets(key, value, token, seconds))

    def check_key(self, key: str) -> bytes:
        return name_of(key, self.key_prefix)

    def _use(self, ask: Callable[[StrictClient], T]) -> T:
        client = self.client_pool.get()
        try:
            answer = ask(client)
        except Exception:
            self.client_pool.destroy(client)
            raise
        self.client_pool.release(client)
        return answer

    def deletions(self, keys: Sequence[str]) -> list[bytes]:
        return [b"delete %b\r\n" % self.check_key(key) for key in keys]

    def store(self, verb: str, key: str, value: bytes, seconds: int) -> bytes:
        return storage_command(verb, self.check_key(key), value, seconds)


@lru_cache(maxsize=CACHED_NAMES)
def name_of(key: str, prefix: bytes) -> bytes:
    """Return the key as the server gets it. Raises MemcacheIllegalInputError."""
    return bytes(check_key_helper(key, allow_unicode_keys=False, key_prefix=prefix))


def value_line(line: bytes, words: int) -> list[bytes]:
    """Return the words after VALUE of a line `VALUE key flags size [cas]`."""
    word, *rest = line.split(b" ")
    is_well_formed = word == b"VALUE" and len(rest) == words - 1
    if not is_well_formed or not all(number.isdigit() for number in rest[1:]) or not _is_size(rest[2]):
        raise MemcacheUnknownError(line[:32])
    return rest


def storage_command(verb: str, name: bytes, value: bytes, seconds: int, token: bytes = b"") -> bytes:
    end = b" " + token if token else b""
    return b"%b %b 0 %d %d%b\r\n%b\r\n" % (verb.encode(), name, seconds, len(value), end, value)


def check_deleted(lines: Sequence[bytes]) -> None:
    """Unlike in pymemcache, only DELETED and NOT_FOUND mean that a key is gone."""
    for line in lines:
        if line not in {b"DELETED", b"NOT_FOUND"}:
            raise MemcacheUnknownError(line[:32])


def check_stored(line: bytes) -> None:
    if line.startswith(b"SERVER_ERROR"):
        raise MemcacheServerError(line[:32])
    if line not in {b"STORED", b"NOT_STORED", b"EXISTS", b"NOT_FOUND"}:
        raise MemcacheUnknownError(line[:32])


class BoundedSocket:
    """A connection with a deadline and a maximum size for each whole reply.

    A socket's own timeout restarts with each part that arrives. The kernel keeps the timeout: Python would
    poll the connection before each call.
    """

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._unasked = select.poll()
        self._unasked.register(connected, select.POLLIN)
        self._until = 0.0
        self._left = 0
        connected.settimeout(None)
        self._set_timeout(TIMEOUT_SECONDS)

    def sendall(self, command: bytes) -> None:
        if self._unasked.poll(0):
            raise MemcacheUnexpectedCloseError("closed, or a reply to nothing")
        if self._timeout < TIMEOUT_SECONDS:
            self._set_timeout(TIMEOUT_SECONDS)
        self._until = time.monotonic() + TIMEOUT_SECONDS
        self._left = LARGEST_REPLY
        self._socket.sendall(command)

    def recv(self, size: int) -> bytes:
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the reply does not end")
        if seconds < self._timeout - ACCURACY_SECONDS:
            self._set_timeout(seconds)
        try:
            received = self._socket.recv(max(size, RECEIVED_AT_ONCE))
        except BlockingIOError as error:
            raise TimeoutError("the reply does not end") from error
        self._left -= len(received)
        if self._left < 0:
            raise MemcacheUnknownError("the reply does not end")
        return received

    def close(self) -> None:
        self._socket.close()

    def _set_timeout(self, seconds: float) -> None:
        """Zero would mean no timeout."""
        whole, part = divmod(max(1, int(seconds * 1_000_000)), 1_000_000)
        interval = struct.pack("ll", whole, part)
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self._socket.setsockopt(socket.SOL_SOCKET, option, interval)
        self._timeout = seconds


def _is_size(number: bytes) -> bool:
    return len(number) <= len(str(LARGEST_VALUE)) and int(number) <= LARGEST_VALUE


StrictClient.socket_class = BoundedSocket
