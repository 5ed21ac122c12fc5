"""A proxy in front of memcached that injects faults into whole calls: commands sent together, and replies."""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import IO, Self

from tests.faults.faults import Fault, Kind, Plan, no_faults

STORING = (b"set", b"add", b"replace", b"append", b"prepend", b"cas")
READING = (b"get", b"gets")
PREFIX = "memcached "
PIECE = 65_536
GARBAGE_BYTES = 40


class MemcacheProxy:
    """Forwards connections to `upstream` (host:port).

    The plan is asked for each call, named by its commands: `memcached add gets`. `GARBAGE` replaces the
    values of a reply, or the whole reply if it has none.
    """

    def __init__(self, upstream: str, plan: Plan = no_faults) -> None:
        self.plan = plan
        host, _, port = upstream.rpartition(":")
        self._upstream = (host, int(port))
        self._stopping = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._sockets: set[socket.socket] = set()
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for sock in (self._listening, *list(self._sockets)):
            _close(sock)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self._stopping.is_set():
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), client, self._connected() as server:
            self._sockets |= {client, server}
            replies = server.makefile("rb")
            for commands in _calls(client):
                fault = self.plan(PREFIX + " ".join(command.split()[0].decode() for command in commands))
                if not self._handle(fault, commands, client, server, replies):
                    break
        self._sockets -= {client}

    def _connected(self) -> socket.socket:
        return socket.create_connection(self._upstream, timeout=10)

    def _handle(
        self,
        fault: Fault | None,
        commands: Sequence[bytes],
        client: socket.socket,
        server: socket.socket,
        replies: IO[bytes],
    ) -> bool:
        """Return whether the connection goes on."""
        kind = fault.kind if fault else None
        if kind is Kind.ERROR:
            client.sendall(b"".join(b"SERVER_ERROR injected\r\n" for each in commands if _has_reply(each)))
            return True
        if fault and kind in (Kind.DELAY, Kind.HANG):
            self._stopping.wait(fault.seconds if kind is Kind.DELAY else None)
        if kind in (Kind.DROP, Kind.HANG):
            return False
        server.sendall(b"".join(commands))
        reply = [_reply_to(command, replies) for command in commands if _has_reply(command)]
        if kind is Kind.LOST:
            return False
        client.sendall(b"".join(_garbage(each) if kind is Kind.GARBAGE else each for each in reply))
        return True


def _calls(client: socket.socket) -> Iterator[list[bytes]]:
    """Yield the commands that arrive together, each with its value."""
    buffered, commands = b"", []
    while received := client.recv(PIECE):
        buffered += received
        while size := _size_of_first(buffered):
            commands.append(buffered[:size])
            buffered = buffered[size:]
        if commands and not buffered:
            yield commands
            commands = []


def _size_of_first(buffered: bytes) -> int:
    """Return the size of the first command with its value, 0 if it is not complete."""
    line, end, _ = buffered.partition(b"\r\n")
    if not end:
        return 0
    words = line.split()
    size = len(line) + 2 + (int(words[4]) + 2 if words[0] in STORING else 0)
    return size if len(buffered) >= size else 0


def _has_reply(command: bytes) -> bool:
    return not command.partition(b"\r\n")[0].endswith(b" noreply")


def _reply_to(command: bytes, replies: IO[bytes]) -> bytes:
    line = reply = replies.readline()
    while command.split()[0] in READING and line.startswith(b"VALUE"):
        reply += replies.read(int(line.split()[3]) + 2)
        line = replies.readline()
        reply += line
    return reply


def _garbage(reply: bytes) -> bytes:
    """Keep the form of a reply that has values."""
    if not reply.startswith(b"VALUE"):
        return os.urandom(GARBAGE_BYTES) + b"\r\n"
    garbled = b""
    while reply.startswith(b"VALUE"):
        line, _, reply = reply.partition(b"\r\n")
        size = int(line.split()[3])
        garbled += line + b"\r\n" + os.urandom(size) + b"\r\n"
        reply = reply[size + 2 :]
    return garbled + reply


def _close(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()
