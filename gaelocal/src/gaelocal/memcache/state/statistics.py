"""The statistics behind the `stats` command."""

import os

from gaelocal.memcache.state.cache import MOST_ITEM_BYTES, Cache
from gaelocal.memcache.state.slab_classes import dump_lines, item_lines, slab_lines

VERSION = "1.6.18-gaelocal"
COUNTED = (
    *("cmd_set", "cmd_flush", "cmd_touch", "get_hits", "get_misses", "delete_hits", "delete_misses"),
    *("incr_hits", "incr_misses", "decr_hits", "decr_misses", "cas_hits", "cas_misses", "cas_badval"),
    *("touch_hits", "touch_misses", "store_too_large", "total_items", "evictions"),
)
ERROR = b"ERROR\r\n"


def statistics(cache: Cache) -> dict[str, int]:
    """Return memcached's counters by name."""
    counted = {name: cache.counts[name] for name in COUNTED}
    gets = counted["get_hits"] + counted["get_misses"]
    kept = {"bytes": cache.bytes, "curr_items": len(cache), "limit_maxbytes": cache.max_bytes}
    return {"cmd_get": gets, **counted, **kept}


def stats(cache: Cache, words: list[bytes]) -> bytes:
    """Answer `stats` with these arguments."""
    match words:
        case [b"reset"]:
            cache.counts.clear()
            return b"RESET\r\n"
        case [b"cachedump", *rest]:
            return _dump(cache, rest)
    lines = _stat_lines(cache, words)
    return ERROR if lines is None else "".join(f"{line}\r\n" for line in [*lines, "END"]).encode()


def _stat_lines(cache: Cache, words: list[bytes]) -> list[str] | None:
    match words:
        case []:
            process = {"pid": os.getpid(), "time": int(cache.now()), "version": VERSION, "pointer_size": 64}
            return _lines({**process, **statistics(cache)})
        case [b"items"]:
            return item_lines(cache)
        case [b"slabs"]:
            return slab_lines(cache)
        case [b"sizes" | b"sizes_enable" | b"sizes_disable"]:
            return ["STAT sizes_status disabled"]
        case [b"settings"]:
            return _lines(_settings(cache))
    return None


def _settings(cache: Cache) -> dict[str, object]:
    limits = {"maxbytes": cache.max_bytes, "item_size_max": MOST_ITEM_BYTES}
    return {
        **limits,
        "evictions": "on",
        "cas_enabled": "yes",
        "flush_enabled": "yes",
        "shutdown_command": "no",
    }


def _dump(cache: Cache, words: list[bytes]) -> bytes:
    if len(words) < 2:  # noqa: PLR2004 - the class and the limit
        return b"CLIENT_ERROR bad command line\r\n"
    if not (words[0].isdigit() and words[1].isdigit()):
        return b"CLIENT_ERROR bad command line format\r\n"
    return b"\r\n".join([*dump_lines(cache, int(words[0]), int(words[1])), b"END\r\n"])


def _lines(facts: dict[str, object]) -> list[str]:
    return [f"STAT {name} {value}" for name, value in facts.items()]
