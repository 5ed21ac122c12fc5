"""The size classes that memcached would keep these items in, for `stats items` and `stats slabs`."""

import bisect
from collections import Counter

from gaelocal.memcache.state.cache import Cache, size_of

PAGE = 1024 * 1024
SMALLEST_CHUNK = 96
LARGEST_CHUNK = 512 * 1024
GROWTH = 1.25


def _chunk_sizes() -> list[int]:
    sizes, size = [], SMALLEST_CHUNK
    while size <= LARGEST_CHUNK / GROWTH:
        sizes.append(size)
        size = -(-int(size * GROWTH) // 8) * 8
    return [*sizes, LARGEST_CHUNK]


CHUNK_SIZES = _chunk_sizes()


def slab_class(size: int) -> int:
    """Return the number of the class for items of this size; the largest take several chunks."""
    return min(bisect.bisect_left(CHUNK_SIZES, size), len(CHUNK_SIZES) - 1) + 1


def item_lines(cache: Cache) -> list[str]:
    numbers, requested = _classes(cache)
    return [
        f"STAT items:{slab}:{name} {value}"
        for slab in sorted(numbers)
        for name, value in (
            ("number", numbers[slab]),
            ("number_hot", numbers[slab]),
            ("number_warm", 0),
            ("number_cold", 0),
            ("mem_requested", requested[slab]),
            ("evicted", 0),
            ("outofmemory", 0),
        )
    ]


def slab_lines(cache: Cache) -> list[str]:
    numbers, _ = _classes(cache)
    lines, malloced = [], 0
    for slab in sorted(numbers):
        chunk = CHUNK_SIZES[slab - 1]
        per_page = PAGE // chunk
        pages = -(-numbers[slab] // per_page)
        malloced += pages * PAGE
        facts = {
            "chunk_size": chunk,
            "chunks_per_page": per_page,
            "total_pages": pages,
            "total_chunks": pages * per_page,
            "used_chunks": numbers[slab],
            "free_chunks": pages * per_page - numbers[slab],
            "free_chunks_end": 0,
        }
        lines += [f"STAT {slab}:{name} {value}" for name, value in facts.items()]
    return [*lines, f"STAT active_slabs {len(numbers)}", f"STAT total_malloced {malloced}"]


def dump_lines(cache: Cache, slab: int, limit: int) -> list[bytes]:
    """Return up to `limit` keys of a class, 0 for all of them."""
    found = [(key, item) for key, item in cache.items() if slab_class(size_of(key, item)) == slab]
    shown = found[: limit or None]
    return [b"ITEM %b [%d b; %d s]" % (key, len(item.value), item.expires) for key, item in shown]


def _classes(cache: Cache) -> tuple[Counter[int], Counter[int]]:
    numbers: Counter[int] = Counter()
    requested: Counter[int] = Counter()
    for key, item in cache.items():
        size = size_of(key, item)
        numbers[slab_class(size)] += 1
        requested[slab_class(size)] += size
    return numbers, requested
