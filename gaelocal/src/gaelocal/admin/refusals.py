"""Unsupported parts of Google's APIs: lists are empty, changes are refused with a message."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from gaelocal.admin.paths import APP
from gaelocal.admin.problems import unsupported

NO_EXPORT = "gaelocal does not export or import the Datastore; copy `datastore` in its data folder instead."
NO_FIREWALL = "gaelocal has no firewall: it accepts connections from this machine only."
NO_DOMAINS = "gaelocal has no domain mappings: the front door accepts every name that ends in localhost."
NO_CERTIFICATES = "gaelocal has no certificates: it serves plain HTTP on this machine."
ONE_APP = "This project already has its App Engine application, which gaelocal runs."
ALLOW_ALL = {
    "priority": 2147483647,
    "action": "ALLOW",
    "sourceRange": "*",
    "description": "The default action.",
}

DATABASE = "/v1/projects/{project}/databases/{database:[^/:]+}"
REFUSED = (
    ("POST", "/v1/projects/{project:[^/:]+}:export", NO_EXPORT),
    ("POST", "/v1/projects/{project:[^/:]+}:import", NO_EXPORT),
    ("POST", f"{DATABASE}:exportDocuments", NO_EXPORT),
    ("POST", f"{DATABASE}:importDocuments", NO_EXPORT),
    ("POST", "/{api:v1|v1beta}/apps", ONE_APP),
    ("*", f"{APP}/firewall/{{rest:.*}}", NO_FIREWALL),
    ("*", f"{APP}/domainMappings", NO_DOMAINS),
    ("*", f"{APP}/domainMappings/{{rest:.*}}", NO_DOMAINS),
    ("*", f"{APP}/authorizedCertificates", NO_CERTIFICATES),
    ("*", f"{APP}/authorizedCertificates/{{rest:.*}}", NO_CERTIFICATES),
)
EMPTY: tuple[tuple[str, dict[str, Any]], ...] = (
    (f"{APP}/firewall/ingressRules", {"ingressRules": [ALLOW_ALL]}),
    (f"{APP}/domainMappings", {}),
    (f"{APP}/authorizedCertificates", {}),
    (f"{APP}/authorizedDomains", {}),
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RefusalViews:
    def routes(self) -> list[web.RouteDef]:
        lists = [web.get(path, _answering(answer)) for path, answer in EMPTY]
        return [*lists, *(web.route(verb, path, _refusing(message)) for verb, path, message in REFUSED)]


def _answering(answer: dict[str, Any]) -> Handler:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.json_response(answer)

    return handler


def _refusing(message: str) -> Handler:
    async def handler(_request: web.Request) -> web.StreamResponse:
        raise unsupported(message)

    return handler
