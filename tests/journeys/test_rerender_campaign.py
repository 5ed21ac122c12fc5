"""A short version of the re-rendering campaign in bench/."""

from pathlib import Path

from bench.rerender_campaign import run_campaign


def test_every_photo_gets_the_new_size_although_the_service_is_killed(tmp_path: Path) -> None:
    outcome = run_campaign(tmp_path, photos=8, kills=2, seed=20261128)

    assert outcome.kills == 2
    assert outcome.is_clean, outcome
