"""App Engine Admin API v1: the application and its dispatch rules."""

from aiohttp import web

from gaelocal.admin.bodies import Resource, mask_of, objects_of, resource_of
from gaelocal.admin.operations import Operations
from gaelocal.admin.parts import AdminParts
from gaelocal.admin.paths import APP
from gaelocal.admin.problems import unsupported
from gaelocal.appengine.project import Rule

APP_LOCATION = "us-central"  # App Engine's own name for us-central1
RUNTIMES = ("python39", "python310", "python311", "python312", "python313", "python314")


class AppViews:
    def __init__(self, parts: AdminParts, operations: Operations) -> None:
        self._parts = parts
        self._operations = operations

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(APP, self._get),
            web.patch(APP, self._patch),
            web.post(f"{APP}:repair", self._repair),
            web.get(f"{APP}:listRuntimes", self._list_runtimes),
            web.get(f"{APP}:usage", self._usage),
            web.get(f"{APP}/locations", self._locations),
            web.get(f"{APP}/locations/{{location}}", self._location),
        ]

    async def _get(self, _request: web.Request) -> web.Response:
        return web.json_response(self._resource())

    async def _patch(self, request: web.Request) -> web.Response:
        wanted = await resource_of(request)
        if mask_of(request) != ["dispatchRules"]:
            raise unsupported("gaelocal can change only the dispatchRules of an application.")
        rules = [_rule(rule) for rule in objects_of(wanted, "dispatchRules")]

        async def follow() -> Resource:
            await self._parts.traffic.set_dispatch_rules(rules)
            return self._resource()

        return await self._operations.run("Applications.UpdateApplication", self._name, follow)

    async def _repair(self, _request: web.Request) -> web.Response:
        async def repair() -> Resource:
            return self._resource()

        return await self._operations.run("Applications.RepairApplication", self._name, repair)

    async def _list_runtimes(self, _request: web.Request) -> web.Response:
        runtimes = [{"name": name, "environment": "STANDARD", "stage": "GA"} for name in RUNTIMES]
        return web.json_response({"runtimes": runtimes})

    async def _usage(self, _request: web.Request) -> web.Response:
        """Return the instance hours and their price; App Engine has no such method."""
        return web.json_response({"instanceHours": self._parts.control.usage()})

    async def _locations(self, _request: web.Request) -> web.Response:
        return web.json_response({"locations": [_location(self._parts.project)]})

    async def _location(self, _request: web.Request) -> web.Response:
        return web.json_response(_location(self._parts.project))

    @property
    def _name(self) -> str:
        return f"apps/{self._parts.project}"

    def _resource(self) -> Resource:
        project = self._parts.project
        return {
            "name": self._name,
            "id": project,
            "authDomain": "gmail.com",
            "locationId": APP_LOCATION,
            "servingStatus": "SERVING",
            "defaultHostname": f"{project}.{self._parts.domain}",
            "codeBucket": self._parts.code_bucket,
            "defaultBucket": f"{project}.appspot.com",
            "gcrDomain": "us.gcr.io",
            "serviceAccount": f"{project}@appspot.gserviceaccount.com",
            "databaseType": "CLOUD_DATASTORE_COMPATIBILITY",
            "dispatchRules": [_rule_resource(rule) for rule in self._parts.traffic.dispatch_rules()],
        }


def _rule(wanted: Resource) -> tuple[str, str]:
    """Return the pattern, as dispatch.yaml writes it, and the service."""
    return f"{wanted.get('domain') or '*'}{wanted.get('path', '')}", str(wanted.get("service", ""))


def _rule_resource(rule: Rule) -> Resource:
    domain, _, path = rule.url.partition("/")
    return {"domain": domain, "path": f"/{path}", "service": rule.service}


def _location(project: str) -> Resource:
    return {
        "name": f"apps/{project}/locations/{APP_LOCATION}",
        "locationId": APP_LOCATION,
        "labels": {"cloud.googleapis.com/region": APP_LOCATION},
        "metadata": {
            "@type": "type.googleapis.com/google.appengine.v1.LocationMetadata",
            "standardEnvironmentAvailable": True,
        },
    }
