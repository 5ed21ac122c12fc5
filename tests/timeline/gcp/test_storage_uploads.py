"""Objects are uploaded with their checksum, once, and without the library's metadata part."""

import base64
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import google_crc32c
import pytest

from timeline.errors import Unavailable
from timeline.gcp.storage import connect

if TYPE_CHECKING:
    from timeline.settings import Settings

CONTENT = b"bytes of a photo"
CHECKSUM = base64.b64encode(google_crc32c.value(CONTENT).to_bytes(4, "big")).decode()


class Server(ThreadingHTTPServer):
    """Answers uploads with the given checksums or statuses, one after the other."""

    def __init__(self, *answers: str | int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = list(answers)
        self.requests: list[str] = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        assert self.rfile.read(int(self.headers["Content-Length"])) == CONTENT
        assert self.headers["X-Goog-Hash"] == f"crc32c={CHECKSUM}"
        answer = self.server.answers.pop(0)
        status = answer if isinstance(answer, int) else 200
        self._answer(status, json.dumps({"crc32c": answer}).encode())

    def do_DELETE(self) -> None:
        self._answer(204, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.server.requests.append(f"{self.command} {self.path.partition('?')[0]}")
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@contextmanager
def server_that_answers(*answers: str | int) -> Iterator[Server]:
    with Server(*answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def upload_to(server: Server, settings: "Settings") -> None:
    address = f"http://127.0.0.1:{server.server_port}"
    storage = connect(replace(settings, storage_emulator_host=address))
    try:
        storage.add("originals/ana/x", CONTENT, "image/jpeg")
    finally:
        storage.close()


def test_damaged_bytes_are_deleted_and_sent_again(settings: "Settings") -> None:
    with server_that_answers("AAAAAA==", CHECKSUM) as server:
        upload_to(server, settings)

    assert [request.split()[0] for request in server.requests] == ["POST", "DELETE", "POST"]
    assert server.requests[1].endswith("/o/originals%2Fana%2Fx")


def test_an_upload_is_repeated_after_a_failure_and_may_then_exist(settings: "Settings") -> None:
    with server_that_answers(503, 412) as server:
        upload_to(server, settings)

    assert len(server.requests) == 2


def test_a_storage_that_keeps_failing_is_unavailable(settings: "Settings") -> None:
    with server_that_answers(*[503] * 1_000) as server, pytest.raises(Unavailable):
        upload_to(server, settings)


@pytest.mark.usefixtures("backends")  # makes the bucket
def test_bytes_and_streams_are_stored_alike(settings: "Settings") -> None:
    storage = connect(settings)
    storage.add("a b/ä?&", CONTENT, "image/jpeg")
    storage.add("stream", io.BytesIO(CONTENT), "image/jpeg")
    storage.add("a b/ä?&", b"other", "image/png")

    found = [storage.find(name) for name in ("a b/ä?&", "stream")]

    assert [each and (each.size, each.content_type) for each in found] == [(len(CONTENT), "image/jpeg")] * 2
    assert storage.read("a b/ä?&") == storage.read("stream") == CONTENT
    storage.close()
