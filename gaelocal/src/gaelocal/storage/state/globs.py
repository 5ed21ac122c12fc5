"""`matchGlob`: patterns of object names (cloud.google.com/storage/docs/json_api/v1/objects/list)."""

import re
from functools import lru_cache

from gaelocal.storage.state.errors import Invalid

LONGEST = 1024
MOST_STARS = 16
"""Each `*` may make a match try every position; more than these could take seconds."""


@lru_cache(maxsize=64)
def compiled_glob(glob: str) -> re.Pattern[str]:
    """Return the pattern: `*` and `?` stop at a slash, `**` does not, `**/` may match nothing.

    Raises:
        Invalid: brackets or braces are not closed, or the pattern is too long.
    """
    if len(glob) > LONGEST or len(re.findall(r"\*+", glob)) > MOST_STARS:
        raise Invalid("Invalid value for matchGlob: the pattern is too long.")
    try:
        return re.compile(_translated(glob), re.DOTALL)
    except (re.error, IndexError, ValueError):
        raise Invalid(f"Invalid value for matchGlob: {glob[:200]!r}") from None


def _translated(glob: str) -> str:
    pattern, at, depth = "", 0, 0
    while at < len(glob):
        piece, length = _piece(glob, at, depth)
        depth += {"(?:": 1, ")": -1}.get(piece, 0)
        pattern += piece
        at += length
    if depth:
        raise ValueError("a brace is not closed")
    return pattern


def _piece(glob: str, at: int, depth: int) -> tuple[str, int]:
    """Return the regular expression of the next piece, and how many characters it takes."""
    for token, pattern in (("**/", "(?:.*/)?"), ("**", ".*"), ("*", "[^/]*"), ("?", "[^/]"), ("{", "(?:")):
        if glob.startswith(token, at):
            return pattern, len(token)
    if glob[at] == "\\":
        return re.escape(glob[at + 1]), 2
    if glob[at] == "[":
        end = glob.index("]", at + 2)
        inner = glob[at + 1 : end]
        without = inner[1:] if inner[0] in "!^" else inner
        escaped = without.replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^")
        return f"[{'^/' if without != inner else ''}{escaped}]", end + 1 - at
    if depth and glob[at] in ",}":
        return ("|" if glob[at] == "," else ")"), 1
    return re.escape(glob[at]), 1
