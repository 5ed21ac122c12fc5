"""The Queues panel: queues with their settings, tasks with their attempts, and what can be done with them."""

from dataclasses import replace
from typing import Any

from aiohttp import web

from gaelocal.console.bodies import decoded
from gaelocal.console.json_views import known
from gaelocal.console.pages import Pages, back_to, form_of
from gaelocal.console.parts import ConsoleParts, Row
from gaelocal.console.problems import ConsoleError, not_found
from gaelocal.console.queue_settings import SETTINGS, parse_settings, settings_of

PANEL = "queues"
TABS = {"waiting": "Waiting and running", "dead": "Given up", "finished": "Finished"}
PAGE = 50
QUEUE = "/queues/{queue}"


class QueuesPanel:
    def __init__(self, parts: ConsoleParts, pages: Pages) -> None:
        self._tasks = parts.tasks
        self._pages = pages

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/queues", self._list),
            web.get(QUEUE, self._queue),
            web.post(f"{QUEUE}/pause", self._pause),
            web.post(f"{QUEUE}/resume", self._resume),
            web.post(f"{QUEUE}/purge", self._purge),
            web.post(f"{QUEUE}/settings", self._change),
            web.get(f"{QUEUE}/tasks/{{task}}", self._task),
            web.post(f"{QUEUE}/tasks/{{task}}/run", self._run),
            web.post(f"{QUEUE}/tasks/{{task}}/delete", self._delete),
            web.post(f"{QUEUE}/dead/retry", self._retry_all),
            web.get(f"{QUEUE}/dead/{{seq:[0-9]{{1,15}}}}", self._dead_task),
            web.post(f"{QUEUE}/dead/{{seq:[0-9]{{1,15}}}}/retry", self._retry),
            web.post(f"{QUEUE}/dead/{{seq:[0-9]{{1,15}}}}/delete", self._delete_dead),
            web.get(f"{QUEUE}/finished/{{seq:[0-9]{{1,15}}}}", self._finished_task),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        return self._pages.render(request, PANEL, "queues.html", queues=self._tasks.queues())

    async def _queue(self, request: web.Request) -> web.Response:
        name, operations = request.match_info["queue"], self._tasks.operations
        queue = self._row(name)
        tab = request.query.get("tab") or "waiting"
        if tab not in TABS:
            raise ConsoleError(400, "invalid_tab", f"tab must be one of {', '.join(TABS)}")
        after = _number(request.query.get("after", ""))
        more = None
        if tab == "waiting":
            rows = known(lambda queue: operations.page(queue, after, PAGE + 1), name)
            more = rows[PAGE - 1]["seq"] if len(rows) > PAGE else None
        else:
            rows = operations.finished(name) if tab == "finished" else self._tasks.dead(name)
        return self._pages.render(
            request,
            PANEL,
            "queue.html",
            queue=queue,
            tab=tab,
            tabs=TABS,
            rows=rows[:PAGE] if tab == "waiting" else rows,
            after=after,
            more=more,
            settings=settings_of(operations.config(name)),
            fields=SETTINGS,
        )

    async def _pause(self, request: web.Request) -> web.Response:
        return await self._done(request, self._tasks.operations.pause, "The queue {} is paused.")

    async def _resume(self, request: web.Request) -> web.Response:
        return await self._done(request, self._tasks.operations.resume, "The queue {} runs again.")

    async def _purge(self, request: web.Request) -> web.Response:
        return await self._done(request, self._tasks.operations.purge, "All tasks of {} were deleted.")

    async def _done(self, request: web.Request, act: Any, message: str) -> web.Response:
        name, form = request.match_info["queue"], await form_of(request)
        known(act, name)
        return self._pages.done(back_to(form, _address(name)), message.format(name))

    async def _change(self, request: web.Request) -> web.Response:
        name = request.match_info["queue"]
        before = known(self._tasks.operations.config, name)
        values, retry = parse_settings(await form_of(request))
        self._tasks.operations.change(name, replace(before, **values, retry=replace(before.retry, **retry)))
        return self._pages.done(_address(name), f"The settings of {name} were saved.")

    async def _task(self, request: web.Request) -> web.Response:
        name, task = request.match_info["queue"], request.match_info["task"]
        try:
            return self._detail(request, self._tasks.operations.task(name, task))
        except LookupError as missing:
            if ended := self._address_of_ended(name, task):
                return web.Response(status=303, headers={"Location": ended})
            raise not_found(missing) from None

    def _address_of_ended(self, queue: str, task: str) -> str:
        """Return the page of a task that finished or was given up, empty if there is none."""
        known(self._tasks.operations.config, queue)
        lists = {"finished": self._tasks.operations.finished(queue), "dead": self._tasks.dead(queue)}
        pages = (
            f"{_address(queue)}/{tab}/{row['seq']}"
            for tab, rows in lists.items()
            for row in rows
            if row["name"] == task
        )
        return next(pages, "")

    async def _dead_task(self, request: web.Request) -> web.Response:
        name, seq = request.match_info["queue"], int(request.match_info["seq"])
        return self._detail(request, known(lambda queue: self._tasks.operations.dead_task(queue, seq), name))

    async def _finished_task(self, request: web.Request) -> web.Response:
        name, seq = request.match_info["queue"], int(request.match_info["seq"])
        return self._detail(
            request, known(lambda queue: self._tasks.operations.finished_task(queue, seq), name)
        )

    def _detail(self, request: web.Request, task: Row) -> web.Response:
        return self._pages.render(
            request,
            PANEL,
            "task.html",
            queue=request.match_info["queue"],
            task=task,
            content=decoded(task["body"], task["headers"].get("Content-Type", "")),
            size=len(task["body"]),
        )

    async def _run(self, request: web.Request) -> web.Response:
        name, task, form = request.match_info["queue"], request.match_info["task"], await form_of(request)
        known(lambda queue: self._tasks.operations.run(queue, task), name)
        return self._pages.done(back_to(form, _address(name)), f"{task} is running.")

    async def _delete(self, request: web.Request) -> web.Response:
        name, task = request.match_info["queue"], request.match_info["task"]
        known(lambda queue: self._tasks.operations.delete(queue, task), name)
        return self._pages.done(_address(name), f"{task} was deleted.")

    async def _retry(self, request: web.Request) -> web.Response:
        name, seq = request.match_info["queue"], int(request.match_info["seq"])
        task = known(lambda queue: self._tasks.operations.retry_dead(queue, seq), name)
        return self._pages.done(f"{_address(name)}?tab=dead", f"{task} is in the queue again.")

    async def _retry_all(self, request: web.Request) -> web.Response:
        name = request.match_info["queue"]
        count = known(self._tasks.operations.retry_all_dead, name)
        said = "1 task is in the queue again." if count == 1 else f"{count} tasks are in the queue again."
        return self._pages.done(f"{_address(name)}?tab=dead", said)

    async def _delete_dead(self, request: web.Request) -> web.Response:
        name, seq = request.match_info["queue"], int(request.match_info["seq"])
        known(lambda queue: self._tasks.operations.delete_dead(queue, seq), name)
        return self._pages.done(f"{_address(name)}?tab=dead", "The task was deleted.")

    def _row(self, name: str) -> Row:
        known(self._tasks.operations.config, name)
        return next(row for row in self._tasks.queues() if row["name"] == name)


def _address(queue: str) -> str:
    return f"/queues/{queue}"


def _number(text: str) -> int:
    return int(text[:15]) if text.isascii() and text.isdigit() else 0
