"""The pytest fixture `gaelocal`: emulators in the test process, empty before each test.

It is available wherever gaelocal is installed. The first test that asks for it starts the emulators; every
test finds the variables of Google's clients set.
"""

from collections.abc import Iterator, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gaelocal.google_api_routes import PYTHON_PATH

if TYPE_CHECKING:
    from gaelocal.testing import LocalEmulators


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("gaelocal_project", "ID of the Google Cloud project in tests", default="test-project")


@pytest.fixture(scope="session")
def gaelocal_emulators(request: pytest.FixtureRequest) -> "Iterator[LocalEmulators]":
    """The emulators of the whole run; queue.yaml and cron.yaml are read from pytest's root folder."""
    from gaelocal.testing import LocalEmulators  # noqa: PLC0415 - only for runs that use it

    project = str(request.config.getini("gaelocal_project"))
    with LocalEmulators(Path(request.config.rootpath), project=project) as emulators:
        _route_clients(emulators.environment)
        yield emulators


def _route_clients(environment: Mapping[str, str]) -> None:
    """Let clients without an emulator variable, such as CloudTasksClient(), find the emulators."""
    spec = spec_from_file_location("gaelocal_client_routes", PYTHON_PATH / "gaelocal_client_routes.py")
    if spec is None or spec.loader is None:
        return
    routes = module_from_spec(spec)
    spec.loader.exec_module(routes)
    routes.install(environment["GAELOCAL_GOOGLE_APIS"])


@pytest.fixture
def gaelocal(gaelocal_emulators: "LocalEmulators", monkeypatch: pytest.MonkeyPatch) -> "LocalEmulators":
    """Empty emulators, with the environment variables by which clients find them."""
    for name, value in gaelocal_emulators.environment.items():
        if name != "PYTHONPATH":
            monkeypatch.setenv(name, value)
    gaelocal_emulators.reset()
    return gaelocal_emulators
