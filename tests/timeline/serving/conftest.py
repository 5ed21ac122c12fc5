"""An identity provider per test."""

from collections.abc import Iterator

import pytest

from tests.timeline.serving.providers import Provider, running_provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider
