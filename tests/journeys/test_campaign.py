"""A short version of the kill campaign in bench/."""

from pathlib import Path

import pytest

from bench.kill_campaign import run_campaign


def test_no_photo_is_lost_while_processes_are_killed(
    tmp_path: Path, datastore_words: tuple[str, ...]
) -> None:
    if datastore_words[1] != "embedded":
        pytest.skip("Google's emulators lose acknowledged writes when they are killed")

    losses = run_campaign(tmp_path, photos=60, interval=1.0, seed=20261120)

    assert losses.acknowledged == 60
    assert losses.is_clean, losses
