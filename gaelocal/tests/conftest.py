"""Settings of the whole suite."""

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from tests.chromium import Chromium

hypothesis.settings.register_profile("any machine", deadline=None)  # machines differ; no test measures time
hypothesis.settings.load_profile("any machine")

# Variables that `make test ARGS=…` sets are meant for this run, not for a make that a test starts.
for name in ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "ARGS"):
    os.environ.pop(name, None)

LONG_FILES = re.compile(r"^(gaelocal/)?tests/(bundled|console|appengine|identity/test_page|test_\w+)\b")
"""They run first, so that parallel workers end at about the same time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG_FILES.match(item.nodeid) is None)


@pytest.fixture(scope="module")
def chromium() -> Iterator["Chromium"]:
    """The browser of one module: while Playwright is active, other tests cannot use `asyncio.run`."""
    from tests.chromium import CHROMIUM, running_chromium

    if CHROMIUM is None:
        pytest.skip("needs chromium")
    with running_chromium() as chromium:
        yield chromium


@pytest.fixture
def browser(chromium: "Chromium") -> Iterator["Browser"]:
    """The same, killed if it hangs."""
    from tests.chromium import TEST_WITHIN

    with chromium.within(TEST_WITHIN) as browser:
        yield browser
