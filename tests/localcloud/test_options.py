"""The command line: what it takes, and what it tells the services."""

import pytest

from localcloud.cloud import service_environment
from localcloud.options import parse_options
from localcloud.port_plan import PortPlan


def test_a_variable_for_every_service_wins_over_the_local_clouds_own() -> None:
    options = parse_options(["--port", "0", "--env", "RATE_LIMIT_SCALE=0", "--env", "MEMCACHE_HOST="])

    with PortPlan(options, {}) as plan:
        environment = service_environment(options, plan)

    assert (environment["RATE_LIMIT_SCALE"], environment["MEMCACHE_HOST"]) == ("0", "")


@pytest.mark.parametrize("text", ["NAME", "=value", "A B=c", "1A=b"])
def test_what_is_no_variable_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        parse_options(["--env", text])

    assert refused.value.code == 2
    assert "is not NAME=VALUE" in capsys.readouterr().err
