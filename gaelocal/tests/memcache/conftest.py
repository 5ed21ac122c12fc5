"""Our server, and the real memcached where it is installed."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pymemcache.client.base import Client
from tests.serving_thread import serving

from gaelocal.memcache import MemcacheServer
from gaelocal.ports import free_port, listening_socket

SECONDS = 60


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def port_of(server: MemcacheServer) -> int:
    return int(server.address.rpartition(":")[2])


@contextmanager
def real_memcached() -> Iterator[int]:
    """Run Debian's memcached, or skip the test."""
    program = shutil.which("memcached")
    if program is None:
        pytest.skip("memcached is not installed")
    port = free_port(0, "--port")
    process = subprocess.Popen(
        [program, "-l", "127.0.0.1", "-p", str(port), "-U", "0", "-u", "nobody", "-t", "1"]
    )
    try:
        while not _answers(port):
            assert process.poll() is None
        yield port
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


def talk(port: int, said: bytes) -> bytes:
    """Send the input and `quit`, and return the whole response."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as sock:
        sock.sendall(said + b"quit\r\n")
        return b"".join(iter(lambda: sock.recv(65536), b""))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[MemcacheServer]:
    with serving(MemcacheServer(listening_socket(0, "--port"), max_bytes=4 << 20, clock=clock)) as running:
        yield running


@pytest.fixture
def client(server: MemcacheServer) -> Iterator[Client]:
    made = Client(("127.0.0.1", port_of(server)), timeout=SECONDS)
    yield made
    made.close()
