"""Clean captions and names: any language and emoji are allowed, control characters are removed."""

import unicodedata

from timeline.errors import CaptionTooLong

MAX_CHARACTERS = 500
"""As UTF-8 this can exceed Datastore's 1,500 bytes for an indexed string, so captions are never indexed."""
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They can reverse the text of a caption and of the page after it."""

BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0\U000133fc\U0001d159")
"""Unicode calls them letters and symbols, but they have no ink."""


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


def _is_visible(text: str) -> bool:
    return any(unicodedata.category(character)[0] in "LNPS" and character not in BLANKS for character in text)


def _without_controls(text: str) -> str:
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    return "".join(character for character in composed if _is_allowed(character))


def _is_allowed(character: str) -> bool:
    if character in BIDI_CONTROLS:
        return False
    return character == "\n" or unicodedata.category(character) not in {"Cc", "Cs"}
