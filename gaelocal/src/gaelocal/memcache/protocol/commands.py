"""The classic commands of the text protocol (memcached's doc/protocol.txt), one function each."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from gaelocal.memcache.errors import CommandError, NotANumber, TooLarge
from gaelocal.memcache.state.cache import WRAP, Cache, Item
from gaelocal.memcache.state.statistics import VERSION

LONGEST_KEY = 250
MOST_FLAGS = 2**32
MOST_LENGTH = 2**31 - 3
LEAST_MEGABYTES = 8
MOST_MEGABYTES = 1_000_000_000
STORED, NOT_STORED, NOT_FOUND, EXISTS = b"STORED\r\n", b"NOT_STORED\r\n", b"NOT_FOUND\r\n", b"EXISTS\r\n"
LINE_END = b"\r\n"
ERROR = b"ERROR\r\n"
END = b"END\r\n"
OK = b"OK\r\n"
BAD_FORMAT = b"CLIENT_ERROR bad command line format\r\n"
BAD_DELETE = b"CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]\r\n"
BAD_DELTA = b"CLIENT_ERROR invalid numeric delta argument\r\n"
BAD_TIME = b"CLIENT_ERROR invalid exptime argument\r\n"
BAD_CHUNK = b"CLIENT_ERROR bad data chunk\r\n"
NOT_NUMERIC = b"CLIENT_ERROR cannot increment or decrement non-numeric value\r\n"
TOO_LARGE = b"SERVER_ERROR object too large for cache\r\n"
STORING_WORDS = {b"set": 5, b"add": 5, b"replace": 5, b"append": 5, b"prepend": 5, b"cas": 6}
MOST_DIGITS = 20
_BAD_KEY_BYTE = re.compile(rb"[\x00-\x20\x7f]")
_WHOLE_NUMBER = re.compile(rb"[+-]?\d{1,20}")

Words = list[bytes]
Perform = Callable[[Cache, Words], bytes]


@dataclass(slots=True, kw_only=True)  # frozen ones take three times as long to make
class Storing:
    """A storage command; a block of `length` bytes follows its line."""

    verb: bytes
    key: bytes
    flags: int
    exptime: int
    length: int
    unique: int
    is_quiet: bool

    def demand_room(self, cache: Cache) -> None:
        """Check the announced length; a `set` that fails must not leave the old value behind.

        Raises:
            CommandError: the item would be too large.
        """
        try:
            cache.demand_room(self.key, self.length, self.flags)
        except TooLarge:
            if self.verb == b"set":
                cache.delete(self.key)
            raise CommandError(TOO_LARGE) from None

    def finish(self, cache: Cache, value: bytes | None) -> bytes:
        """Store the block and return the answer. None is a block without its line end."""
        answer = BAD_CHUNK if value is None else store(cache, self, value)
        return b"" if self.is_quiet else answer


def is_quiet(words: Words, least: int) -> bool:
    return len(words) >= least and words[-1] == b"noreply"


def announced_length(words: Words) -> int | None:
    """Return the length of the block that follows, even if the rest of the line is invalid."""
    needed = STORING_WORDS.get(words[0], 0)
    if needed:
        announced = words[4] if needed <= len(words) <= needed + 1 else b""
    else:
        announced = words[2] if len(words) > 2 else b""  # noqa: PLR2004 - ms <key> <length>
    length = int(announced) if announced.isdigit() else -1
    return length if 0 <= length <= MOST_LENGTH else None


def storing(words: Words) -> Storing:
    needed = STORING_WORDS[words[0]]
    if not needed <= len(words) <= needed + 1:
        raise CommandError(ERROR)
    length = number_of(words[4], BAD_FORMAT)
    if not 0 <= length <= MOST_LENGTH:
        raise CommandError(BAD_FORMAT)
    flags = number_of(words[2], BAD_FORMAT)
    if not 0 <= flags < MOST_FLAGS:
        raise CommandError(BAD_FORMAT)
    return Storing(
        verb=words[0],
        key=key_of(words[1]),
        flags=flags,
        exptime=number_of(words[3], BAD_FORMAT),
        length=length,
        unique=number_of(words[5], BAD_FORMAT) if words[0] == b"cas" else 0,
        is_quiet=len(words) > needed and words[-1] == b"noreply",
    )


def store(cache: Cache, command: Storing, value: bytes) -> bytes:
    cache.counts["cmd_set"] += 1
    item = (command.key, value, command.flags, command.exptime)
    match command.verb:
        case b"set":
            cache.put(*item)
            return STORED
        case b"add":
            return STORED if cache.add(*item) else NOT_STORED
        case b"replace":
            return STORED if cache.replace(*item) else NOT_STORED
        case b"append":
            return STORED if cache.join(command.key, b"", value) else NOT_STORED
        case b"prepend":
            return STORED if cache.join(command.key, value, b"") else NOT_STORED
    return {None: NOT_FOUND, True: STORED, False: EXISTS}[cache.swap(*item, command.unique)]


def get(cache: Cache, words: Words) -> bytes:
    return _values(_asked(words), cache.get, _value)


def gets(cache: Cache, words: Words) -> bytes:
    return _values(_asked(words), cache.get, _value_with_unique)


def get_and_touch(cache: Cache, words: Words) -> bytes:
    exptime = number_of(_asked(words)[0], BAD_TIME)
    return _values(words[2:], lambda key: _get_touched(cache, key, exptime), _value)


def gets_and_touch(cache: Cache, words: Words) -> bytes:
    exptime = number_of(_asked(words)[0], BAD_TIME)
    return _values(words[2:], lambda key: _get_touched(cache, key, exptime), _value_with_unique)


def delete(cache: Cache, words: Words) -> bytes:
    _demand_words(words, 2, 4)
    key = key_of(words[1])
    if words[2:] not in ([], [b"0"], [b"noreply"], [b"0", b"noreply"]):
        raise CommandError(BAD_DELETE)
    return b"DELETED\r\n" if cache.delete(key) else NOT_FOUND


def increment(cache: Cache, words: Words) -> bytes:
    return _count(cache, words, 1)


def decrement(cache: Cache, words: Words) -> bytes:
    return _count(cache, words, -1)


def touch(cache: Cache, words: Words) -> bytes:
    _demand_words(words, 3, 4)
    exptime = number_of(words[2], BAD_TIME)
    return b"TOUCHED\r\n" if cache.touch(key_of(words[1]), exptime) else NOT_FOUND


def flush_all(cache: Cache, words: Words) -> bytes:
    _demand_words(words, 1, 3)
    delay = words[1:] if words[-1] != b"noreply" else words[1:-1]
    cache.flush(number_of(delay[0], BAD_TIME) if delay else 0)
    return OK


def version(_cache: Cache, _words: Words) -> bytes:
    return f"VERSION {VERSION}\r\n".encode()


def verbosity(_cache: Cache, words: Words) -> bytes:
    _demand_words(words, 2, 3)
    if words[1] != b"noreply":
        number_of(words[1], BAD_FORMAT)
    return OK


def cache_memlimit(cache: Cache, words: Words) -> bytes:
    _demand_words(words, 2, 3)
    if not words[1].isdigit():
        raise CommandError(ERROR)
    megabytes = int(words[1])
    if megabytes < LEAST_MEGABYTES:
        raise CommandError(b"MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m\r\n")
    if megabytes > MOST_MEGABYTES:
        raise CommandError(b"MEMLIMIT_ADJUST_FAILED input value is megabytes not bytes\r\n")
    cache.set_limit(megabytes << 20)
    return OK


def shutdown(_cache: Cache, _words: Words) -> bytes:
    return b"ERROR: shutdown not enabled\r\n"


PERFORM: dict[bytes, Perform] = {
    b"get": get,
    b"gets": gets,
    b"gat": get_and_touch,
    b"gats": gets_and_touch,
    b"delete": delete,
    b"incr": increment,
    b"decr": decrement,
    b"touch": touch,
    b"flush_all": flush_all,
    b"version": version,
    b"verbosity": verbosity,
    b"cache_memlimit": cache_memlimit,
    b"shutdown": shutdown,
}
# How many words a line has at least when `noreply` at its end is not a key.
QUIET_FROM = {b"delete": 3, b"incr": 4, b"decr": 4, b"touch": 4, b"flush_all": 2}
QUIET_FROM |= {b"verbosity": 2, b"cache_memlimit": 3}


def _asked(words: Words) -> Words:
    if not words[1:]:
        raise CommandError(ERROR)
    return words[1:]


def _values(
    keys: Words, find: Callable[[bytes], Item | None], write: Callable[[bytes, Item], bytes]
) -> bytes:
    if keys and (max(map(len, keys)) > LONGEST_KEY or _BAD_KEY_BYTE.search(b"".join(keys))):
        raise CommandError(BAD_FORMAT)
    parts: list[bytes] = []
    for key in keys:
        item = find(key)
        if item is not None:
            parts += (write(key, item), item.value, LINE_END)
    parts.append(END)
    return b"".join(parts)


def _value(key: bytes, item: Item) -> bytes:
    return b"VALUE %b %d %d\r\n" % (key, item.flags, len(item.value))


def _value_with_unique(key: bytes, item: Item) -> bytes:
    return b"VALUE %b %d %d %d\r\n" % (key, item.flags, len(item.value), item.unique)


def _get_touched(cache: Cache, key: bytes, exptime: int) -> Item | None:
    """Read first: an expiry that is already past takes effect for the next reader."""
    item = cache.get(key)
    cache.touch(key, exptime)
    return item


def _count(cache: Cache, words: Words, sign: int) -> bytes:
    _demand_words(words, 3, 4)
    delta = number_of(words[2], BAD_DELTA)
    if not 0 <= delta < WRAP:
        raise CommandError(BAD_DELTA)
    try:
        number = cache.count(key_of(words[1]), sign * delta)
    except NotANumber:
        raise CommandError(NOT_NUMERIC) from None
    return NOT_FOUND if number is None else b"%d\r\n" % number


def _demand_words(words: Words, least: int, most: int) -> None:
    if not least <= len(words) <= most:
        raise CommandError(ERROR)


def key_of(word: bytes) -> bytes:
    if len(word) > LONGEST_KEY or _BAD_KEY_BYTE.search(word):
        raise CommandError(BAD_FORMAT)
    return word


def number_of(word: bytes, refusal: bytes) -> int:
    if not (word.isdigit() and len(word) <= MOST_DIGITS) and not _WHOLE_NUMBER.fullmatch(word):
        raise CommandError(refusal)
    return int(word)
