"""Serve the methods of an API over REST: JSON in, JSON out, as `google.api.http` describes."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from aiohttp import web

from gaelocal.google_api.errors import ApiError, invalid
from gaelocal.google_api.grpc_methods import call
from gaelocal.google_api.json_messages import from_json, to_json
from gaelocal.google_api.methods import HttpRule, Method, Service

VARIABLE = re.compile(r"\{([a-z_.]+)=([^}]+)\}")
DOT = "__"
LARGE_BODY = 256 << 10
METHOD_OVERRIDE = "X-HTTP-Method-Override"
SYSTEM_PARAMETERS = (
    "$alt",
    "alt",
    "key",
    "prettyPrint",
    "$prettyPrint",
    "quotaUser",
    "$.xgafv",
    "access_token",
)


def rest_routes(service: Service) -> list[web.RouteDef]:
    rules = [(method, rule) for method in service.methods for rule in method.rules]
    posted = [(method, rule) for method, rule in rules if rule.verb == "PATCH"]
    return [_route(service, *one) for one in rules] + [_posted_route(service, *one) for one in posted]


def _posted_route(service: Service, method: Method, rule: HttpRule) -> web.RouteDef:
    """Return the route for Google's Java clients, whose HTTP library has no PATCH: they send POST."""
    plain = _route(service, method, rule)

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get(METHOD_OVERRIDE, "").upper() != rule.verb:
            raise web.HTTPMethodNotAllowed(request.method, [rule.verb])
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]] = plain.handler
        return await handler(request)

    return web.post(plain.path, answer)


def _route(service: Service, method: Method, rule: HttpRule) -> web.RouteDef:
    async def answer(request: web.Request) -> web.Response:
        message = await request_message(request, method, rule)
        response = await call(service, method, message)
        return json_response(request, response)

    return web.route(rule.verb, path_pattern(rule.path), answer)


def path_pattern(template: str) -> str:
    """Convert `/v2/{name=projects/*}` to aiohttp's `/v2/{name:projects/[^/:]+}`."""

    def pattern(match: re.Match[str]) -> str:
        segments = match[2].replace("**", ".+").replace("*", "[^/:]+")
        return f"{{{match[1].replace('.', DOT)}:{segments}}}"

    return VARIABLE.sub(pattern, template)


async def request_message(request: web.Request, method: Method, rule: HttpRule) -> Any:
    """Return the request message that the path, the query and the body describe.

    Raises:
        ApiError: one of them is not valid.
    """
    fields: dict[str, Any] = {}
    if rule.body:
        body = await _json_body(request)
        fields = body if rule.body == "*" else {rule.body: body}
    for name, value in _query(request):
        _put(fields, name, value)
    for name, value in request.match_info.items():
        _put(fields, name.replace(DOT, "."), value)
    if len(await request.read()) < LARGE_BODY:
        return from_json(fields, method.request())
    return await asyncio.to_thread(from_json, fields, method.request())  # it takes seconds


def json_response(request: web.Request, message: Any) -> web.Response:
    as_integers = "enum-encoding=int" in request.query.get("$alt", "")
    return web.json_response(to_json(message, enums_as_integers=as_integers))


async def _json_body(request: web.Request) -> dict[str, Any]:
    try:
        text = await request.text()
        found = json.loads(text) if text.strip() else {}
    except (ValueError, LookupError, RecursionError) as error:
        raise invalid(f"Invalid JSON payload received. {error}") from None
    if not isinstance(found, dict):
        raise invalid("Invalid JSON payload received. The body must be an object.")
    return found


def _query(request: web.Request) -> Iterator[tuple[str, Any]]:
    for name in request.query:
        if name not in SYSTEM_PARAMETERS:
            values = [_plain(value) for value in request.query.getall(name)]
            yield name, values[0] if len(values) == 1 else values


def _plain(value: str) -> str | bool:
    return value.lower() == "true" if value.lower() in ("true", "false") else value


def _put(fields: dict[str, Any], path: str, value: Any) -> None:
    """Set a field by its dotted path; a field inside the body that has another type is left to the parser."""
    *groups, last = path.split(".")
    for group in groups:
        inner = fields.setdefault(group, {})
        if not isinstance(inner, dict):
            raise invalid(f"`{group}` must be an object.")
        fields = inner
    fields.pop(_camel(last), None)
    fields[last] = value


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def error_body(error: ApiError) -> Mapping[str, Any]:
    """Return the error as Google's REST APIs write it."""
    return {"error": {"code": error.http_status, "message": error.message, "status": error.code.name}}
