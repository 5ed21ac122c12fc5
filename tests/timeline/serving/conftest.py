"""An identity provider of its own for each test."""

from collections.abc import Iterator
from threading import Thread

import pytest

from tests.timeline.serving.providers import Provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
