"""Summary emails match their reviewed golden files."""

import pytest

from tests.timeline.digests.golden_emails import FOLDER, files

WRITTEN = dict(files())


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_an_email_matches_its_golden_file(name: str) -> None:
    found_good = (FOLDER / name).read_text()

    assert WRITTEN[name] == found_good, "look at it, then: python -m tests.timeline.digests.golden_emails"


def test_every_golden_file_has_an_email() -> None:
    assert {file.name for file in FOLDER.iterdir()} == set(WRITTEN)
