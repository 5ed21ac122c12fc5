"""The console's JSON API, used by tests and by the page."""

from collections.abc import Callable
from typing import Any, TypeVar

from aiohttp import web

from gaelocal.appengine.usage_reports import UsageReport
from gaelocal.console.parts import ConsoleParts
from gaelocal.console.problems import ConsoleError, not_found

LOG_FILTERS = ("service", "trace", "request_id")
LOG_LIMIT = 200
LOG_LIMIT_MOST = 5000
MAIL_LIMIT_MOST = 100_000
SEVERITIES = ("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")

T = TypeVar("T")


class JsonViews:
    """The views of the JSON API."""

    def __init__(self, parts: ConsoleParts) -> None:
        self._parts = parts

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/mail", self._mail),
            web.delete("/api/mail", self._clear_mail),
            web.get("/api/mail/{id:[0-9]{1,15}}", self._one_mail),
            web.get("/api/queues", self._queues),
            web.get("/api/queues/{name}/tasks", self._tasks),
            web.get("/api/queues/{name}/dead", self._dead),
            web.get("/api/cron", self._cron),
            web.post("/api/cron/run", self._run_job),
            web.get("/api/services", self._services),
            web.post("/api/services/usage", self._receive_usage),
            web.get("/api/health", self._health),
            web.get("/api/logs", self._logs),
            web.get("/api/memcache", self._memcache),
            web.get("/api/addresses", self._addresses),
        ]

    async def _mail(self, request: web.Request) -> web.Response:
        limit = _limit(request, None, MAIL_LIMIT_MOST)
        return web.json_response(self._parts.mail.messages(limit, request.query.get("to", "")))

    async def _clear_mail(self, _request: web.Request) -> web.Response:
        self._parts.mail.clear()
        return web.Response(status=204)

    async def _one_mail(self, request: web.Request) -> web.Response:
        mail_id = int(request.match_info["id"])
        return web.json_response(known(self._parts.mail.message, mail_id))

    async def _queues(self, _request: web.Request) -> web.Response:
        return web.json_response(self._parts.tasks.queues())

    async def _tasks(self, request: web.Request) -> web.Response:
        return web.json_response(known(self._parts.tasks.tasks, request.match_info["name"]))

    async def _dead(self, request: web.Request) -> web.Response:
        return web.json_response(known(self._parts.tasks.dead, request.match_info["name"]))

    async def _cron(self, _request: web.Request) -> web.Response:
        return web.json_response(self._parts.scheduler.jobs())

    async def _run_job(self, request: web.Request) -> web.Response:
        url = request.query.get("url")
        if not url:
            raise ConsoleError(400, "url_missing", "name the job to run with ?url=URL, as in cron.yaml")
        try:
            return web.json_response(await self._parts.scheduler.run(url))
        except LookupError as missing:
            raise not_found(missing) from None

    async def _services(self, _request: web.Request) -> web.Response:
        return web.json_response(self._parts.engine.instances())

    async def _receive_usage(self, request: web.Request) -> web.Response:
        try:
            self._parts.engine.usage.receive(UsageReport.parse(await request.json()))
        except (ValueError, LookupError, RecursionError) as error:
            raise ConsoleError(400, "invalid_report", str(error)) from None
        return web.Response(status=204)

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response(self._parts.health.as_json())

    async def _logs(self, request: web.Request) -> web.Response:
        severity = (request.query.get("severity") or "").upper() or None
        if severity is not None and severity not in SEVERITIES:
            raise ConsoleError(400, "invalid_severity", f"severity must be one of {', '.join(SEVERITIES)}")
        entries = self._parts.engine.logs.entries(
            severity=severity,
            limit=_limit(request, LOG_LIMIT, LOG_LIMIT_MOST) or LOG_LIMIT,
            **{name: request.query.get(name) or None for name in LOG_FILTERS},
        )
        return web.json_response(entries)

    async def _memcache(self, _request: web.Request) -> web.Response:
        return web.json_response(dict(self._parts.memcache.stats()))

    async def _addresses(self, _request: web.Request) -> web.Response:
        return web.json_response(dict(self._parts.addresses))


def known(ask: Callable[[Any], T], name: object) -> T:
    """Call `ask`; an unknown name becomes a 404."""
    try:
        return ask(name)
    except LookupError as missing:
        raise not_found(missing) from None


def _limit(request: web.Request, default: int | None, most: int) -> int | None:
    written = request.query.get("limit")
    if written is None:
        return default
    if not (written.isascii() and written.isdigit() and 1 <= int(written[:9]) <= most):
        raise ConsoleError(400, "invalid_limit", f"limit must be a number from 1 to {most}")
    return int(written)
