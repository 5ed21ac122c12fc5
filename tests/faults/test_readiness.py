"""Readiness while writes fail: pages are still served, so the service stays ready."""

from typing import TYPE_CHECKING

from api_backend import create_app
from tests.faults.faults import Fault, Kind
from tests.faults.proxied_backends import proxied_backends

if TYPE_CHECKING:
    from timeline.interfaces import Backends


def refuse_writes(call: str) -> Fault | None:
    is_write = call in {"Commit", "BeginTransaction"} or call.startswith(("POST ", "PUT "))
    return Fault(Kind.ERROR, is_final=True) if is_write else None


def test_a_service_that_cannot_write_is_ready_and_serves_pages(backends: "Backends") -> None:
    with proxied_backends(backends.settings) as (through, proxies):
        proxies.inject(refuse_writes)
        client = create_app(through).test_client()

        answers = [client.get(path).status_code for path in ("/readyz", "/api/v1/photos")]

    assert answers == [200, 200]
