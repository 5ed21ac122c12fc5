"""Framing of the text protocol: splits a stream of bytes into lines and blocks, and answers each command."""

from gaelocal.memcache.errors import CommandError
from gaelocal.memcache.protocol.commands import (
    ERROR,
    PERFORM,
    QUIET_FROM,
    STORING_WORDS,
    Storing,
    Words,
    announced_length,
    is_quiet,
    storing,
)
from gaelocal.memcache.protocol.meta_commands import META_PERFORM, META_SET, MetaStoring, meta_storing
from gaelocal.memcache.state.cache import Cache
from gaelocal.memcache.state.statistics import stats

# 250 keys of 250 bytes fit; no client sends a longer line.
LONGEST_LINE = 64 * 1024
LINE_END = b"\r\n"
HTTP_WORDS = 3


class Connection:
    """The protocol of one connection, without its socket; `is_over` once the client has said quit."""

    def __init__(self, cache: Cache) -> None:
        self.is_over = False
        self._cache = cache
        self._buffer = bytearray()
        self._storing: Storing | MetaStoring | None = None
        self._to_discard = 0

    def receive(self, received: bytes) -> None:
        self._buffer += received

    def next_answer(self) -> bytes | None:
        """Carry out the next command; return None while it is incomplete, b"" if it wants no reply."""
        if self.is_over:
            return None
        if self._to_discard and not self._discard():
            return None
        if self._storing:
            return self._take_block(self._storing)
        return self._take_line()

    def _discard(self) -> bool:
        gone = min(self._to_discard, len(self._buffer))
        del self._buffer[:gone]
        self._to_discard -= gone
        return not self._to_discard

    def _take_block(self, command: Storing | MetaStoring) -> bytes | None:
        whole = command.length + len(LINE_END)
        if len(self._buffer) < whole:
            return None
        block = bytes(self._buffer[:whole])
        del self._buffer[:whole]
        self._storing = None
        return command.finish(self._cache, block[:-2] if block.endswith(LINE_END) else None)

    def _take_line(self) -> bytes | None:
        end = self._buffer.find(b"\n", 0, LONGEST_LINE)
        if end < 0:
            return self._refuse_long_line() if len(self._buffer) >= LONGEST_LINE else None
        words = [word for word in bytes(self._buffer[:end]).removesuffix(b"\r").split(b" ") if word]
        del self._buffer[: end + 1]
        return self._run(words)

    def _refuse_long_line(self) -> bytes:
        self.is_over = True
        self._buffer.clear()
        return b"CLIENT_ERROR line too long\r\n"

    def _run(self, words: Words) -> bytes | None:
        if _is_http(words):
            self._buffer.clear()
            self.is_over = True
            return ERROR
        if words and (words[0] in STORING_WORDS or words[0] == META_SET):
            return self._begin_block(words)
        quiet = bool(words) and is_quiet(words, QUIET_FROM.get(words[0], len(words) + 1))
        answer = self._perform(words)
        return b"" if quiet else answer

    def _begin_block(self, words: Words) -> bytes | None:
        try:
            command = meta_storing(words) if words[0] == META_SET else storing(words)
            command.demand_room(self._cache)
        except CommandError as error:
            length = announced_length(words)
            self._to_discard = 0 if length is None else length + len(LINE_END)
            is_muted = words[0] in STORING_WORDS and is_quiet(words, STORING_WORDS[words[0]] + 1)
            return b"" if is_muted else error.answer
        self._storing = command
        return self.next_answer()

    def _perform(self, words: Words) -> bytes:
        match words:
            case [b"quit", *_]:
                self.is_over = True
                return b""
            case [b"stats", *rest]:
                return stats(self._cache, rest)
            case [verb, *_] if perform := PERFORM.get(verb) or META_PERFORM.get(verb):
                try:
                    return perform(self._cache, words)
                except CommandError as error:
                    return error.answer
        return ERROR


def _is_http(words: Words) -> bool:
    """Return whether this is HTTP: a page in a browser can post any text, which would be commands."""
    return len(words) == HTTP_WORDS and words[0].isupper() and words[-1].startswith(b"HTTP/")
