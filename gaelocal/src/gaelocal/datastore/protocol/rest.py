"""`google.datastore.v1` over HTTP: JSON or protobuf bodies at `/v1/projects/PROJECT:METHOD`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from google.protobuf import json_format
from google.protobuf.message import DecodeError

from gaelocal.datastore.errors import Code, DatastoreError, invalid_argument
from gaelocal.datastore.protocol.calls import Call, parse_request
from gaelocal.http2 import Status
from gaelocal.loopback_server import refuse_foreign_requests
from gaelocal.protobuf import datastore_pb2, rpc_pb2

PROTOBUF, JSON = "application/x-protobuf", "application/json"
MAX_BODY_BYTES = 64 << 20
LARGE_BODY = 256 << 10
"""The conversion of a larger body from or to JSON takes seconds, for which nobody else waits."""
_HTTP_STATUS = {
    Code.INVALID_ARGUMENT: 400,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.ABORTED: 409,
    Code.FAILED_PRECONDITION: 400,
    Code.UNIMPLEMENTED: 501,
    Code.UNAVAILABLE: 503,
}


def rest_app(calls: Mapping[str, Call], reset: Callable[[], Awaitable[None]]) -> web.Application:
    """Build the application; `calls` are named as in gRPC (`Lookup`, `RunQuery`, …).

    `reset` deletes all entities: test suites send `POST /reset` to Google's emulator between tests.
    """
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[refuse_foreign_requests("/")])
    methods = {name[0].lower() + name[1:]: name for name in calls}

    async def call(request: web.Request) -> web.Response:
        name = methods.get(request.match_info["method"])
        if name is None:
            raise web.HTTPNotFound(text="Not Found")
        return await _answer(request, name, calls[name])

    async def answer_reset(_request: web.Request) -> web.Response:
        try:
            await reset()
        except DatastoreError as error:
            return _failure(error, wants_json=True)
        return web.Response(text="Resetting...\n")

    app.router.add_get("/", _say_ok)
    app.router.add_post("/reset", answer_reset)
    app.router.add_post("/v1/projects/{project:[^/:]+(?::[^/:]+)?}:{method:[A-Za-z]+}", call)
    return app


async def _say_ok(_request: web.Request) -> web.Response:
    return web.Response(text="Ok\n")


async def _answer(request: web.Request, name: str, call: Call) -> web.Response:
    is_json = request.content_type != PROTOBUF
    wants_json = _wants_json(request, is_json)
    try:
        message = await _read(request, name, is_json)
        _set_project(message, request.match_info["project"])
        response = call(message)
        encoded = response if isinstance(response, bytes) else await response
    except DatastoreError as error:
        return _failure(error, wants_json)
    if not wants_json:
        return web.Response(body=encoded, content_type=PROTOBUF)
    answer = getattr(datastore_pb2, f"{name}Response").FromString(encoded)
    if len(encoded) < LARGE_BODY:
        return _written(answer, 200, wants_json)
    return await asyncio.to_thread(_written, answer, 200, wants_json)


def _wants_json(request: web.Request, is_json: bool) -> bool:
    chosen = request.query.get("$alt") or request.query.get("alt")
    return chosen == "json" if chosen else is_json


async def _read(request: web.Request, name: str, is_json: bool) -> Any:
    body = await request.read()
    if len(body) < LARGE_BODY:
        return _parsed(name, body, is_json)
    return await asyncio.to_thread(_parsed, name, body, is_json)


def _parsed(name: str, body: bytes, is_json: bool) -> Any:
    try:
        if not is_json:
            return parse_request(name, body)
        message = getattr(datastore_pb2, f"{name}Request")()
        json_format.Parse(body or b"{}", message)
        return parse_request(name, message.SerializeToString())
    except (json_format.ParseError, UnicodeDecodeError) as error:
        raise invalid_argument(f"Invalid JSON payload received. {error}") from error
    except DecodeError as error:
        raise invalid_argument("Invalid protobuf payload received.") from error


def _set_project(message: Any, project: str) -> None:
    if message.project_id not in ("", project):
        raise invalid_argument(
            f'The project ID "{message.project_id}" does not match the "{project}" of the URL.'
        )
    message.project_id = project


def _failure(error: DatastoreError, wants_json: bool) -> web.Response:
    status = _HTTP_STATUS[error.code]
    if not wants_json:
        code = Status[error.code.name]
        return _written(rpc_pb2.Status(code=int(code), message=error.message), status, wants_json)
    told = {"code": status, "message": error.message, "status": error.code.name}
    return web.json_response({"error": told}, status=status)


def _written(message: Any, status: int, wants_json: bool) -> web.Response:
    if not wants_json:
        return web.Response(body=message.SerializeToString(), status=status, content_type=PROTOBUF)
    text = json_format.MessageToJson(message, indent=2)
    return web.Response(text=text, status=status, content_type=JSON)
