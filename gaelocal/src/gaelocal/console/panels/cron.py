"""The Cron panel: jobs, their next runs and history; run, pause and resume them."""

from aiohttp import web

from gaelocal.console.json_views import known
from gaelocal.console.pages import Pages, back_to, form_of
from gaelocal.console.parts import ConsoleParts, Row
from gaelocal.console.problems import ConsoleError, not_found

PANEL = "cron"
PATIENCE = 3.0
"""Seconds for which a page waits for the end of a run; the run goes on after that."""


class CronPanel:
    def __init__(self, parts: ConsoleParts, pages: Pages) -> None:
        self._scheduler = parts.scheduler
        self._pages = pages

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/cron", self._list),
            web.get("/cron/{id}", self._job),
            web.post("/cron/{id}/run", self._run),
            web.post("/cron/{id}/pause", self._pause),
            web.post("/cron/{id}/resume", self._resume),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        return self._pages.render(request, PANEL, "cron.html", jobs=self._scheduler.jobs())

    async def _job(self, request: web.Request) -> web.Response:
        return self._pages.render(request, PANEL, "cron_job.html", job=self._found(request))

    async def _run(self, request: web.Request) -> web.Response:
        job, form = self._found(request), await form_of(request)
        try:
            run = await self._scheduler.run_for(job["id"], PATIENCE)
        except LookupError as missing:
            raise not_found(missing) from None
        said = f"{job['url']} is running." if run is None else f"{job['url']} answered {run['status']}."
        return self._pages.done(back_to(form, "/cron"), said)

    async def _pause(self, request: web.Request) -> web.Response:
        return await self._set_paused(request, is_paused=True)

    async def _resume(self, request: web.Request) -> web.Response:
        return await self._set_paused(request, is_paused=False)

    async def _set_paused(self, request: web.Request, *, is_paused: bool) -> web.Response:
        job, form = self._found(request), await form_of(request)
        known(lambda job_id: self._scheduler.set_paused(job_id, is_paused), job["id"])
        said = f"{job['url']} is paused." if is_paused else f"{job['url']} runs as scheduled again."
        return self._pages.done(back_to(form, "/cron"), said)

    def _found(self, request: web.Request) -> Row:
        job_id = request.match_info["id"]
        for job in self._scheduler.jobs():
            if job["id"] == job_id:
                return job
        raise ConsoleError(404, "not_found", f"There is no job {job_id}.")
