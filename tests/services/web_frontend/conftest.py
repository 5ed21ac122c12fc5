"""The website on real clients, and its visitors."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser

from tests.browser import Chromium
from tests.pictures import a_jpeg, a_text_named_jpg
from tests.services.web_frontend.chromium import Open, opener, served
from tests.services.web_frontend.visitors import Person, Site
from web_frontend import create_app

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends


class CompiledTemplates(BytecodeCache):
    """Compiles each template once for the apps of all tests."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


COMPILED_TEMPLATES = CompiledTemplates()


@pytest.fixture
def app(backends: "Backends") -> Flask:
    app = create_app(backends)
    app.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    return app


@pytest.fixture
def site(app: Flask, cloud: "Cloud") -> Site:
    return Site(app, cloud)


@pytest.fixture
def ana(site: Site) -> Person:
    return site.sign_in("ana")


@pytest.fixture
def ben(site: Site) -> Person:
    return site.sign_in("ben")


@pytest.fixture
def stranger(site: Site) -> Person:
    return site.stranger()


@pytest.fixture
def make_ready(cloud: "Cloud", backends: "Backends") -> Callable[[], None]:
    """Make the renditions of all posted photos, as the queue would."""
    from tasks_backend import create_app as create_worker

    def run() -> None:
        answers = cloud.run_tasks(
            backends.settings.google_cloud_project, create_worker(backends), "renditions"
        )
        assert {status for _, status in answers} <= {200, 204}

    return run


@pytest.fixture
def open_window(app: Flask, chromium: Chromium, browser: Browser) -> Iterator[Open]:
    with served(app) as address:
        yield opener(chromium, address)
        for context in chromium.browser.contexts:
            context.close()


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Three images, and a file that is not an image."""
    contents = {
        "wide.jpg": a_jpeg(90, 40),
        "tall.jpg": a_jpeg(40, 90),
        "small.jpg": a_jpeg(30, 30),
        "text.jpg": a_text_named_jpg(),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return [str(tmp_path / name) for name in contents]
