"""Cloud Tasks over REST: v2 as `gcloud tasks` uses it, v2beta3 as `gcloud app deploy queue.yaml` does."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from gaelocal.google_api.rest_routes import json_response, rest_routes
from gaelocal.tasks.protocol.api import TasksApi

DEPLOY_COMMAND = "command/gcloud.app.deploy"
BUFFERED = "{queue:projects/[^/:]+/locations/[^/:]+/queues/[^/:]+}"
NOT_BUFFERED = ("authorization", "host", "content-length", "connection", "user-agent", "transfer-encoding")
NOT_BUFFERED_PREFIXES = ("accept", "x-goog-", "x-google-", "sec-", "origin", "referer")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def is_deploy(request: web.Request) -> bool:
    """Return whether the request comes from `gcloud app deploy`, which names itself in its agent."""
    return DEPLOY_COMMAND in request.headers.get("User-Agent", "")


class TasksViews:
    def __init__(self, api: TasksApi) -> None:
        self._api = api

    def routes(self) -> list[web.RouteDef]:
        beta = zip(rest_routes(self._api.v2beta3()), rest_routes(self._api.deploy_service()), strict=True)
        return [
            *self._buffer_routes(),
            *rest_routes(self._api.v2()),
            *(_for_deploy(plain, deploy) for plain, deploy in beta),
            *(route for service in self._api.common_services() for route in rest_routes(service)),
        ]

    def _buffer_routes(self) -> list[web.RouteDef]:
        paths = [f"/{version}/{BUFFERED}/tasks" for version in ("v2", "v2beta3")]
        ends = (":buffer", "/{task_id:[^/:]*}:buffer")
        return [web.post(path + end, self._buffer) for path in paths for end in ends]

    async def _buffer(self, request: web.Request) -> web.Response:
        """Create a task whose body is the body of this request, whatever it is."""
        headers = {name: value for name, value in request.headers.items() if _is_buffered(name.lower())}
        task_id = request.match_info.get("task_id", "")
        task = self._api.tasks.buffer(request.match_info["queue"], task_id, await request.read(), headers)
        response = json_response(request, task)
        response.text = f'{{"task": {response.text}}}'
        return response


def _for_deploy(plain: web.RouteDef, deploy: web.RouteDef) -> web.RouteDef:
    async def answer(request: web.Request) -> web.StreamResponse:
        handler: Handler = deploy.handler if is_deploy(request) else plain.handler
        return await handler(request)

    return web.route(plain.method, plain.path, answer)


def _is_buffered(name: str) -> bool:
    return name not in NOT_BUFFERED and not name.startswith(NOT_BUFFERED_PREFIXES)
