"""The Memcache panel: hit ratio, lookup of a key, list of keys, flush."""

from typing import Any

from aiohttp import web

from gaelocal.console.bodies import decoded
from gaelocal.console.pages import Pages, form_of
from gaelocal.console.parts import ConsoleParts
from gaelocal.console.problems import ConsoleError

PANEL = "memcache"
LONGEST_KEY = 250
SHOWN_KEYS = 100


class MemcachePanel:
    def __init__(self, parts: ConsoleParts, pages: Pages) -> None:
        self._memcache = parts.memcache
        self._pages = pages

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/memcache", self._show),
            web.post("/memcache/flush", self._flush),
            web.post("/memcache/delete", self._delete),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        key, contained = request.query.get("key", ""), request.query.get("find", "")
        stats: dict[str, int] = {}
        problem, value, keys = "", None, None
        try:
            stats = await self._memcache.read_stats()
            value = await self._memcache.lookup(_key(key)) if key else None
            keys = await self._memcache.keys(contained.encode(), SHOWN_KEYS)
        except ConsoleError as error:
            problem = error.detail
        except (OSError, TimeoutError) as error:
            problem = f"Memcache does not respond: {error or 'no answer in time'}"
        return self._pages.render(
            request,
            PANEL,
            "memcache.html",
            stats=stats,
            key=key,
            find=contained,
            value=value,
            content=decoded(value.value, "") if value else None,
            keys=None if keys is None else [(name.decode("utf-8", "replace"), size) for name, size in keys],
            problem=problem,
            is_remote="elsewhere" in self._memcache.stats(),
            address_of_server=self._memcache.stats().get("elsewhere"),
        )

    async def _flush(self, _request: web.Request) -> web.Response:
        await _responding(self._memcache.flush())
        return self._pages.done("/memcache", "All values were deleted.")

    async def _delete(self, request: web.Request) -> web.Response:
        key = str((await form_of(request)).get("key", ""))
        found = await _responding(self._memcache.delete(_key(key)))
        return self._pages.done(
            "/memcache", f"{key} was deleted." if found else f"There is no value for {key}."
        )


async def _responding(work: Any) -> Any:
    try:
        return await work
    except (OSError, TimeoutError) as error:
        raise ConsoleError(503, "unavailable", f"Memcache does not respond: {error}") from None


def _key(text: str) -> bytes:
    """Return a key of the protocol.

    Raises:
        ConsoleError: it is too long, or has spaces or control characters.
    """
    key = text.encode("utf-8", "replace")
    if not 0 < len(key) <= LONGEST_KEY or any(byte <= ord(" ") or byte == 0x7F for byte in key):  # noqa: PLR2004 - DEL
        raise ConsoleError(
            400, "invalid_key", f"A key has 1 to {LONGEST_KEY} bytes, without spaces and control characters."
        )
    return key
