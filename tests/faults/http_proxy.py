"""An HTTP proxy in front of Cloud Storage or another service that injects faults into whole requests."""

import http.client
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tests.faults.faults import Fault, Kind, Plan, no_faults

CALL_SECONDS = 60.0
GARBAGE_BYTES = 200
HOP_HEADERS = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "expect"})


class HttpProxy:
    """Forwards to `upstream` (http://host:port).

    Calls are named by `prefix`, method and path, without the query.
    """

    def __init__(self, upstream: str, plan: Plan = no_faults, prefix: str = "") -> None:
        self.plan = plan
        self.prefix = prefix
        self.stopping = threading.Event()
        self.forward_to(upstream)
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def forward_to(self, upstream: str) -> None:
        self.host = urlsplit(upstream).netloc

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(90)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, proxy: HttpProxy) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy = proxy

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that disconnect are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._handle()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET  # noqa: N815 - http.server's names

    def log_message(self, *_arguments: Any) -> None:
        """Write nothing."""

    def _handle(self) -> None:
        proxy, body = self.server.proxy, self._body()
        fault = proxy.plan(f"{proxy.prefix}{self.command} {self.path.partition('?')[0]}")
        if fault is None:
            self._respond(*self._forward(body))
        elif fault.kind is Kind.ERROR:
            self._respond(*_error(fault))
        elif fault.kind is Kind.DROP:
            self._drop()
        elif fault.kind is Kind.HANG:
            proxy.stopping.wait(CALL_SECONDS)
            self._drop()
        else:
            self._handle_after(fault, body)

    def _handle_after(self, fault: Fault, body: bytes) -> None:
        if fault.kind is Kind.DELAY:
            self.server.proxy.stopping.wait(fault.seconds)
        status, headers, content = self._forward(body)
        if fault.closes_connection:
            self._drop()
        elif fault.kind is Kind.LOST:
            self._respond(*_error(fault))
        else:
            self._respond(
                status, headers, os.urandom(GARBAGE_BYTES) if fault.kind is Kind.GARBAGE else content
            )

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        content = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        upstream = http.client.HTTPConnection(self.server.proxy.host, timeout=CALL_SECONDS)
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in HOP_HEADERS:
                    upstream.putheader(name, value)
            upstream.putheader("Content-Length", str(len(body)))
            upstream.endheaders(body)
            response = upstream.getresponse()
            return response.status, response.getheaders(), response.read()
        finally:
            upstream.close()

    def _respond(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_HEADERS:
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.close()


def _error(fault: Fault) -> tuple[int, list[tuple[str, str]], bytes]:
    status = fault.http_status
    content = b'{"error": {"code": %d, "message": "injected"}}' % status
    return status, [("Content-Type", "application/json")], content
