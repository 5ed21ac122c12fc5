"""The Services panel: versions, traffic split, instances with memory and CPU over time, and their control."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from aiohttp import web

from gaelocal.appengine.project import DEV
from gaelocal.appengine.releases import ReleaseError, Version
from gaelocal.appengine.releases.errors import NoSuchInstance, NoSuchService, NoSuchVersion, NotStored
from gaelocal.console.formatting import pretty_json
from gaelocal.console.pages import Pages, form_of
from gaelocal.console.parts import ConsoleParts, Row
from gaelocal.console.problems import ConsoleError
from gaelocal.console.usage_history import UsageHistory

PANEL = "services"
VERSION = "/services/{service}/{version}"
INSTANCE = VERSION + "/instances/{instance}"
PATIENCE = 8.0
"""Seconds for which a page waits for a change; a shutdown may take 30."""

SHARDS = {"IP": "IP address", "COOKIE": "Cookie", "RANDOM": "Random"}
WHOLE = 100
log = logging.getLogger(__name__)


class ServicesPanel:
    def __init__(self, parts: ConsoleParts, pages: Pages, history: UsageHistory) -> None:
        self._engine = parts.engine
        self._pages = pages
        self._history = history
        self._changes: set[asyncio.Task[Any]] = set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/services", self._list),
            web.post("/services/{service}/traffic", self._set_traffic),
            web.get(VERSION, self._version),
            web.post(f"{VERSION}/count", self._set_count),
            web.post(f"{VERSION}/{{action:start|stop|restart|delete}}", self._change_version),
            web.post(f"{INSTANCE}/{{action:start|stop|restart|delete}}", self._change_instance),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        rows = await self._rows()
        names = sorted({str(row["service"]) for row in rows} | set(self._engine.releases.services()))
        services = [self._service(name, [row for row in rows if row["service"] == name]) for name in names]
        hours = self._engine.control.usage()
        return self._pages.render(
            request, PANEL, "services.html", services=services, shards=SHARDS, hours=hours
        )

    def _service(self, name: str, rows: list[Row]) -> Row:
        split = self._engine.traffic.split_of(name)
        versions = self._engine.releases.list_versions(name)
        return {
            "name": name,
            "shard_by": split.shard_by if split.shard_by in SHARDS else "IP",
            "versions": [_version_row(one, split.share(one.id), rows) for one in versions],
            "memory": sum(row["memory"] for row in rows),
            "requests": sum(row["requests"] for row in rows),
        }

    async def _version(self, request: web.Request) -> web.Response:
        service, name = request.match_info["service"], request.match_info["version"]
        with ReleaseErrors():
            version = self._engine.releases.get_version(service, name)
            share = self._engine.traffic.split_of(service).share(name)
        rows = [row for row in await self._rows() if (row["service"], row["version"]) == (service, name)]
        scaling = _scaling(version)
        return self._pages.render(
            request,
            PANEL,
            "version.html",
            service=service,
            version=_version_row(version, share, rows),
            instances=rows,
            count=len(rows),
            is_manual=scaling == "manual",
            graphs=self._history.graphs(service, name),
            resource=pretty_json(dict(version.resource)),
        )

    async def _set_traffic(self, request: web.Request) -> web.Response:
        service, form = request.match_info["service"], await form_of(request)
        shares = {name[2:]: _percent(str(text)) for name, text in form.items() if name.startswith("v-")}
        total = sum(shares.values())
        if abs(total - WHOLE) > 0.01:  # noqa: PLR2004 - a hundredth of a percent
            raise ConsoleError(400, "invalid_split", f"The shares add up to {total:g} %, not to 100 %.")
        allocations = {name: share / total for name, share in shares.items() if share}
        shard_by = str(form.get("shard_by", "IP"))
        change = self._engine.control.set_traffic(service, allocations, shard_by)
        said = f"The traffic of {service} was split."
        return await self._done(change, "/services", said, f"The traffic of {service} is being moved.")

    async def _set_count(self, request: web.Request) -> web.Response:
        service, version = request.match_info["service"], request.match_info["version"]
        text = str((await form_of(request)).get("count", ""))
        if not (text.isascii() and text.isdigit()):
            raise ConsoleError(400, "invalid_count", "The number of instances must be a whole number.")
        change = self._engine.control.set_instance_count(service, version, int(text[:9]))
        count = int(text[:9])
        said = f"{service} {version} has {count} {'instance' if count == 1 else 'instances'}."
        return await self._done(
            change, f"/services/{service}/{version}", said, "The instances are being changed."
        )

    async def _change_version(self, request: web.Request) -> web.Response:
        service, version = request.match_info["service"], request.match_info["version"]
        action, control = request.match_info["action"], self._engine.control
        change = {
            "start": control.start_version,
            "stop": control.stop_version,
            "restart": control.restart_version,
            "delete": control.delete_version,
        }[action]
        back = "/services" if action == "delete" else f"/services/{service}/{version}"
        said, waiting = _said(f"{service} {version}", action)
        return await self._done(change(service, version), back, said, waiting)

    async def _change_instance(self, request: web.Request) -> web.Response:
        service, version = request.match_info["service"], request.match_info["version"]
        instance, action = request.match_info["instance"], request.match_info["action"]
        control = self._engine.control
        change = {
            "start": control.start_instance,
            "stop": control.stop_instance,
            "restart": control.restart_instance,
            "delete": control.delete_instance,
        }[action]
        said, waiting = _said(f"Instance {instance}", action)
        return await self._done(
            change(service, version, instance), f"/services/{service}/{version}", said, waiting
        )

    async def _done(
        self, change: Coroutine[Any, Any, Any], back: str, said: str, waiting: str
    ) -> web.Response:
        """Wait a while for the change, which goes on after that."""
        task = asyncio.create_task(change)
        self._changes.add(task)
        task.add_done_callback(self._ended)
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        with ReleaseErrors():
            if done:
                task.result()
        return self._pages.done(back, said if done else waiting)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._changes.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("a change of instances or traffic failed: %s", error)

    async def _rows(self) -> list[Row]:
        """Return the rows of all instances; reading the use of processes takes milliseconds for each."""
        return await asyncio.to_thread(self._engine.instances)


class ReleaseErrors:
    """A context in which an error of a release becomes one of the console."""

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, NoSuchService | NoSuchVersion | NoSuchInstance):
            raise ConsoleError(404, "not_found", str(error)) from error
        if isinstance(error, NotStored):
            raise ConsoleError(503, "unavailable", str(error)) from error
        if isinstance(error, ReleaseError):
            raise ConsoleError(400, "refused", str(error)) from error


def _version_row(version: Version, share: float, rows: list[Row]) -> Row:
    own = [row for row in rows if row["version"] == version.id]
    return {
        "id": version.id,
        "status": version.status,
        "share": share,
        "scaling": _scaling(version),
        "runtime": version.resource.get("runtime", ""),
        "class": version.resource.get("instanceClass", ""),
        "created": version.created.timestamp(),
        "is_dev": version.id == DEV,
        "instances": sum(1 for row in own if row.get("pid")),
        "states": sorted({str(row["state"]) for row in own}),
        "memory": sum(row["memory"] for row in own),
        "requests": sum(row["requests"] for row in own),
        "address": next((row["address"] for row in own if row.get("address")), ""),
    }


def _scaling(version: Version) -> str:
    kinds = (kind for kind in ("manual", "basic") if f"{kind}Scaling" in version.resource)
    return next(kinds, "automatic")


def _said(name: str, action: str) -> tuple[str, str]:
    """Return what is said after a change, and while it takes longer."""
    past, present = {
        "start": ("was started", "is starting"),
        "stop": ("was stopped", "is stopping"),
        "restart": ("was restarted", "is being restarted"),
        "delete": ("was deleted", "is being deleted"),
    }[action]
    return f"{name} {past}.", f"{name} {present}."


def _percent(text: str) -> float:
    try:
        share = float(text or "0")
    except ValueError:
        share = -1.0
    if not 0 <= share <= WHOLE:
        raise ConsoleError(400, "invalid_split", "A share is a number from 0 to 100.")
    return share
