"""Captions and names in any script, with emoji, invisible characters and foreign line ends."""

import pytest

from timeline import captions

FAMILY, FLAG_OF_WALES = (
    "👨\u200d👩\u200d👧\u200d👦",
    "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
)
INVISIBLE = (
    "\ufffe",
    "\U0001ffff\ufdd0",
    "\U000e0fff",
    "\u200b",
    "\u200b\u200d\ufeff",
    "\u2060\n\u200e",
    "\u3164",
    "\u2800 \u2800",
    "\u034f",
    "\ufe0f",
)


@pytest.mark.parametrize("text", INVISIBLE)
def test_a_caption_without_visible_characters_is_empty(text: str) -> None:
    assert captions.clean(text) == ""


@pytest.mark.parametrize("text", INVISIBLE)
def test_a_name_without_visible_characters_is_empty(text: str) -> None:
    assert captions.one_line(text) == ""


@pytest.mark.parametrize("text", ["!", "👩\u200d👧", "क\u094d\u200dष", "1", "한", "é", "🇵🇹"])
def test_joiners_within_visible_text_are_kept(text: str) -> None:
    assert captions.clean(text) == text


@pytest.mark.parametrize("text", ["\U0001faff", "\U0001f8ff", "\uf8ff"], ids=ascii)
def test_characters_newer_than_this_python_or_of_one_maker_are_visible(text: str) -> None:
    assert captions.clean(text) == text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"], ids=ascii)
def test_every_line_end_separates_lines_and_words(end: str) -> None:
    assert captions.clean(f"one{end}two") == "one\ntwo"
    assert captions.one_line(f"one{end}two") == "one two"


@pytest.mark.parametrize(
    "last", [FAMILY, FLAG_OF_WALES, "👍🏽", "🇵🇹", "e\u0301\u0323", "🏳\ufe0f\u200d🌈"], ids=ascii
)
def test_a_line_is_not_cut_inside_a_character(last: str) -> None:
    for length in range(3, 3 + len(last)):
        assert captions.shorten(f"ab{last}cd", length) == "ab…"


def test_a_line_of_one_endless_character_is_cut() -> None:
    assert captions.shorten("e" + "\u0301" * 50, 10) == "e" + "\u0301" * 8 + "…"
