"""A short fuzz test of the whole API; `make fuzz-api` is the long one."""

from pathlib import Path

from tests.fuzzing.campaign import Campaign
from tests.journeys.platform import Platform


def test_generated_requests_cause_no_server_error(platform: Platform, tmp_path: Path) -> None:
    campaign = Campaign(
        app=platform.app, oidc=platform.addresses["oidc"], folder=tmp_path, examples=3, seed=20_260
    )

    status = campaign.run()

    assert status == 0, campaign.output()
    report = campaign.report()
    assert report["operations"]["tested"] == report["operations"]["total"]
    assert report["test_cases"]["generated"] > 100
