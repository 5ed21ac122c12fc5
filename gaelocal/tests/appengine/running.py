"""A small App Engine service, an engine that runs it in a thread, and functions to call it."""

import asyncio
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from gaelocal.appengine import AppEngine, Layout

Result = TypeVar("Result")
PROGRAM = Path(__file__).with_name("program.py.txt").read_text()
LIMITS = "--limit-request-line 8190 --limit-request-fields 128 --limit-request-field_size 40960"
ENTRYPOINT = (
    "entrypoint: gunicorn -b :$PORT --threads 4 --timeout 0 --no-control-socket " + LIMITS + " main:app\n"
)


@dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Running:
    """An engine in a loop of its own thread."""

    engine: AppEngine
    loop: asyncio.AbstractEventLoop
    data: Path
    sockets: list[socket.socket] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.engine.url.rpartition(":")[2])

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(90)

    def ask(self, path: str, method: str = "GET", body: Any = None, **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, named)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def open(self) -> socket.socket:
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.sockets.append(sock)
        return sock

    def send(self, raw: bytes) -> Reply:
        """Send raw bytes, and read one response."""
        sock = self.open()
        sock.sendall(raw)
        return read_reply(sock)

    def instance(self, service: str = "default") -> dict[str, Any]:
        return next(each for each in self.engine.instances() if each["service"] == service)

    def close(self) -> None:
        for sock in self.sockets:
            sock.close()


def read_reply(sock: socket.socket, method: str = "GET") -> Reply:
    response = http.client.HTTPResponse(sock, method=method)
    response.begin()
    body = response.read()
    response.close()
    return Reply(response.status, response.headers, body)


def a_service(app: Path, name: str, more: str = "", entrypoint: str = ENTRYPOINT) -> Path:
    folder = app / "services" / name
    folder.mkdir(parents=True)
    (folder / "app.yaml").write_text(f"runtime: python313\nservice: {name}\n{entrypoint}{more}")
    (folder / "main.py").write_text(PROGRAM)
    return folder


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for a condition with a bound."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition never came true"
        threading.Event().wait(0.02)


class StartEngine(Protocol):
    def __call__(
        self,
        app: Path,
        environment: Mapping[str, str] | None = None,
        layout: Layout | None = None,
        **options: Any,
    ) -> Running: ...
