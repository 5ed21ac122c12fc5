"""A faulty network between a client and the real API: it loses responses or replaces them with errors."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]


class Quiet(WSGIRequestHandler):
    def log(self, *_: object, **__: object) -> None:
        """Do not log requests."""


class BadNetwork:
    """Serves `app`; each of the next requests gets one of the `faults`."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.faults: list[str] = []
        self.asked: list[tuple[str, str, int]] = []
        self.sent: list[dict[str, str]] = []

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        fault = self.faults.pop(0) if self.faults else ""
        self.sent.append({name[5:]: value for name, value in environ.items() if name.startswith("HTTP_")})
        if fault == "busy":
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start("503 Service Unavailable", [("Retry-After", "7"), ("Content-Length", "0")])
            return [b""]
        statuses: list[int] = []

        def note(status: str, *more: Any) -> Any:
            statuses.append(int(status.split(maxsplit=1)[0]))
            return start(status, *more)

        content = b"".join(self._app.wsgi_app(environ, note))
        self.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], statuses[0]))
        if fault == "lost answer":
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError("the tunnel began")
        return [content]

    @contextmanager
    def listening(self) -> Iterator[str]:
        server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(90)
            server.server_close()
