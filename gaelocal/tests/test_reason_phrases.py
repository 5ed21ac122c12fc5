"""Reason phrases are the same on every Python."""

import pytest

from gaelocal.reason_phrases import reason_phrase


@pytest.mark.parametrize(
    ("status", "phrase"),
    [
        (200, "OK"),
        (413, "Request Entity Too Large"),
        (414, "URI Too Long"),
        (416, "Requested Range Not Satisfiable"),
        (422, "Unprocessable Entity"),
        (599, "Unknown"),
    ],
)
def test_a_phrase_does_not_depend_on_the_python(status: int, phrase: str) -> None:
    assert reason_phrase(status) == phrase
