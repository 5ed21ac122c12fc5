"""Clean captions and names: any language and emoji are allowed, control characters are removed."""

import re
import unicodedata

from timeline.errors import CaptionTooLong

MAX_CHARACTERS = 500
"""As UTF-8 this can exceed Datastore's 1,500 bytes for an indexed string, so captions are never indexed."""
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They can reverse the text of a caption and of the page after it."""

BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0\U000133fc\U0001d159")
"""Unicode calls them letters and symbols, but they have no ink."""

WITHOUT_INK = re.compile("[\u2065\ufdd0-\ufdef\ufff0-\ufff8\U000e0000-\U000e0fff]")
"""Noncharacters, and what Unicode reserves for invisible characters (Default_Ignorable_Code_Point)."""
LAST_OF_A_PLANE = 0xFFFE
"""The last two code points of each plane are noncharacters."""

LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
"""Unicode 5.8: those of other systems, and of text pasted from word processors."""

ZERO_WIDTH_JOINER = "\u200d"
SKIN_TONES_AND_TAGS = re.compile("[\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
FLAG_LETTERS = re.compile("[\U0001f1e6-\U0001f1ff]{2}")


def clean(text: str) -> str:
    """Return a caption in NFC with unified line ends and no control characters. Raises CaptionTooLong.

    A caption without any visible character is returned as an empty one.
    """
    kept = _without_controls(text).strip()
    if len(kept) > MAX_CHARACTERS:
        raise CaptionTooLong
    return kept if _is_visible(kept) else ""


def one_line(text: str) -> str:
    """Return a name, cleaned like a caption, on one line; empty if it has no visible character."""
    line = " ".join(_without_controls(text).split())
    return line if _is_visible(line) else ""


def shorten(line: str, max_length: int) -> str:
    """Cut a line at a maximum length, not inside a letter or emoji of several characters, and add "…"."""
    if len(line) <= max_length:
        return line
    end = max_length - 1
    while end and _is_inside_character(line, end):
        end -= 1
    return line[: end or max_length - 1].rstrip() + "…"


def _is_inside_character(line: str, at: int) -> bool:
    """Tell whether the characters around this position are shown as one (roughly UAX 29)."""
    before, after = line[at - 1], line[at]
    is_appended = unicodedata.category(after)[0] == "M" or SKIN_TONES_AND_TAGS.match(after) is not None
    is_joined = ZERO_WIDTH_JOINER in (before, after)
    return is_appended or is_joined or FLAG_LETTERS.match(before + after) is not None


def _is_visible(text: str) -> bool:
    return any(map(_has_ink, text))


def _has_ink(character: str) -> bool:
    """Characters that this Python does not know yet are visible: new emoji appear every year."""
    category = unicodedata.category(character)
    if category in {"Cn", "Co"}:
        is_last = ord(character) & LAST_OF_A_PLANE == LAST_OF_A_PLANE
        return not is_last and WITHOUT_INK.match(character) is None
    return category[0] in "LNPS" and character not in BLANKS


def _without_controls(text: str) -> str:
    composed = unicodedata.normalize("NFC", LINE_ENDS.sub("\n", text).replace("\t", " "))
    return "".join(character for character in composed if _is_allowed(character))


def _is_allowed(character: str) -> bool:
    if character in BIDI_CONTROLS:
        return False
    return character == "\n" or unicodedata.category(character) not in {"Cc", "Cs"}
