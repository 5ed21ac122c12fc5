"""Frames lines and blocks out of a stream of bytes; a refused line never makes its block a command."""

from gaelocal.memcache.cache import Cache
from gaelocal.memcache.commands import (
    BAD_CHUNK,
    ERROR,
    PERFORM,
    QUIET_FROM,
    STORING_WORDS,
    Refused,
    Storing,
    Words,
    announced_length,
    demand_room,
    is_quiet,
    store,
    storing,
)
from gaelocal.memcache.statistics import show

# 250 keys of 250 bytes fit; no client sends a longer line.
LONGEST_LINE = 64 * 1024
LINE_END = b"\r\n"
HTTP_WORDS = 3


class Conversation:
    """One connection's side of the talk, without the connection; `is_over` once the other said quit."""

    def __init__(self, cache: Cache) -> None:
        self.is_over = False
        self._cache = cache
        self._buffer = bytearray()
        self._storing: Storing | None = None
        self._to_swallow = 0

    def receive(self, received: bytes) -> None:
        self._buffer += received

    def next_answer(self) -> bytes | None:
        """Obey the next command; None while it is not complete, b"" where it wanted no reply."""
        if self.is_over:
            return None
        if self._to_swallow and not self._swallow():
            return None
        if self._storing:
            return self._take_block(self._storing)
        return self._take_line()

    def _swallow(self) -> bool:
        gone = min(self._to_swallow, len(self._buffer))
        del self._buffer[:gone]
        self._to_swallow -= gone
        return not self._to_swallow

    def _take_block(self, command: Storing) -> bytes | None:
        whole = command.length + len(LINE_END)
        if len(self._buffer) < whole:
            return None
        block = bytes(self._buffer[:whole])
        del self._buffer[:whole]
        self._storing = None
        answer = store(self._cache, command, block[:-2]) if block.endswith(LINE_END) else BAD_CHUNK
        return b"" if command.is_quiet else answer

    def _take_line(self) -> bytes | None:
        end = self._buffer.find(b"\n", 0, LONGEST_LINE)
        if end < 0:
            return self._give_up() if len(self._buffer) >= LONGEST_LINE else None
        words = [word for word in bytes(self._buffer[:end]).removesuffix(b"\r").split(b" ") if word]
        del self._buffer[: end + 1]
        return self._obey(words)

    def _give_up(self) -> bytes:
        self.is_over = True
        self._buffer.clear()
        return b"CLIENT_ERROR line too long\r\n"

    def _obey(self, words: Words) -> bytes | None:
        if _is_http(words):
            self._buffer.clear()
            self.is_over = True
            return ERROR
        if words and words[0] in STORING_WORDS:
            return self._begin_block(words)
        quiet = bool(words) and is_quiet(words, QUIET_FROM.get(words[0], len(words) + 1))
        answer = self._perform(words)
        return b"" if quiet else answer

    def _begin_block(self, words: Words) -> bytes | None:
        try:
            command = storing(words)
            demand_room(self._cache, command)
        except Refused as refused:
            length = announced_length(words)
            self._to_swallow = 0 if length is None else length + len(LINE_END)
            return b"" if is_quiet(words, STORING_WORDS[words[0]] + 1) else refused.answer
        self._storing = command
        return self.next_answer()

    def _perform(self, words: Words) -> bytes:
        match words:
            case [b"quit", *_]:
                self.is_over = True
                return b""
            case [b"stats", *rest]:
                return show(self._cache, rest)
            case [verb, *_] if verb in PERFORM:
                return self._answer_of(words)
        return ERROR

    def _answer_of(self, words: Words) -> bytes:
        try:
            return PERFORM[words[0]](self._cache, words)
        except Refused as refused:
            return refused.answer


def _is_http(words: Words) -> bool:
    """Any page in a browser of this machine can have its text posted here: the body would be commands."""
    return len(words) == HTTP_WORDS and words[0].isupper() and words[-1].startswith(b"HTTP/")
