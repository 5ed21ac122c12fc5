"""The Services panel of a platform whose services run elsewhere, as in containers, or not at all."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from tests.appengine.conftest import start_engine
from tests.appengine.running import StartEngine, a_service
from tests.console.html import Html

from gaelocal.appengine import Layout
from gaelocal.console import Console, ConsoleParts
from gaelocal.ports import Address, free_port, listening_socket

__all__ = ["start_engine"]


@pytest.fixture
def url(tmp_path: Path, start_engine: StartEngine, parts: ConsoleParts) -> Iterator[str]:
    a_service(tmp_path, "default", entrypoint="entrypoint: a-program-nobody-has\n")
    away = {"default": Address("127.0.0.1", free_port(0, ""))}
    running = start_engine(
        tmp_path, layout=Layout(services_at=away, starts_services=False, has_front_door=False)
    )
    console = Console(listening_socket(0, "--port"), replace(parts, engine=running.engine))
    running.run(console.start())
    yield console.url
    running.run(console.stop())


def test_services_elsewhere_are_shown(url: str) -> None:
    page = Html(requests.get(f"{url}/services", timeout=60).text)

    assert "SERVING" in page.text_of("v-default-dev")
    assert requests.get(f"{url}/services/default/dev", timeout=60).status_code == 200


def test_a_stop_of_a_service_elsewhere_is_answered(url: str) -> None:
    for path in ("/services/default/dev/instances/0/stop", "/services/default/dev/stop"):
        assert requests.post(url + path, timeout=40).status_code in (200, 404)
