"""A TCP proxy in front of a server, such as memcached or a mail server, that injects faults into replies."""

import contextlib
import os
import socket
import threading
from types import TracebackType
from typing import Self

from tests.faults.faults import Fault, Kind, Plan, no_faults

PIECE = 65_536


class TcpProxy:
    """Forwards connections to `upstream` (host:port).

    The plan is asked for each connection, as `connect`, and for each piece that the server sends, as `reply`.
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
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        _close(self._listening)
        self.drop_all()

    def drop_all(self) -> None:
        """Close every open connection."""
        for sock in list(self._sockets):
            self._close(sock)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self._stopping.is_set():
                client, _ = self._listening.accept()
                self._sockets.add(client)
                self._start(self._connect, client)

    def _connect(self, client: socket.socket) -> None:
        fault = self.plan("connect")
        try:
            if fault is not None and not self._is_passed(fault):
                return self._close(client)
            server = socket.create_connection(self._upstream, timeout=10)
        except OSError:
            return self._close(client)
        server.settimeout(None)
        self._sockets.add(server)
        self._start(self._copy, client, server, False)
        return self._copy(server, client, True)

    def _copy(self, source: socket.socket, target: socket.socket, is_reply: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE):
                fault = self.plan("reply") if is_reply else None
                if fault is not None:
                    if not self._is_passed(fault):
                        break
                    piece = os.urandom(len(piece)) if fault.kind is Kind.GARBAGE else piece
                target.sendall(piece)
        self._close(source)
        self._close(target)

    def _is_passed(self, fault: Fault) -> bool:
        """Wait as long as the fault says; return whether the connection goes on."""
        if fault.kind is Kind.DELAY:
            self._stopping.wait(fault.seconds)
        if fault.kind is Kind.HANG:
            self._stopping.wait()
        return fault.kind in (Kind.DELAY, Kind.GARBAGE)

    def _close(self, sock: socket.socket) -> None:
        self._sockets.discard(sock)
        _close(sock)

    def _start(self, run: object, *arguments: object) -> None:
        threading.Thread(target=run, args=arguments, daemon=True).start()  # type: ignore[arg-type]


def _close(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()
