"""What is cached, for how long, and what has to go: knows nothing of lines and sockets."""

import re
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST_ITEM_BYTES = 1024 * 1024
# memcached's own bookkeeping for one item; it counts against the limit of 1 MB.
ITEM_OVERHEAD = 59
FLAGS_OVERHEAD = 4
A_MONTH = 30 * 24 * 3600
WRAP = 2**64
MOST_DIGITS = 20
_NUMBER = re.compile(rb"\s*\+?(\d+)(?:\s.*)?", re.DOTALL)


@dataclass(slots=True)
class Item:
    """`expires` is a moment in seconds, 0 for never; `unique` is what cas compares."""

    value: bytes
    flags: int
    expires: float
    unique: int


class TooLarge(Exception):
    """The item would be over 1 MB."""


class NotANumber(Exception):
    """The value cannot be counted up or down."""


class Cache:
    """At most `max_bytes` of items; the one not used for longest goes first."""

    def __init__(self, max_bytes: int, clock: Callable[[], float]) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self.counts: Counter[str] = Counter()
        self._clock = clock
        self._items: OrderedDict[bytes, Item] = OrderedDict()
        self._last_unique = 0
        self._flush_at: float | None = None

    def __len__(self) -> int:
        return len(self._items)

    def get(self, key: bytes) -> Item | None:
        """Give the item if it is still good, and count it as used."""
        item = self._live(key)
        self.counts["get_misses" if item is None else "get_hits"] += 1
        return item

    def put(self, key: bytes, value: bytes, flags: int, exptime: int) -> None:
        self._demand_size(key, value, flags)
        self._forget(key)
        self.counts["total_items"] += 1
        item = Item(value, flags, self._moment(exptime), self._next_unique())
        self._items[key] = item
        self.bytes += _size(key, item)
        self._evict()

    def add(self, key: bytes, value: bytes, flags: int, exptime: int) -> bool:
        if self._live(key):
            return False
        self.put(key, value, flags, exptime)
        return True

    def replace(self, key: bytes, value: bytes, flags: int, exptime: int) -> bool:
        if not self._live(key):
            return False
        self.put(key, value, flags, exptime)
        return True

    def join(self, key: bytes, before: bytes, after: bytes) -> bool:
        """Write `before` in front of the value and `after` behind it; flags and time stay."""
        item = self._live(key)
        if item is None or item_bytes(key, len(before + item.value + after), item.flags) > MOST_ITEM_BYTES:
            return False
        self._rewrite(item, before + item.value + after)
        return True

    def swap(self, key: bytes, value: bytes, flags: int, exptime: int, unique: int) -> bool | None:
        """Put the value if nobody has since `unique` was read; None if there is nothing any more."""
        item = self._live(key)
        outcome = None if item is None else item.unique == unique
        self.counts[{None: "cas_misses", True: "cas_hits", False: "cas_badval"}[outcome]] += 1
        if outcome:
            self.put(key, value, flags, exptime)
        return outcome

    def delete(self, key: bytes) -> bool:
        found = self._live(key) is not None
        self.counts["delete_hits" if found else "delete_misses"] += 1
        self._forget(key)
        return found

    def count(self, key: bytes, delta: int) -> int | None:
        """Count the value up, wrapping at 2**64, or down to 0 and not below.

        Raises:
            NotANumber: the value is no number of up to 20 digits.
        """
        item = self._live(key)
        verb = "incr" if delta >= 0 else "decr"
        self.counts[f"{verb}_misses" if item is None else f"{verb}_hits"] += 1
        if item is None:
            return None
        number = max(_number(item.value) + delta, 0) % WRAP
        # A shorter number is padded, as memcached writes it into the place of the longer one.
        self._rewrite(item, str(number).encode().ljust(len(item.value)))
        return number

    def touch(self, key: bytes, exptime: int) -> Item | None:
        item = self._live(key)
        self.counts["touch_misses" if item is None else "touch_hits"] += 1
        if item:
            item.expires = self._moment(exptime)
        return item

    def flush(self, delay: int) -> None:
        """Make everything that is stored by then invalid `delay` seconds from now."""
        self.counts["cmd_flush"] += 1
        self._next_unique()
        self._flush_at = None
        if delay > 0:
            self._flush_at = self._moment(delay)
        else:
            self._drop_all()

    def demand_room(self, key: bytes, length: int, flags: int) -> None:
        """Refuse by its announced length what would not fit.

        Raises:
            TooLarge: the item would be over 1 MB.
        """
        if item_bytes(key, length, flags) > min(MOST_ITEM_BYTES, self.max_bytes):
            self.counts["store_too_large"] += 1
            raise TooLarge

    def _demand_size(self, key: bytes, value: bytes, flags: int) -> None:
        self.demand_room(key, len(value), flags)

    def _live(self, key: bytes) -> Item | None:
        now = self._clock()
        if self._flush_at is not None and now >= self._flush_at:
            self._flush_at = None
            self._drop_all()
        item = self._items.get(key)
        if item is None:
            return None
        if item.expires and now >= item.expires:
            self._forget(key)
            return None
        self._items.move_to_end(key)
        return item

    def _rewrite(self, item: Item, value: bytes) -> None:
        self.bytes += len(value) - len(item.value)
        item.value = value
        item.unique = self._next_unique()
        self._evict()

    def _forget(self, key: bytes) -> None:
        item = self._items.pop(key, None)
        if item is not None:
            self.bytes -= _size(key, item)

    def _drop_all(self) -> None:
        self._items.clear()
        self.bytes = 0

    def _evict(self) -> None:
        while self.bytes > self.max_bytes:
            key, item = self._items.popitem(last=False)
            self.bytes -= _size(key, item)
            self.counts["evictions"] += 1

    def _next_unique(self) -> int:
        self._last_unique += 1
        return self._last_unique

    def _moment(self, exptime: int) -> float:
        """Read an exptime: 0 never, below 0 at once, up to 30 days from now, above that an absolute time."""
        if exptime == 0:
            return 0
        now = self._clock()
        if exptime < 0:
            return now
        return now + exptime if exptime <= A_MONTH else max(exptime, 1)


def item_bytes(key: bytes, length: int, flags: int) -> int:
    return ITEM_OVERHEAD + len(key) + length + (FLAGS_OVERHEAD if flags else 0)


def _size(key: bytes, item: Item) -> int:
    return item_bytes(key, len(item.value), item.flags)


def _number(value: bytes) -> int:
    match = _NUMBER.fullmatch(value) if len(value) <= MOST_DIGITS else None
    if match is None or int(match.group(1)) >= WRAP:
        raise NotANumber
    return int(match.group(1))
