"""What people may write: any language and any emoji, no characters that steer the reader's screen."""

import unicodedata

from timeline.errors import CaptionTooLong

MAX_CHARACTERS = 500
"""Fits three times into Datastore's 1,500 bytes of an indexed string only as ASCII, hence never indexed."""
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They can make a caption read backwards and swallow what a page prints behind it."""


def clean(text: str) -> str:
    """A caption: NFC, unified line ends, without control characters. Raises CaptionTooLong."""
    kept = _without_controls(text).strip()
    if len(kept) > MAX_CHARACTERS:
        raise CaptionTooLong
    return kept


def one_line(text: str) -> str:
    """A name: cleaned like a caption, on one line; empty where nothing of it can be seen."""
    line = " ".join(_without_controls(text).split())
    return line if any(unicodedata.category(character)[0] in "LNPS" for character in line) else ""


def _without_controls(text: str) -> str:
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    return "".join(character for character in composed if _is_welcome(character))


def _is_welcome(character: str) -> bool:
    if character in BIDI_CONTROLS:
        return False
    return character == "\n" or unicodedata.category(character) not in {"Cc", "Cs"}
