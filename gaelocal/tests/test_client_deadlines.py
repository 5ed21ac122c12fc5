"""Every HTTP server disconnects clients that send or read slowly, and leaves the others alone."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from aiohttp import web
from tests.serving_thread import serving

from gaelocal.appengine.front_door.client import ClientConnection
from gaelocal.appengine.http import Body, Request, Response
from gaelocal.appengine.http.request_parser import BadRequest
from gaelocal.client_deadlines import ClientDeadlines, SlowClients
from gaelocal.http2.connection import PREFACE
from gaelocal.http2.hpack import encode
from gaelocal.http2.server import GrpcServer
from gaelocal.loopback_server import LoopbackServer
from gaelocal.ports import listening_socket, port_of
from gaelocal.storage import StorageServer
from tests.waiting import eventually

DEADLINES = ClientDeadlines(head=0.4, window=0.4, idle=0.8, kept=2.0, call=0.4)
LARGE = 16 * 1024 * 1024
GET = b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"


class FrontDoorServer:
    """Serves connections of the front door without services behind it."""

    def __init__(self, sock: socket.socket) -> None:
        self.clients: set[ClientConnection] = set()
        self.deadlines = DEADLINES
        self.url = f"http://127.0.0.1:{port_of(sock)}"
        self._sock = sock
        self._slow_clients = SlowClients(lambda: list(self.clients), DEADLINES)

    async def serve(self, request: Request) -> Response:
        body = b"x" * LARGE if request.path == "/large" else b"small"
        return _response(200, body)

    def refuse(self, refused: BadRequest) -> Response:
        return _response(refused.status, b"")

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: ClientConnection(self), sock=self._sock)
        self._slow_clients.start()

    async def stop(self) -> None:
        self._slow_clients.stop()
        self._server.close()
        for client in list(self.clients):
            client.abort()


def _response(status: int, body: bytes) -> Response:
    content = Body()
    content.append(body)
    return Response(status, [(b"Content-Length", str(len(body)).encode())], content)


async def _answer(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(body=b"x" * LARGE if request.path == "/large" else b"small")


def _application() -> web.Application:
    app = web.Application()
    app.add_routes([web.route("*", "/{path:.*}", _answer)])
    return app


async def _large(_message: bytes) -> bytes:
    return b"x" * LARGE


@pytest.fixture(scope="module", params=["front door", "loopback server", "gRPC server"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    sock = listening_socket(0, "--port")
    servers = {
        "front door": lambda: FrontDoorServer(sock),
        "loopback server": lambda: LoopbackServer(_application(), sock, DEADLINES),
        "gRPC server": lambda: GrpcServer(sock, {"/large": _large}, _application(), deadlines=DEADLINES),
    }
    with serving(servers[request.param]()):
        yield port_of(sock)


def a_client(port: int) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(10)
    client.connect(("127.0.0.1", port))
    return client


def is_disconnected(client: socket.socket) -> bool:
    """Return whether the server closes the connection, by an end or a reset."""
    with contextlib.suppress(ConnectionError):
        while client.recv(65536):
            pass
    return True


def is_cut_off(client: socket.socket, sent: bytes) -> bool:
    """Return whether the server disconnects a client that sends `sent` one byte at a time."""
    with contextlib.suppress(ConnectionError):
        for byte in sent:
            client.sendall(bytes([byte]))
            client.settimeout(0.1)
            with contextlib.suppress(TimeoutError):
                return client.recv(1) in (b"", b"H")
    return True


def test_a_head_that_arrives_byte_by_byte_is_cut_off(port: int) -> None:
    with a_client(port) as client:
        assert is_cut_off(client, GET[:-2] + b"X: " + b"a" * 100)


def test_a_body_that_arrives_byte_by_byte_is_cut_off(port: int) -> None:
    with a_client(port) as client:
        client.sendall(POST)
        assert is_cut_off(client, b"a" * 100)


def test_a_client_that_never_reads_is_disconnected(port: int) -> None:
    with a_client(port) as client:
        client.sendall(GET)
        client.recv(1)

        eventually(lambda: not _is_held_by_server(port, client))


@pytest.mark.parametrize("more", [b"", b"GET / HT"], ids=["silent", "part of a head"])
def test_a_kept_connection_is_closed_after_a_while(port: int, more: bytes) -> None:
    with a_client(port) as client:
        client.sendall(b"GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n" + more)

        assert client.recv(65536).startswith(b"HTTP/1.1 200")
        assert is_disconnected(client)


def test_a_silent_connection_is_closed(port: int) -> None:
    with a_client(port) as client:
        assert is_disconnected(client)


def test_a_steady_reader_gets_the_whole_response_and_can_ask_again(port: int) -> None:
    with a_client(port) as client, client.makefile("rb") as response:
        client.sendall(GET)
        length = _length(response)
        received = len(response.read(length))
        client.sendall(GET.replace(b"/large", b"/small"))
        assert (received, response.read(_length(response))) == (LARGE, b"small")


def test_a_connection_is_kept_after_a_response_that_took_longer_than_connections_are_kept(port: int) -> None:
    with a_client(port) as client, client.makefile("rb") as response:
        client.sendall(GET)
        length = _length(response)
        began = time.monotonic()
        while time.monotonic() < began + DEADLINES.kept + 1.0:
            length -= len(response.read(LARGE // 60))
            time.sleep(0.05)
        response.read(length)
        client.sendall(GET.replace(b"/large", b"/small"))
        assert response.read(_length(response)) == b"small"


def test_a_grpc_client_that_does_not_finish_its_request_or_take_its_response_is_disconnected() -> None:
    sock = listening_socket(0, "--port")
    head = encode((b":path", b"/large"), (b"content-type", b"application/grpc"))
    unfinished = _frame(1, 4, 1, head)
    untaken = unfinished + _frame(0, 1, 1, bytes(5))
    with serving(GrpcServer(sock, {"/large": _large}, _application(), deadlines=DEADLINES)):
        for sent in (unfinished, untaken, b"\x00\x00"):
            with a_client(port_of(sock)) as client:
                client.sendall(PREFACE + _frame(4, 0, 0, b"") + sent)
                assert is_disconnected(client)


def test_storage_cuts_off_slow_uploads(tmp_path: Path) -> None:
    sock = listening_socket(0, "--port")
    storage = StorageServer(tmp_path, sock, ("bucket",), deadlines=DEADLINES)
    with serving(storage), a_client(port_of(sock)) as client:
        client.sendall(POST.replace(b"POST /", b"POST /upload/storage/v1/b/bucket/o?uploadType=media&name=x"))
        assert is_cut_off(client, b"a" * 100)


def _is_held_by_server(port: int, client: socket.socket) -> bool:
    """Return whether the server, which runs in this process, still has the connection of a client."""
    address = client.getsockname()[1]
    connections = psutil.Process().net_connections("tcp")
    return any(c.laddr.port == port and c.raddr and c.raddr.port == address for c in connections)


def _length(response: object) -> int:
    length = 0
    for line in iter(response.readline, b"\r\n"):  # type: ignore[attr-defined]
        assert line, "the connection was closed"
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return length


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return (len(payload) << 16 | kind << 8 | flags).to_bytes(5, "big") + stream.to_bytes(4, "big") + payload
