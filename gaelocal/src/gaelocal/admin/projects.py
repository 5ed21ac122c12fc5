"""Cloud Resource Manager: the one project of this platform."""

import zlib

from aiohttp import web

from gaelocal.admin.bodies import Resource


class ProjectViews:
    def __init__(self, project: str) -> None:
        self._project = project

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/projects", self._list),
            web.get("/v1/projects/{project:[^/:]+}", self._get),
        ]

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response({"projects": [self._resource()]})

    async def _get(self, _request: web.Request) -> web.Response:
        return web.json_response(self._resource())

    def _resource(self) -> Resource:
        return {
            "projectId": self._project,
            "name": self._project,
            "projectNumber": str(10**11 + zlib.crc32(self._project.encode())),
            "lifecycleState": "ACTIVE",
            "createTime": "2026-01-01T00:00:00Z",
        }
