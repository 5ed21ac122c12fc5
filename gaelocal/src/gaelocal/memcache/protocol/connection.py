"""Framing of the text protocol: splits a stream of bytes into lines and blocks, and answers each command."""

from gaelocal.memcache.errors import CommandError
from gaelocal.memcache.protocol.commands import (
    ERROR,
    LINE_END,
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
HTTP_WORDS = 3


class Connection:
    """The protocol of one connection, without its socket; `is_over` once the client has said quit."""

    def __init__(self, cache: Cache) -> None:
        self.is_over = False
        self._cache = cache
        # What was received: usually one whole command, which is then never copied. Read up to `_at`.
        self._received: bytes | bytearray = b""
        self._at = 0
        self._storing: Storing | MetaStoring | None = None
        self._to_discard = 0

    def receive(self, received: bytes) -> None:
        if self._at == len(self._received):
            self._received, self._at = received, 0
            return
        if isinstance(self._received, bytes):
            self._received = bytearray(self._received)
        del self._received[: self._at]
        self._at = 0
        self._received += received

    def next_answer(self) -> bytes | None:
        """Carry out the next command; return None while it is incomplete, b"" if it wants no reply."""
        if self.is_over or self._at == len(self._received):
            return None
        if self._to_discard and not self._discard():
            return None
        if self._storing:
            return self._take_block(self._storing)
        return self._take_line()

    def _discard(self) -> bool:
        gone = min(self._to_discard, len(self._received) - self._at)
        self._at += gone
        self._to_discard -= gone
        return not self._to_discard

    def _take_block(self, command: Storing | MetaStoring) -> bytes | None:
        start, end = self._at, self._at + command.length
        if len(self._received) < end + len(LINE_END):
            return None
        block = bytes(self._received[start:end])
        is_whole = self._received[end : end + len(LINE_END)] == LINE_END
        self._at = end + len(LINE_END)
        self._storing = None
        return command.finish(self._cache, block if is_whole else None)

    def _take_line(self) -> bytes | None:
        start = self._at
        end = self._received.find(b"\n", start, start + LONGEST_LINE)
        if end < 0:
            return self._refuse_long_line() if len(self._received) - start >= LONGEST_LINE else None
        self._at = end + 1
        words = bytes(self._received[start:end]).removesuffix(b"\r").split(b" ")
        return self._run([word for word in words if word] if b"" in words else words)

    def _refuse_long_line(self) -> bytes:
        self._end()
        return b"CLIENT_ERROR line too long\r\n"

    def _run(self, words: Words) -> bytes | None:
        verb = words[0] if words else b""
        if verb in STORING_WORDS or verb == META_SET:
            return self._begin_block(words)
        answer = self._perform(verb, words)
        return b"" if verb in QUIET_FROM and is_quiet(words, QUIET_FROM[verb]) else answer

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

    def _perform(self, verb: bytes, words: Words) -> bytes:
        if perform := PERFORM.get(verb) or META_PERFORM.get(verb):
            try:
                return perform(self._cache, words)
            except CommandError as error:
                return error.answer
        if verb == b"stats":
            return stats(self._cache, words[1:])
        if verb == b"quit":
            self.is_over = True
            return b""
        if _is_http(words):
            self._end()
        return ERROR

    def _end(self) -> None:
        self.is_over = True
        self._received, self._at = b"", 0


def _is_http(words: Words) -> bool:
    """Return whether this is HTTP: a page in a browser can post any text, which would be commands.

    A page whose domain was rebound to this machine chooses the method; it cannot leave out the header Host.
    """
    if not words:
        return False
    return words[0].lower() == b"host:" or (len(words) == HTTP_WORDS and words[-1].startswith(b"HTTP/"))
