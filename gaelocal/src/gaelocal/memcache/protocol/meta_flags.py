"""The flags of the meta commands, and the answers that show them."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gaelocal.memcache.errors import CommandError
from gaelocal.memcache.protocol.commands import BAD_FORMAT, ERROR, LONGEST_KEY, Words, key_of
from gaelocal.memcache.state.cache import WRAP, Item

KNOWN_FLAGS = frozenset(b"bcfhklstvuqOPLNRTCFIMJD")
MOST_WORDS = 19
LONGEST_OPAQUE = 32
BAD_FLAG = b"CLIENT_ERROR invalid flag\r\n"
DUPLICATE_FLAG = b"CLIENT_ERROR duplicate flag\r\n"
BAD_OR_DUPLICATE = b"CLIENT_ERROR invalid or duplicate flag\r\n"
BAD_TOKEN = b"CLIENT_ERROR bad token in command line format\r\n"
BAD_KEY = b"CLIENT_ERROR error decoding key\r\n"
BAD_MODE_LENGTH = b"CLIENT_ERROR incorrect length for M token\r\n"
TOO_MANY_FLAGS = b"CLIENT_ERROR options flags are too long\r\n"
LONG_OPAQUE = b"CLIENT_ERROR opaque token too long\r\n"
SIGNED = re.compile(rb"[+-]?\d{1,10}")
UNSIGNED = re.compile(rb"\d{1,20}")


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of a command by letter, in the order in which they were sent, with their arguments."""

    key: bytes
    tokens: Mapping[int, bytes]

    def __contains__(self, letter: str) -> bool:
        return ord(letter) in self.tokens

    def number(self, letter: str, default: int = 0) -> int:
        return int(self.tokens.get(ord(letter), default))

    @property
    def is_quiet(self) -> bool:
        return "q" in self

    @property
    def mode(self) -> bytes | None:
        return self.tokens.get(ord("M"))

    def matches(self, item: Item) -> bool:
        return "C" not in self or item.unique == self.number("C")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: `facts` are the values of the flags asked for, `value` is the block if there is one."""

    code: bytes
    facts: Mapping[str, bytes] = field(default_factory=dict)
    item: Item | None = None
    more: bytes = b""
    value: bytes | None = None

    def to(self, flags: Flags) -> bytes:
        head = self.code if self.value is None else b"VA %d" % len(self.value)
        shown = b"".join(self._shown(chr(letter), token, flags) for letter, token in flags.tokens.items())
        block = b"" if self.value is None else self.value + b"\r\n"
        return head + shown + self.more + b"\r\n" + block

    def _shown(self, letter: str, token: bytes, flags: Flags) -> bytes:
        if letter == "O":
            return b" O" + token
        if letter == "k":
            is_binary = self.item.has_binary_key if self.item else "b" in flags
            return b" k" + (base64.b64encode(flags.key) + b" b" if is_binary else flags.key)
        return b" " + letter.encode() + self.facts[letter] if letter in self.facts else b""


def parse_flags(words: Words, start: int, error: bytes | None = None) -> Flags:
    """Parse the flags from `words[start]` on. `error` replaces the message for any bad flag."""
    if len(words) < 2:  # noqa: PLR2004 - the command and the key
        raise CommandError(ERROR)
    if len(words) > MOST_WORDS:
        raise CommandError(TOO_MANY_FLAGS)
    tokens: dict[int, bytes] = {}
    for word in words[start:]:
        if word[0] in tokens or word[0] not in KNOWN_FLAGS:
            raise CommandError(error or (DUPLICATE_FLAG if word[0] in tokens else BAD_FLAG))
        tokens[word[0]] = word[1:]
    for problem in filter(None, map(_problem, words[start:])):
        raise CommandError(error or problem)
    if len(tokens.get(ord("O"), b"")) >= LONGEST_OPAQUE:
        raise CommandError(LONG_OPAQUE)
    return Flags(_decoded(words[1], error) if ord("b") in tokens else key_of(words[1]), tokens)


def _problem(word: bytes) -> bytes | None:
    letter, argument = word[:1], word[1:]
    if letter in b"NTR" and not (SIGNED.fullmatch(argument) and -(2**31) <= int(argument) < 2**31):
        return BAD_TOKEN
    if letter in b"CJD" and not (UNSIGNED.fullmatch(argument) and int(argument) < WRAP):
        return BAD_TOKEN
    if letter == b"F" and not UNSIGNED.fullmatch(argument):
        return BAD_FORMAT
    return BAD_MODE_LENGTH if letter == b"M" and len(argument) != 1 else None


def _decoded(word: bytes, error: bytes | None) -> bytes:
    if len(word) > LONGEST_KEY:
        raise CommandError(BAD_FORMAT)
    try:
        return base64.b64decode(word, validate=True)
    except binascii.Error:
        raise CommandError(error or BAD_KEY) from None
