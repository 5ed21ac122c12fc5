"""The cached items, their expiry and their eviction."""

import math
import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gaelocal.memcache.errors import NotANumber, TooLarge

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
    """`expires` and `accessed` are seconds since 1970, 0 for never; `unique` is what cas compares.

    The last four fields serve the meta commands: a stale item waits to be cached anew, and one client
    was asked to do so if `has_winner` is set.
    """

    value: bytes
    flags: int
    expires: float
    unique: int
    accessed: float = 0.0
    is_fetched: bool = False
    is_stale: bool = False
    has_winner: bool = False
    has_binary_key: bool = False


class Cache:
    """At most `max_bytes` of items; the least recently used is evicted first."""

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

    def now(self) -> float:
        return self._clock()

    def get(self, key: bytes) -> Item | None:
        """Return the item if it has not expired, and count it as used."""
        now = self._clock()
        item = self._find(key, now)
        if item is None:
            self.counts["get_misses"] += 1
            return None
        self.counts["get_hits"] += 1
        self._use(key, item, now)
        return item

    def items(self) -> Iterator[tuple[bytes, Item]]:
        """Yield the items that have not expired, the least recently used first."""
        now = self._clock()
        return ((key, item) for key, item in self._items.items() if not item.expires or now < item.expires)

    def peek(self, key: bytes) -> Item | None:
        """Return the item if it has not expired, without counting it as used."""
        return self._find(key, self._clock())

    def _find(self, key: bytes, now: float) -> Item | None:
        if self._flush_at is not None and now >= self._flush_at:
            self._flush_at = None
            self._drop_all()
        item = self._items.get(key)
        if item is not None and item.expires and now >= item.expires:
            self._forget(key)
            return None
        return item

    def use(self, key: bytes, item: Item) -> None:
        self._use(key, item, self._clock())

    def _use(self, key: bytes, item: Item, now: float) -> None:
        self._items.move_to_end(key)
        item.is_fetched = True
        item.accessed = now

    def put(self, key: bytes, value: bytes, flags: int, exptime: int) -> Item:
        self.demand_room(key, len(value), flags)
        self._forget(key)
        self.counts["total_items"] += 1
        self._last_unique += 1
        item = Item(value, flags, self.moment(exptime) if exptime else 0, self._last_unique, self._clock())
        self._items[key] = item
        self.bytes += item_bytes(key, len(value), flags)
        if self.bytes > self.max_bytes:
            self._evict()
        return item

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
        """Write `before` in front of the value and `after` behind it; flags and expiry stay."""
        item = self._live(key)
        if item is None or item_bytes(key, len(before + item.value + after), item.flags) > MOST_ITEM_BYTES:
            return False
        self._rewrite(item, before + item.value + after)
        return True

    def swap(self, key: bytes, value: bytes, flags: int, exptime: int, unique: int) -> bool | None:
        """Store the value unless the item changed since `unique` was read; return None if it is gone."""
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
        """Increment the value, wrapping at 2**64, or decrement it to 0 at the least.

        Raises:
            NotANumber: the value is not a number of up to 20 digits.
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
            item.expires = self.moment(exptime)
        return item

    def flush(self, delay: int) -> None:
        """Invalidate everything that is stored `delay` seconds from now."""
        self.counts["cmd_flush"] += 1
        self._next_unique()
        self._flush_at = None
        if delay > 0:
            self._flush_at = self.moment(delay)
        else:
            self._drop_all()

    def demand_room(self, key: bytes, length: int, flags: int) -> None:
        """Check the announced length of a value.

        Raises:
            TooLarge: the item would be over 1 MB.
        """
        size = item_bytes(key, length, flags)
        if size > MOST_ITEM_BYTES or size > self.max_bytes:
            self.counts["store_too_large"] += 1
            raise TooLarge

    def set_limit(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._evict()

    def renew(self, item: Item) -> None:
        """Set a new cas value."""
        item.unique = self._next_unique()

    def remaining(self, item: Item) -> int:
        """Return the whole seconds until the item expires, -1 for one that does not."""
        return math.ceil(item.expires - self._clock()) if item.expires else -1

    def idle(self, item: Item) -> int:
        """Return the whole seconds since the item was last used."""
        return int(self._clock() - item.accessed)

    def moment(self, exptime: int) -> float:
        """Convert an exptime: 0 is never, below 0 at once, above 30 days an absolute time."""
        if exptime == 0:
            return 0
        now = self._clock()
        if exptime < 0:
            return now
        return now + exptime if exptime <= A_MONTH else max(exptime, 1)

    def _live(self, key: bytes) -> Item | None:
        now = self._clock()
        item = self._find(key, now)
        if item is not None:
            self._use(key, item, now)
        return item

    def _rewrite(self, item: Item, value: bytes) -> None:
        self.bytes += len(value) - len(item.value)
        item.value = value
        item.is_stale = item.has_winner = False
        item.unique = self._next_unique()
        self._evict()

    def _forget(self, key: bytes) -> None:
        item = self._items.pop(key, None)
        if item is not None:
            self.bytes -= size_of(key, item)

    def _drop_all(self) -> None:
        self._items.clear()
        self.bytes = 0

    def _evict(self) -> None:
        while self.bytes > self.max_bytes:
            key, item = self._items.popitem(last=False)
            self.bytes -= size_of(key, item)
            self.counts["evictions"] += 1

    def _next_unique(self) -> int:
        self._last_unique += 1
        return self._last_unique


def item_bytes(key: bytes, length: int, flags: int) -> int:
    return ITEM_OVERHEAD + len(key) + length + (FLAGS_OVERHEAD if flags else 0)


def size_of(key: bytes, item: Item) -> int:
    return item_bytes(key, len(item.value), item.flags)


def _number(value: bytes) -> int:
    match = _NUMBER.fullmatch(value) if len(value) <= MOST_DIGITS else None
    if match is None or int(match.group(1)) >= WRAP:
        raise NotANumber
    return int(match.group(1))
