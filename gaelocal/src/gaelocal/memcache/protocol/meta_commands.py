"""The meta commands (memcached's doc/protocol.txt, "Meta Commands"): mg, ms, md, ma, me and mn."""

import base64
from dataclasses import dataclass
from urllib.parse import quote_from_bytes

from gaelocal.memcache.errors import CommandError, NotANumber, TooLarge
from gaelocal.memcache.protocol.commands import (
    BAD_CHUNK,
    BAD_FORMAT,
    ERROR,
    MOST_FLAGS,
    MOST_LENGTH,
    NOT_NUMERIC,
    TOO_LARGE,
    Perform,
    Words,
)
from gaelocal.memcache.protocol.meta_flags import BAD_OR_DUPLICATE, UNSIGNED, Answer, Flags, parse_flags
from gaelocal.memcache.state.cache import Cache, Item, size_of
from gaelocal.memcache.state.slab_classes import slab_class

META_SET = b"ms"
MISS = b"EN"
STORED, NOT_STORED, EXISTS, NOT_FOUND = b"HD", b"NS", b"EX", b"NF"
SET, ADD, APPEND, PREPEND, REPLACE = b"S", b"E", b"A", b"P", b"R"
INCREMENT, DECREMENT = frozenset(b"I+"), frozenset(b"D-")


@dataclass(frozen=True, slots=True)
class MetaStoring:
    """An `ms` command; a block of `length` bytes follows its line."""

    flags: Flags
    length: int

    def demand_room(self, cache: Cache) -> None:
        """Check the announced length.

        Raises:
            CommandError: the item would be too large.
        """
        try:
            cache.demand_room(self.flags.key, self.length, self.flags.number("F") % MOST_FLAGS)
        except TooLarge:
            cache.delete(self.flags.key)
            raise CommandError(TOO_LARGE) from None

    def finish(self, cache: Cache, value: bytes | None) -> bytes:
        """Store the block and return the answer. None is a block without its line end."""
        if value is None:
            return BAD_CHUNK
        cache.counts["cmd_set"] += 1
        code = _store(cache, self.flags, value)
        item = cache.peek(self.flags.key) if code == STORED else None
        if item is not None:
            item.has_binary_key = item.has_binary_key or "b" in self.flags
        if code == STORED and self.flags.is_quiet:
            return b""
        unique = b"%d" % (item.unique if item else 0)
        return Answer(code, {"c": unique}).to(self.flags)


def meta_storing(words: Words) -> MetaStoring:
    if len(words) < 3:  # noqa: PLR2004 - the command, the key and the length
        raise CommandError(BAD_FORMAT if len(words) > 1 else ERROR)
    if not UNSIGNED.fullmatch(words[2]) or int(words[2]) > MOST_LENGTH:
        raise CommandError(BAD_FORMAT)
    flags = parse_flags(words, 3)
    if flags.mode not in (None, SET, ADD, APPEND, PREPEND, REPLACE):
        raise CommandError(b"CLIENT_ERROR invalid mode for ms M token\r\n")
    return MetaStoring(flags, int(words[2]))


def meta_get(cache: Cache, words: Words) -> bytes:
    flags = parse_flags(words, 2)
    item = cache.peek(flags.key)
    _count(cache, flags, item)
    is_vivified = item is None and "N" in flags
    if is_vivified:
        item = cache.put(flags.key, b"", 0, 0)
        item.has_binary_key = "b" in flags
    if item is None:
        return b"" if flags.is_quiet else Answer(MISS).to(flags)
    is_won = is_vivified or _is_recache_due(cache, flags, item)
    shown = _winner_flags(item, is_won=is_won)
    answer = _found(cache, flags, item, shown, is_vivified=is_vivified)
    if "u" not in flags:
        cache.use(flags.key, item)
    return answer


def meta_delete(cache: Cache, words: Words) -> bytes:
    flags = parse_flags(words, 2, BAD_OR_DUPLICATE)
    item = cache.peek(flags.key)
    if item is None:
        cache.counts["delete_misses"] += 1
        return Answer(NOT_FOUND).to(flags)
    if not flags.matches(item):
        return Answer(EXISTS).to(flags)
    if "I" in flags:
        _invalidate(cache, flags, item)
    else:
        cache.delete(flags.key)
    return b"" if flags.is_quiet else Answer(STORED).to(flags)


def meta_arithmetic(cache: Cache, words: Words) -> bytes:
    flags = parse_flags(words, 2, BAD_OR_DUPLICATE)
    mode = flags.mode or b"I"
    if mode[0] not in INCREMENT | DECREMENT:
        raise CommandError(b"CLIENT_ERROR invalid mode for ma M token\r\n")
    item = cache.peek(flags.key)
    if item is not None and not flags.matches(item):
        return Answer(EXISTS).to(flags)
    if item is None and "N" in flags:
        item = cache.put(flags.key, b"%d" % flags.number("J"), 0, 0)
        item.has_binary_key = "b" in flags
        return _number_found(cache, flags, item, is_vivified=True)
    try:
        delta = flags.number("D", 1)
        number = cache.count(flags.key, delta if mode[0] in INCREMENT else -delta)
    except NotANumber:
        raise CommandError(NOT_NUMERIC) from None
    if item is None or number is None:
        return Answer(NOT_FOUND).to(flags)
    answer = _number_found(cache, flags, item, is_vivified=False)
    return b"" if flags.is_quiet else answer


