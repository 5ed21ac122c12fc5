"""The mails are, to the email, those that somebody looked at and found good."""

import pytest

from tests.timeline.digests.golden_emails import FOLDER, files

WRITTEN = dict(files())


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_a_mail_is_as_it_was_found_good(name: str) -> None:
    found_good = (FOLDER / name).read_text()

    assert WRITTEN[name] == found_good, "look at it, then: python -m tests.timeline.digests.golden_emails"


def test_no_golden_file_is_left_without_a_mail() -> None:
    assert {file.name for file in FOLDER.iterdir()} == set(WRITTEN)
