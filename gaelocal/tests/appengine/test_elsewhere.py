"""Services that run elsewhere: found, called, and found again after an interruption."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.appengine.running import StartEngine, a_service

from gaelocal.appengine import Layout
from gaelocal.delivery import Delivery
from gaelocal.ports import Address, free_port
from gaelocal.yaml_files import ConfigError


class Echo(BaseHTTPRequestHandler):
    """Returns the path and whether the platform sent the request."""

    def do_GET(self) -> None:
        body = f"{self.path} {self.headers.get('X-Appengine-Cron')}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Log nothing."""


@contextmanager
def echoing(port: int) -> Iterator[None]:
    """A service outside the platform."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Echo)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def at(port: int, *, starts_services: bool = True) -> Layout:
    return Layout(services_at={"default": Address("127.0.0.1", port)}, starts_services=starts_services)


def test_a_service_elsewhere_is_asked_by_clients_and_by_the_platform(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    a_service(tmp_path, "default", entrypoint="entrypoint: a-program-nobody-has\n")
    port = free_port(0, "")
    with echoing(port):
        running = start_engine(tmp_path, layout=at(port))

        asked = running.ask("/x", X_Appengine_Cron="forged")
        delivery = Delivery(path="/job", headers={"X-Appengine-Cron": "true"})
        sent = running.run(running.engine.send(delivery))

    assert asked.body == b"/x None"
    assert sent.body == b"/job true"
    assert running.instance()["url"] == f"http://127.0.0.1:{port}"
    assert running.instance()["pid"] == 0


def test_a_service_that_was_away_for_a_moment_is_found_again(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    a_service(tmp_path, "default")
    port = free_port(0, "")
    with echoing(port):
        running = start_engine(tmp_path, layout=at(port))
    responds: list[int] = []
    phone = threading.Thread(target=lambda: responds.append(running.ask("/").status))

    phone.start()
    with echoing(port):
        phone.join()

    assert responds == [200]


def test_an_address_of_no_service_is_refused(tmp_path: Path, start_engine: StartEngine) -> None:
    a_service(tmp_path, "api")

    with pytest.raises(ConfigError, match="there is no service `default`; there are: api"):
        start_engine(tmp_path, layout=at(1))


def test_a_front_door_alone_needs_the_address_of_every_service(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    a_service(tmp_path, "default")
    a_service(tmp_path, "api")

    with pytest.raises(ConfigError, match="say where `api` runs"):
        start_engine(tmp_path, layout=at(1, starts_services=False))
