"""The overview: health, services, queues, next jobs, latest problems, addresses."""

import asyncio
from typing import Any

from aiohttp import web

from gaelocal.console.pages import Pages
from gaelocal.console.parts import ConsoleParts, Row

SHOWN = 5


class OverviewPanel:
    def __init__(self, parts: ConsoleParts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/", self._show)]

    async def _show(self, request: web.Request) -> web.Response:
        jobs = sorted(self._parts.scheduler.jobs(), key=lambda row: str(row["next_run"]))
        return self._pages.render(
            request,
            "overview",
            "overview.html",
            health=self._parts.health.as_json(),
            services=_services(await asyncio.to_thread(self._parts.engine.instances)),
            queues=self._parts.tasks.queues(),
            jobs=[job for job in jobs if not job["paused"]][:SHOWN],
            mails=self._parts.mail.messages(SHOWN),
            problems=self._parts.engine.logs.entries(severity="ERROR", limit=SHOWN),
            memcache=dict(self._parts.memcache.stats()),
            addresses={
                name: value for name, value in self._parts.addresses.items() if name not in ("project", "pid")
            },
        )


def _services(rows: list[Row]) -> list[dict[str, Any]]:
    """Return one row for each service: its versions with traffic, and the sums of its instances."""
    services: dict[str, dict[str, Any]] = {}
    for row in rows:
        service = services.setdefault(
            str(row["service"]),
            {"states": set(), "memory": 0, "requests": 0, "address": None, "instances": 0},
        )
        service["states"].add(str(row["state"]))
        service["memory"] += row["memory"]
        service["requests"] += row["requests"]
        service["instances"] += 1 if row.get("pid") else 0
        service["address"] = service["address"] or row.get("address")
    return [
        {"name": name, **service, "states": sorted(service["states"])} for name, service in services.items()
    ]
