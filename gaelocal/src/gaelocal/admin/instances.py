"""App Engine Admin API v1: the instances of a version."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from gaelocal.admin.bodies import Resource
from gaelocal.admin.operations import Operations
from gaelocal.admin.parts import AdminParts
from gaelocal.admin.paths import INSTANCES
from gaelocal.admin.problems import not_found

InstanceRow = Mapping[str, Any]
"""An instance as listed in the console."""


class InstanceViews:
    def __init__(self, parts: AdminParts, operations: Operations) -> None:
        self._parts = parts
        self._operations = operations

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(INSTANCES, self._list),
            web.get(f"{INSTANCES}/{{instance}}", self._get),
            web.delete(f"{INSTANCES}/{{instance}}", self._delete),
            web.post(f"{INSTANCES}/{{instance:[^/:]+}}:{{verb:start|stop|restart}}", self._operate),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        return web.json_response({"instances": [self._resource(row) for row in self._rows(request)]})

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._resource(self._find(request)))

    async def _delete(self, request: web.Request) -> web.Response:
        row = self._find(request)

        async def end() -> Resource:
            await self._parts.releases.delete_instance(row["service"], row["version"], row["instance"])
            return {}

        return await self._operations.run("Instances.DeleteInstance", self._resource(row)["name"], end)

    async def _operate(self, request: web.Request) -> web.Response:
        """Start, stop or restart one instance by its ID or number; App Engine has no such methods."""
        service, version, instance, verb = (
            request.match_info[name] for name in ("service", "version", "instance", "verb")
        )
        control = self._parts.control
        operations = {
            "start": control.start_instance,
            "stop": control.stop_instance,
            "restart": control.restart_instance,
        }

        async def operate() -> Resource:
            await operations[verb](service, version, instance)
            return {}

        name = f"apps/{self._parts.project}/services/{service}/versions/{version}/instances/{instance}"
        return await self._operations.run(f"Instances.{verb.title()}Instance", name, operate)

    def _rows(self, request: web.Request) -> Sequence[InstanceRow]:
        return self._parts.releases.instances(request.match_info["service"], request.match_info["version"])

    def _find(self, request: web.Request) -> InstanceRow:
        instance = request.match_info["instance"]
        for row in self._rows(request):
            if row["instance"] == instance:
                return row
        raise not_found(f"There is no instance {instance}.")

    def _resource(self, row: InstanceRow) -> Resource:
        parent = f"apps/{self._parts.project}/services/{row['service']}/versions/{row['version']}"
        return {
            "name": f"{parent}/instances/{row['instance']}",
            "id": row["instance"],
            "appEngineRelease": "gaelocal",
            "availability": "RESIDENT" if row.get("resident") else "DYNAMIC",
            "startTime": row["started"],
            "requests": row["requests"],
            "memoryUsage": str(row["memory"]),
        }
