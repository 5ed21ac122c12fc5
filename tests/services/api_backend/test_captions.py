"""The cleaning of captions."""

import pytest

from tests.services.api_backend.conftest import Api


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("👩‍👩‍👧 am Meer 🌊", "👩‍👩‍👧 am Meer 🌊"),
        ("bell\x07 and\x00 null\x1b[31m", "bell and null[31m"),
        ("two\r\nlines\tand a tab", "two\nlines and a tab"),
        ("e\u0301te\u0301", "été"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("  around  ", "around"),
        ("é" * 500, "é" * 500),
        ("e\u0301" * 500, "é" * 500),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("", ""),
    ],
)
def test_a_caption_keeps_text_and_emoji_only(api: Api, typed: str, kept: str) -> None:
    assert api.as_("ana").post_photo(caption=typed).get_json()["caption"] == kept
