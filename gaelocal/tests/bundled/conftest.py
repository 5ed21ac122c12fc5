"""An API server with the services that need no other server, and a caller with a ticket."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.serving_thread import serving

from gaelocal.appengine.http import Body
from gaelocal.appengine.instances import ApiTickets, InstanceRequest
from gaelocal.appengine.project.services import Service, read_service
from gaelocal.bundled import ApiServer
from gaelocal.bundled.capabilities import Capabilities
from gaelocal.bundled.memcache import Memcache
from gaelocal.bundled.users import Users
from gaelocal.ports import listening_socket, port_of
from gaelocal.protobuf.bundled_remote_api_pb2 import Request, Response

HEAD = b"GET / HTTP/1.1\r\nHost: localhost:8080\r\nX-Other: 1\r\n\r\n"


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Api:
    """Calls the server as Google's package does; `response` has what came back."""

    port: int
    ticket: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def send(self, service: str, method: str, request: Any) -> Response:
        message = Request(
            service_name=service,
            method=method,
            request=request.SerializeToString(),
            request_id=self.ticket,
        )
        body = message.SerializeToString()
        address = f"http://127.0.0.1:{self.port}/rpc_http"
        answer = self.session.post(address, body, timeout=60)
        assert answer.status_code == 200
        return Response.FromString(answer.content)

    def call(self, service: str, method: str, request: Any, answer: Any) -> Any:
        response = self.send(service, method, request)
        assert not response.HasField("rpc_error"), response
        assert not response.HasField("application_error"), response
        return answer.FromString(response.response)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    (tmp_path / "app.yaml").write_text("runtime: python313\napp_engine_apis: true\n")
    (tmp_path / "main.py").touch()
    return read_service(tmp_path / "app.yaml")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tickets() -> ApiTickets:
    return ApiTickets()


@pytest.fixture
def api(tickets: ApiTickets, service: Service, clock: Clock) -> Iterator[Api]:
    """Return the caller of a running request."""
    sock = listening_socket(0, "--port")
    port = port_of(sock)
    services: Callable[[], Any] = lambda: {  # noqa: E731 - as the platform passes it
        "memcache": Memcache(clock),
        "user": Users(),
        "capability_service": Capabilities(),
    }
    with (
        serving(ApiServer(sock, tickets, services)),
        tickets.issued(service, InstanceRequest(HEAD, Body(), is_safe=True)) as request,
        requests.Session() as session,
    ):
        head = request.head.decode()
        ticket = head.partition("X-Appengine-Api-Ticket: ")[2].partition("\r\n")[0]
        yield Api(port, ticket, session)
