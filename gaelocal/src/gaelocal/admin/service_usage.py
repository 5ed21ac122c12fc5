"""Service Usage: every API that is answered here is enabled, and no other."""

from aiohttp import web

from gaelocal.admin.problems import not_found

ENABLED = (
    "appengine.googleapis.com",
    "cloudscheduler.googleapis.com",
    "cloudtasks.googleapis.com",
    "datastore.googleapis.com",
    "logging.googleapis.com",
    "serviceusage.googleapis.com",
    "storage.googleapis.com",
)


class ServiceUsageViews:
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/projects/{project}/services", self._list),
            web.get("/v1/projects/{project}/services/{name}", self._get),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        return web.json_response({"services": [_service(request, name) for name in ENABLED]})

    async def _get(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in ENABLED:
            raise not_found(f"gaelocal does not stand in for {name}; it does for: {', '.join(ENABLED)}.")
        return web.json_response(_service(request, name))


def _service(request: web.Request, name: str) -> dict[str, object]:
    project = request.match_info["project"]
    return {
        "name": f"projects/{project}/services/{name}",
        "config": {"name": name},
        "parent": f"projects/{project}",
        "state": "ENABLED",
    }
