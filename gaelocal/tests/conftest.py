"""Settings of the whole suite."""

import os
import re

import hypothesis
import pytest

hypothesis.settings.register_profile("any machine", deadline=None)  # machines differ; no test measures time
hypothesis.settings.load_profile("any machine")

# Variables that `make test ARGS=…` sets are meant for this run, not for a make that a test starts.
for name in ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "ARGS"):
    os.environ.pop(name, None)

LONG_FILES = re.compile(r"^(gaelocal/)?tests/(bundled|console|appengine|identity/test_page|test_\w+)\b")
"""They run first, so that parallel workers end at about the same time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG_FILES.match(item.nodeid) is None)
