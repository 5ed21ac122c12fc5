"""The numbers behind `stats`."""

from gaelocal.memcache.cache import Cache

COUNTED = (
    *("cmd_set", "cmd_flush", "get_hits", "get_misses", "delete_hits", "delete_misses"),
    *("incr_hits", "incr_misses", "decr_hits", "decr_misses", "cas_hits", "cas_misses", "cas_badval"),
    *("touch_hits", "touch_misses", "store_too_large", "total_items", "evictions"),
)


def statistics(cache: Cache) -> dict[str, int]:
    """Give memcached's names and their numbers."""
    counted = {name: cache.counts[name] for name in COUNTED}
    gets = counted["get_hits"] + counted["get_misses"]
    kept = {"bytes": cache.bytes, "curr_items": len(cache), "limit_maxbytes": cache.max_bytes}
    return {"cmd_get": gets, **counted, **kept}


def show(cache: Cache, rest: list[bytes]) -> bytes:
    match rest:
        case []:
            lines = [f"STAT {name} {number}\r\n" for name, number in statistics(cache).items()]
            return "".join(lines).encode() + b"END\r\n"
        case [b"reset"]:
            cache.counts.clear()
            return b"RESET\r\n"
        case [b"items" | b"slabs" | b"sizes" | b"settings", *_]:
            return b"END\r\n"
    return b"ERROR\r\n"
