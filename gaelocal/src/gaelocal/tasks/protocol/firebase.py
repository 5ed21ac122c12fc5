"""Tasks as firebase-admin creates them where CLOUD_TASKS_EMULATOR_HOST is set.

It talks to the emulator of firebase-tools: the paths have no version, and a created task is returned inside
`task`, with a name that begins with a slash.
"""

from typing import Any

from aiohttp import web

from gaelocal.google_api.grpc_methods import call
from gaelocal.google_api.methods import HttpRule, Method, Service
from gaelocal.google_api.rest_routes import json_response, path_pattern, request_message

_QUEUE = "projects/*/locations/*/queues/*"
_CREATE = HttpRule("POST", f"/{{parent={_QUEUE}}}/tasks", "*")
_DELETE = HttpRule("DELETE", f"/{{name={_QUEUE}/tasks/*}}", "")


def firebase_routes(service: Service) -> list[web.RouteDef]:
    """Return the two calls that firebase-admin makes, answered by Cloud Tasks v2."""
    methods = {method.name: method for method in service.methods}

    async def create(request: web.Request) -> web.Response:
        task = await _answered(request, service, methods["CreateTask"], _CREATE)
        task.name = f"/{task.name}"
        response = json_response(request, task)
        response.text = f'{{"task": {response.text}}}'
        return response

    async def delete(request: web.Request) -> web.Response:
        return json_response(request, await _answered(request, service, methods["DeleteTask"], _DELETE))

    return [web.post(path_pattern(_CREATE.path), create), web.delete(path_pattern(_DELETE.path), delete)]


async def _answered(request: web.Request, service: Service, method: Method, rule: HttpRule) -> Any:
    return await call(service, method, await request_message(request, method, rule))
