"""Fixtures of the whole suite, and the selection of its Datastore."""

import os
import re
import shutil
import uuid
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any, cast

import hypothesis
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser import Chromium
    from tests.cloud import Cloud
    from timeline.interfaces import Backends
    from timeline.settings import Settings

hypothesis.settings.register_profile("any machine", deadline=None)  # tests do not measure time
hypothesis.settings.load_profile("any machine")

for name in ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "ARGS"):
    os.environ.pop(name, None)  # variables of `make test` must not affect a make that a test runs

DATASTORES = {
    "embedded": ("embedded", 1.0),
    "embedded-stale": ("embedded", 0.0),
    "google": ("google", 1.0),
    "google-stale": ("google", 0.0),
    "firestore": ("firestore", 1.0),
}
LONG_FILES = re.compile(
    r"^tests/(journeys|faults|docs|deploy|test_deploy|services/\w+/test_\w+_in_a_browser)\b"
)
"""They run first, so that parallel workers end at about the same time."""
FIXTURES_WITH_A_DATASTORE = {"cloud", "backends", "platform"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--datastore", choices=sorted(DATASTORES), default="embedded")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run long files first. With a Datastore other than the embedded one, select tests that use it."""
    items.sort(key=lambda item: LONG_FILES.match(item.nodeid) is None)
    if config.getoption("--datastore") == "embedded":
        return
    kept = [item for item in items if _uses_a_datastore(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _uses_a_datastore(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    return bool(FIXTURES_WITH_A_DATASTORE & names) and "gaelocal/tests" not in item.path.as_posix()


@pytest.fixture(scope="session")
def datastore(request: pytest.FixtureRequest) -> tuple[str, float]:
    """The values of gaelocal's `--datastore` and `--consistency` in this run."""
    name, consistency = DATASTORES[request.config.getoption("--datastore")]
    if name in ("google", "firestore") and shutil.which("gcloud") is None:
        pytest.skip(f"gcloud is not installed, so there is no {name} emulator")
    return name, consistency


@pytest.fixture(scope="module")
def chromium() -> Iterator["Chromium"]:
    """The browser of one module: while Playwright is active, other tests cannot use `asyncio.run`."""
    from tests.browser import running_chromium

    with running_chromium() as chromium:
        yield chromium


@pytest.fixture
def browser(chromium: "Chromium", request: pytest.FixtureRequest) -> Iterator["Browser"]:
    """The same, killed if it hangs."""
    from tests.browser import SLOW_TEST_WITHIN, TEST_WITHIN

    is_slow = request.node.get_closest_marker("slow")
    with chromium.within(SLOW_TEST_WITHIN if is_slow else TEST_WITHIN) as browser:
        yield browser


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory, datastore: tuple[str, float]) -> Iterator["Cloud"]:
    from tests.cloud import running_cloud

    with running_cloud(tmp_path_factory.mktemp("cloud"), *datastore) as cloud:
        yield cloud


@pytest.fixture
def settings(cloud: "Cloud") -> "Settings":
    """Settings of a new project."""
    return cloud.settings(f"test-{uuid.uuid4().hex[:12]}", busy_reads_per_second=0)


@pytest.fixture
def backends(cloud: "Cloud", settings: "Settings") -> Iterator["Backends"]:
    """The real clients, connected to the emulators, without data of other tests."""
    from timeline.backends import connect, disconnect

    _empty(cloud, settings)
    backends = connect(settings)
    yield backends
    disconnect(backends)


def _empty(cloud: "Cloud", settings: "Settings") -> None:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import storage

    from tests.cloud import LOCATION

    parent = f"projects/{settings.google_cloud_project}/locations/{LOCATION}"
    for queue in cloud.tasks_client().list_queues(parent=parent):
        cloud.tasks_client().purge_queue(name=queue.name)
    client = storage.Client(
        project=settings.google_cloud_project,
        credentials=AnonymousCredentials(),
        client_options={"api_endpoint": settings.storage_emulator_host},
    )
    client.create_bucket(settings.bucket)
    client.close()
    cloud.emulators.mail.clear()


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, dict[str, Any] | None, dict[str, Any] | None]:
    """Escape lone surrogates in captured output, which pytest-xdist cannot send to its main process."""
    return cast("dict[str, Any] | None", _without_surrogates((yield)))


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {key: _without_surrogates(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_without_surrogates(each) for each in value)
    return value
