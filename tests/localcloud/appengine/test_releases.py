"""Versions side by side: deployed, addressed, stopped, deleted."""

import pytest

from localcloud.appengine.releases import (
    DoesNotStart,
)
from tests.localcloud.appengine.releasing import a_version
from tests.localcloud.appengine.running import Running, StartEngine, a_service


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, start_engine: StartEngine) -> Running:
    """An engine to deploy into; each test uses versions or services of its own."""
    app = tmp_path_factory.mktemp("stage")
    a_service(app, "default")
    return start_engine(app)


def version_at(stage: Running, host: str) -> str:
    return str(stage.ask("/env", Host=host).json["GAE_VERSION"])


def test_a_deployed_version_is_reached_by_its_own_address_only(stage: Running) -> None:
    stage.run(stage.engine.releases.create_version(a_version("quiet")))

    seen = {host: version_at(stage, host) for host in ("quiet-dot-default.localhost", "localhost")}

    assert seen == {"quiet-dot-default.localhost": "quiet", "localhost": "dev"}


def test_a_version_that_there_is_not_is_not_found(stage: Running) -> None:
    reply = stage.ask("/", Host="nope-dot-default.localhost", Accept="text/html")

    assert reply.status == 404
    assert b"the service default has no version `nope`" in reply.body


def test_a_version_that_does_not_start_fails_its_deploy_with_its_own_words(stage: Running) -> None:
    broken = a_version("broken", files={"main.py": b"raise RuntimeError('no flour')"})

    with pytest.raises(DoesNotStart, match="no flour"):
        stage.run(stage.engine.releases.create_version(broken))

    assert "broken" not in [version.id for version in stage.engine.releases.list_versions("default")]
    assert version_at(stage, "localhost") == "dev"
