"""One running platform for all journeys; a journey that kills it starts its own."""

from collections.abc import Iterator

import pytest

from tests.journeys.platform import Platform


@pytest.fixture(scope="session")
def datastore_words(datastore: tuple[str, float]) -> tuple[str, ...]:
    name, consistency = datastore
    return ("--datastore", name, "--consistency", str(consistency))


@pytest.fixture(scope="session")
def platform(
    tmp_path_factory: pytest.TempPathFactory, datastore_words: tuple[str, ...]
) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("platform"), datastore_words)
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()
