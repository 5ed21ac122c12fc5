"""Captions and names without visible characters."""

import pytest

from timeline import captions

INVISIBLE = ("\u200b", "\u200b\u200d\ufeff", "\u2060\n\u200e", "\u3164", "\u2800 \u2800", "\u034f", "\ufe0f")


@pytest.mark.parametrize("text", INVISIBLE)
def test_a_caption_without_visible_characters_is_empty(text: str) -> None:
    assert captions.clean(text) == ""


@pytest.mark.parametrize("text", INVISIBLE)
def test_a_name_without_visible_characters_is_empty(text: str) -> None:
    assert captions.one_line(text) == ""


@pytest.mark.parametrize("text", ["!", "👩\u200d👧", "क\u094d\u200dष", "1", "한", "é", "🇵🇹"])
def test_joiners_within_visible_text_are_kept(text: str) -> None:
    assert captions.clean(text) == text
