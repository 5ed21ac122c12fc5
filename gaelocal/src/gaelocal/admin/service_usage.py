"""Service Usage: exactly the supported APIs are enabled."""

from aiohttp import web

from gaelocal.admin.bodies import resource_of, strings_of
from gaelocal.admin.problems import not_found, unsupported

ENABLED = (
    "appengine.googleapis.com",
    "cloudscheduler.googleapis.com",
    "cloudtasks.googleapis.com",
    "datastore.googleapis.com",
    "firestore.googleapis.com",
    "logging.googleapis.com",
    "serviceusage.googleapis.com",
    "storage.googleapis.com",
)


class ServiceUsageViews:
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/projects/{project}/services", self._list),
            web.get("/v1/projects/{project}/services/{name:[^/:]+}", self._get),
            web.post("/v1/projects/{project}/services/{name:[^/:]+}:enable", self._enable),
            web.post("/v1/projects/{project}/services:batchEnable", self._enable),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        return web.json_response({"services": [_service(request, name) for name in ENABLED]})

    async def _enable(self, request: web.Request) -> web.Response:
        """Answer that the services are enabled, which they always are.

        Raises:
            AdminError: one of them does not exist here.
        """
        name = request.match_info.get("name")
        names = [name] if name else strings_of(await resource_of(request), "serviceIds")
        for wanted in names:
            if wanted not in ENABLED:
                raise unsupported(
                    f"gaelocal cannot enable {wanted}; the available services are: {', '.join(ENABLED)}."
                )
        services = [_service(request, wanted) for wanted in names]
        kind = "type.googleapis.com/google.api.serviceusage.v1.BatchEnableServicesResponse"
        answer = {"@type": kind, "services": services}
        return web.json_response({"name": "operations/noop.DONE_OPERATION", "done": True, "response": answer})

    async def _get(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in ENABLED:
            raise not_found(
                f"gaelocal does not have {name}; the available services are: {', '.join(ENABLED)}."
            )
        return web.json_response(_service(request, name))


def _service(request: web.Request, name: str) -> dict[str, object]:
    project = request.match_info["project"]
    return {
        "name": f"projects/{project}/services/{name}",
        "config": {"name": name},
        "parent": f"projects/{project}",
        "state": "ENABLED",
    }
