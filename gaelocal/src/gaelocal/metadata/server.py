"""Serve `http://metadata.google.internal/computeMetadata/v1/`.

The paths and the header `Metadata-Flavor` are those of Google's documentation ("About VM metadata").
Requests to APIs that gaelocal does not emulate are sent here too (`/HOST/PATH`), and get the reason.
"""

import socket
from typing import Any, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler

from gaelocal.loopback_server import LoopbackServer, has_local_host, is_from_foreign_page
from gaelocal.unsupported_apis import refusal_of_host

FLAVOR = {"Metadata-Flavor": "Google", "Server": "Metadata Server for VM"}
ROOT = "/computeMetadata/v1"
HOSTS = ("metadata.google.internal", "metadata", "169.254.169.254")
"""The names by which programs reach the metadata server of Google Cloud."""
TOKEN_SECONDS = 3599
NUMERIC_PROJECT_ID = 123456789012
REGION = "us-central1"
SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)


class Tokens(Protocol):
    def service_account_id_token(self, email: str, audience: str) -> str: ...
    def service_account_access_token(self, email: str, scope: str) -> str: ...


class MetadataServer:
    """Answers for one service account, the default one of the project."""

    def __init__(self, sock: socket.socket, project: str, email: str, tokens: Tokens) -> None:
        self._project = project
        self._email = email
        self._tokens = tokens
        app = web.Application(middlewares=[_check_caller])
        app.add_routes(self._routes())
        self._server = LoopbackServer(app, sock)

    async def start(self) -> None:
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop()

    def _routes(self) -> list[web.RouteDef]:
        account = ROOT + "/instance/service-accounts/{account}"
        return [
            web.get("/", self._root),
            web.get(f"{account}/token", self._token),
            web.get(f"{account}/identity", self._identity),
            web.get(ROOT + "/{path:.*}", self._value),
            web.route("*", "/{host:[a-z0-9.-]+\\.googleapis\\.com}/{path:.*}", self._refuse),
        ]

    async def _root(self, _request: web.Request) -> web.Response:
        return _text("computeMetadata/\n")

    async def _token(self, request: web.Request) -> web.Response:
        self._check_account(request.match_info["account"])
        scope = request.query.get("scopes", " ".join(SCOPES)).replace(",", " ")
        token = self._tokens.service_account_access_token(self._email, scope)
        body = {"access_token": token, "expires_in": TOKEN_SECONDS, "token_type": "Bearer"}
        return web.json_response(body, headers=FLAVOR)

    async def _identity(self, request: web.Request) -> web.Response:
        self._check_account(request.match_info["account"])
        audience = request.query.get("audience")
        if not audience:
            raise web.HTTPBadRequest(text="non-empty audience parameter required\n", headers=FLAVOR)
        return _text(self._tokens.service_account_id_token(self._email, audience))

    async def _value(self, request: web.Request) -> web.Response:
        found: Any = self._tree()
        for name in filter(None, request.match_info["path"].split("/")):
            found = found.get(name) if isinstance(found, dict) else None
            if found is None:
                raise web.HTTPNotFound(text="not found\n", headers=FLAVOR)
        if isinstance(found, list):
            return _text("".join(f"{one}\n" for one in found))
        if not isinstance(found, dict):
            return _text(str(found))
        if request.query.get("recursive", "").lower() == "true":
            return web.json_response(_camel_keys(found), headers=FLAVOR)
        lines = [f"{name}/" if isinstance(value, dict) else name for name, value in found.items()]
        return _text("".join(f"{line}\n" for line in lines))

    async def _refuse(self, request: web.Request) -> web.Response:
        message = refusal_of_host(request.match_info["host"])
        body = {"error": {"code": 501, "message": message, "status": "UNIMPLEMENTED"}}
        return web.json_response(body, status=501)

    def _check_account(self, name: str) -> None:
        if name not in ("default", self._email):
            raise web.HTTPNotFound(text="not found\n", headers=FLAVOR)

    def _tree(self) -> dict[str, Any]:
        account = {"aliases": ["default"], "email": self._email, "scopes": list(SCOPES)}
        return {
            "instance": {
                "attributes": {},
                "id": 0,
                "region": f"projects/{NUMERIC_PROJECT_ID}/regions/{REGION}",
                "service-accounts": {"default": account, self._email: account},
                "zone": f"projects/{NUMERIC_PROJECT_ID}/zones/{REGION}-1",
            },
            "project": {
                "attributes": {},
                "numeric-project-id": NUMERIC_PROJECT_ID,
                "project-id": self._project,
            },
        }


@web.middleware
async def _check_caller(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse foreign host names, pages of other sites, and reads without the header of Google's clients."""
    if not _has_known_host(request):
        raise web.HTTPMisdirectedRequest(text="This server accepts only requests to localhost.\n")
    if is_from_foreign_page(request):
        raise web.HTTPForbidden(text="Pages of other sites must not send this request.\n")
    if request.path.startswith(ROOT) and request.headers.get("Metadata-Flavor") != "Google":
        raise web.HTTPForbidden(text="Missing required header: Metadata-Flavor: Google\n", headers=FLAVOR)
    return await handler(request)


def _has_known_host(request: web.Request) -> bool:
    return has_local_host(request) or request.headers.get("Host", "").partition(":")[0].lower() in HOSTS


def _text(text: str) -> web.Response:
    return web.Response(text=text, headers=FLAVOR, content_type="application/text")


def _camel_keys(tree: dict[str, Any]) -> dict[str, Any]:
    return {
        _camel(name): _camel_keys(value) if isinstance(value, dict) else value for name, value in tree.items()
    }


def _camel(name: str) -> str:
    if "@" in name:
        return name
    head, *rest = name.split("-")
    return head + "".join(part.title() for part in rest)
