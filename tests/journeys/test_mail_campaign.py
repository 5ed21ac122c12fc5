"""A short version of the mail campaign in bench/."""

from pathlib import Path

import pytest

from bench.mail_campaign import run_campaign


def test_no_email_is_sent_twice_or_lost_unlisted_while_the_sender_is_killed(
    tmp_path: Path, datastore_words: tuple[str, ...]
) -> None:
    if datastore_words[1:] != ("embedded", "--consistency", "1.0"):
        pytest.skip("the campaign reads the embedded Datastore from outside")

    outcome = run_campaign(tmp_path, users=40, kills=4, seed=20261120)

    assert 1 <= outcome.kills <= 4
    assert outcome.wanted == 36
    assert outcome.is_clean, outcome