def meta_debug(cache: Cache, words: Words) -> bytes:
    if words[2:] not in ([], [b"b"]) or len(words) < 2:  # noqa: PLR2004 - the command and the key
        raise CommandError(BAD_FORMAT)
    flags = parse_flags(words, 2)
    item = cache.peek(flags.key)
    if item is None:
        return b"EN\r\n"
    size = size_of(flags.key, item)
    facts = {
        b"exp": b"%d" % (-cache.remaining(item) if item.expires else -1),  # memcached 1.6 negates it too
        b"la": b"%d" % cache.idle(item),
        b"cas": b"%d" % item.unique,
        b"fetch": b"yes" if item.is_fetched else b"no",
        b"cls": b"%d" % slab_class(size),
        b"size": b"%d" % size,
    }
    shown = b" ".join(b"%b=%b" % fact for fact in facts.items())
    return b"ME %b %b\r\n" % (_encoded(flags.key, item), shown)


def meta_noop(_cache: Cache, _words: Words) -> bytes:
    return b"MN\r\n"


META_PERFORM: dict[bytes, Perform] = {
    b"mg": meta_get,
    b"md": meta_delete,
    b"ma": meta_arithmetic,
    b"me": meta_debug,
    b"mn": meta_noop,
}


def _store(cache: Cache, flags: Flags, value: bytes) -> bytes:
    old = cache.peek(flags.key)
    mode = flags.mode or SET
    if mode in (APPEND, PREPEND):
        if old is not None and not flags.matches(old):
            return EXISTS
        before, after = (b"", value) if mode == APPEND else (value, b"")
        return STORED if cache.join(flags.key, before, after) else NOT_STORED
    if mode == ADD and old is not None:
        cache.use(flags.key, old)
        return NOT_STORED
    if "C" in flags and mode != ADD:
        return _store_if_unchanged(cache, flags, value, old)
    if mode == REPLACE and old is None:
        return NOT_STORED
    _put(cache, flags, value)
    return STORED


def _store_if_unchanged(cache: Cache, flags: Flags, value: bytes, old: Item | None) -> bytes:
    if old is None:
        cache.counts["cas_misses"] += 1
        return NOT_FOUND
    if flags.matches(old):
        cache.counts["cas_hits"] += 1
        _put(cache, flags, value)
        return STORED
    if "I" in flags and flags.number("C") < old.unique:
        item = _put(cache, flags, value)
        item.expires, item.has_winner, item.is_stale = old.expires, old.has_winner, True
        return STORED
    cache.counts["cas_badval"] += 1
    return EXISTS


def _put(cache: Cache, flags: Flags, value: bytes) -> Item:
    return cache.put(flags.key, value, flags.number("F") % MOST_FLAGS, flags.number("T"))


def _invalidate(cache: Cache, flags: Flags, item: Item) -> None:
    item.is_stale, item.has_winner = True, False
    if "T" in flags:
        item.expires = cache.moment(flags.number("T"))
    cache.renew(item)


def _count(cache: Cache, flags: Flags, item: Item | None) -> None:
    outcome = "misses" if item is None else "hits"
    if "T" in flags:
        cache.counts["cmd_touch"] += 1
        cache.counts[f"touch_{outcome}"] += 1
    cache.counts[f"get_{outcome}"] += 1


def _is_recache_due(cache: Cache, flags: Flags, item: Item) -> bool:
    if item.has_winner:
        return False
    is_soon = "R" in flags and item.expires != 0 and item.expires < cache.moment(flags.number("R"))
    return is_soon or item.is_stale


def _winner_flags(item: Item, *, is_won: bool) -> bytes:
    """Return the flags Z, X and W that apply; a client that sees W has to cache the item anew."""
    shown = b" Z" * item.has_winner + b" X" * item.is_stale + b" W" * is_won
    item.has_winner = item.has_winner or is_won
    return shown


def _set_expiry(cache: Cache, flags: Flags, item: Item, *, is_vivified: bool) -> int:
    """Apply the flags N and T in their order, and return what t shows at its place among them."""
    shown = -1
    for letter in flags.tokens:
        if letter == ord("T") or (letter == ord("N") and is_vivified):
            item.expires = cache.moment(flags.number(chr(letter)))
        elif letter == ord("t"):
            shown = cache.remaining(item)
    return shown


def _found(cache: Cache, flags: Flags, item: Item, more: bytes, *, is_vivified: bool) -> bytes:
    facts = {
        "s": b"%d" % len(item.value),
        "t": b"%d" % _set_expiry(cache, flags, item, is_vivified=is_vivified),
        "c": b"%d" % item.unique,
        "f": b"%d" % item.flags,
        "l": b"%d" % cache.idle(item),
        "h": b"1" if item.is_fetched else b"0",
    }
    value = item.value if "v" in flags else None
    return Answer(STORED, facts, item, more, value).to(flags)


def _number_found(cache: Cache, flags: Flags, item: Item, *, is_vivified: bool) -> bytes:
    facts = {"t": b"%d" % _set_expiry(cache, flags, item, is_vivified=is_vivified), "c": b"%d" % item.unique}
    value = item.value.rstrip(b" ") if "v" in flags else None
    return Answer(STORED, facts, item, value=value).to(flags)


def _encoded(key: bytes, item: Item) -> bytes:
    return base64.b64encode(key) if item.has_binary_key else quote_from_bytes(key).encode()
