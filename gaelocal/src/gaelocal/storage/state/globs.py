"""`matchGlob`: patterns of object names (cloud.google.com/storage/docs/json_api/v1/objects/list)."""

import re
from collections.abc import Callable
from functools import lru_cache

from gaelocal.storage.state.errors import Invalid

LONGEST = 1024
MOST_STARS = 16
"""Each `*` may add to the states that the pattern is in at once."""
MOST_STEPS = 4096
"""Remembered steps of one pattern; more are forgotten."""

Accepts = Callable[[str], object]


class Glob:
    """An automaton. It is in several states at once, so that no name takes time exponential in the pattern.

    `*` and `?` stop at a slash, `**` does not, `**/` may match nothing.

    Raises:
        ValueError: brackets or braces are not closed.
        IndexError: nothing follows a backslash.
        re.error: a range in brackets is reversed.
    """

    def __init__(self, glob: str) -> None:
        self._moves: list[list[tuple[Accepts, int]]] = [[]]
        self._free_moves: list[list[int]] = [[]]
        self._steps: dict[tuple[frozenset[int], str], frozenset[int]] = {}
        self._last = self._build(glob)
        self._first = self._reachable({0})

    def matches(self, name: str) -> bool:
        states = self._first
        for character in name:
            states = self._next(states, character)
            if not states:
                return False
        return self._last in states

    def _next(self, states: frozenset[int], character: str) -> frozenset[int]:
        known = self._steps.get((states, character))
        if known is not None:
            return known
        if len(self._steps) >= MOST_STEPS:
            self._steps.clear()
        moves = (move for state in states for move in self._moves[state])
        found = self._reachable({target for accepts, target in moves if accepts(character)})
        self._steps[states, character] = found
        return found

    def _reachable(self, states: set[int]) -> frozenset[int]:
        """Return the states and those that follow from them without a character."""
        found, waiting = set(states), list(states)
        while waiting:
            new = [state for state in self._free_moves[waiting.pop()] if state not in found]
            found.update(new)
            waiting += new
        return frozenset(found)

    def _build(self, glob: str) -> int:
        """Add the states of the pattern; return the last one."""
        state, at = 0, 0
        braces: list[tuple[int, int]] = []
        while at < len(glob):
            if glob[at] == "{":
                braces.append((state, self._new_state()))
                state, at = self._new_state(state), at + 1
            elif braces and glob[at] in ",}":
                begin, end = braces[-1] if glob[at] == "," else braces.pop()
                self._free_moves[state].append(end)
                state, at = self._new_state(begin) if glob[at] == "," else end, at + 1
            elif glob[at] == "*":
                state, at = self._add_star(glob, at, state)
            else:
                accepts, length = _character(glob, at)
                new = self._new_state()
                self._moves[state].append((accepts, new))
                state, at = new, at + length
        if braces:
            raise ValueError("a brace is not closed")
        return state

    def _add_star(self, glob: str, at: int, state: int) -> tuple[int, int]:
        """Add `*`, `**` or `**/`; return the state and the place after it."""
        loop = self._new_state(state)
        if not glob.startswith("**", at):
            self._moves[loop].append((_is_no_slash, loop))
            return loop, at + 1
        self._moves[loop].append((bool, loop))
        if not glob.startswith("**/", at):
            return loop, at + 2
        end = self._new_state(state)
        self._moves[loop].append(("/".__eq__, end))
        return end, at + 3

    def _new_state(self, before: int | None = None) -> int:
        """Add a state, which follows `before` without a character."""
        self._moves.append([])
        self._free_moves.append([])
        state = len(self._moves) - 1
        if before is not None:
            self._free_moves[before].append(state)
        return state


@lru_cache(maxsize=64)
def compiled_glob(glob: str) -> Glob:
    """Return the pattern.

    Raises:
        Invalid: brackets or braces are not closed, or the pattern is too long.
    """
    if len(glob) > LONGEST or len(re.findall(r"\*+", glob)) > MOST_STARS:
        raise Invalid("Invalid value for matchGlob: the pattern is too long.")
    try:
        return Glob(glob)
    except (re.error, IndexError, ValueError):
        raise Invalid(f"Invalid value for matchGlob: {glob[:200]!r}") from None


def _character(glob: str, at: int) -> tuple[Accepts, int]:
    """Return what accepts the next character of a name, and how many of the pattern say so."""
    if glob[at] == "?":
        return _is_no_slash, 1
    if glob[at] == "\\":
        return glob[at + 1].__eq__, 2
    if glob[at] == "[":
        end = glob.index("]", at + 2)
        inner = glob[at + 1 : end]
        without = inner[1:] if inner[0] in "!^" else inner
        escaped = without.replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^")
        return re.compile(f"[{'^/' if without != inner else ''}{escaped}]").match, end + 1 - at
    return glob[at].__eq__, 1


def _is_no_slash(character: str) -> bool:
    return character != "/"
