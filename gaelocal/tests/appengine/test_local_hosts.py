"""A Django project that allows only the hosts of production answers at localhost, too."""

from pathlib import Path

import pytest
from tests.appengine.running import Running, StartEngine

DJANGO = """
def validate_host(host, allowed_hosts):
    names = [name.lstrip(".") for name in allowed_hosts]
    return any(host == name or host.endswith("." + name) for name in names)

def get_host(environ):
    host = environ["HTTP_HOST"].rpartition(":")[0]
    return host if validate_host(host, ["bakery.appspot.com"]) else ""
"""
"""As in django.http.request: get_host calls the function by its name in the module."""
PROGRAM = """
from django.http.request import get_host

def app(environ, start_response):
    start_response("200 OK" if get_host(environ) else "400 Bad Request", [])
    return [b"bread"]
"""


@pytest.fixture
def bakery(tmp_path: Path, start_engine: StartEngine) -> Running:
    package = tmp_path / "django" / "http"
    package.mkdir(parents=True)
    (package / "request.py").write_text(DJANGO)
    (tmp_path / "main.py").write_text(PROGRAM)
    (tmp_path / "app.yaml").write_text("runtime: python313\n")
    return start_engine(tmp_path)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "default.localhost", "bakery.appspot.com"])
def test_the_names_of_this_machine_are_allowed_beside_those_of_production(bakery: Running, host: str) -> None:
    assert bakery.ask("/", Host=f"{host}:8080").status == 200


def test_other_hosts_stay_refused(bakery: Running) -> None:
    assert bakery.ask("/", Host="evil.example.com:8080").status == 400
