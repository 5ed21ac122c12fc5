"""The API server: `POST /rpc_http` takes a serialized remote_api request and gives a remote_api response."""

import inspect
import logging
import socket
from collections.abc import Callable, Mapping

from aiohttp import web
from google.protobuf.message import DecodeError, EncodeError

from gaelocal.appengine.instances import ApiTickets, Caller
from gaelocal.bundled.errors import ApplicationError, RpcCode, RpcError
from gaelocal.bundled.methods import BundledService, Method
from gaelocal.loopback_server import LoopbackServer, refuse_foreign_requests
from gaelocal.protobuf.bundled_remote_api_pb2 import Request, Response

MOST_BYTES = 64 * 1024 * 1024
"""More than any service takes: a mail with its attachments is the largest."""
log = logging.getLogger(__name__)


class ApiServer:
    """`load` makes the services by their names, when the first call comes."""

    def __init__(
        self, sock: socket.socket, tickets: ApiTickets, load: Callable[[], Mapping[str, BundledService]]
    ) -> None:
        self._tickets = tickets
        self._load = load
        self._methods: dict[str, Mapping[str, Method]] = {}
        app = web.Application(client_max_size=MOST_BYTES, middlewares=[refuse_foreign_requests()])
        app.add_routes([web.post("/rpc_http", self._call)])
        self._server = LoopbackServer(app, sock)

    async def start(self) -> None:
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop()

    async def _call(self, http_request: web.Request) -> web.Response:
        response = Response()
        try:
            request = Request.FromString(await http_request.read())
            response.response = await self._answer(request)
        except DecodeError:
            _set_rpc_error(response, RpcError(RpcCode.PARSE_ERROR, "the request cannot be decoded"))
        except ApplicationError as error:
            response.application_error.code, response.application_error.detail = error.code, error.detail
        except RpcError as error:
            _set_rpc_error(response, error)
        return web.Response(body=response.SerializeToString(), content_type="application/octet-stream")

    async def _answer(self, request: Request) -> bytes:
        caller = self._tickets.caller(request.request_id)
        if caller is None:
            raise RpcError(
                RpcCode.SECURITY_VIOLATION,
                "the ticket belongs to no request under way; call bundled services only while a request "
                "is answered",
            )
        method = self._method(request.service_name, request.method)
        try:
            return await _called(method, request.request, caller)
        except (ApplicationError, RpcError, DecodeError):
            raise
        except Exception as error:
            log.exception("%s.%s failed", request.service_name, request.method)
            raise RpcError(RpcCode.UNKNOWN, f"{type(error).__name__}: {error}") from error

    def _method(self, service: str, name: str) -> Method:
        if not self._methods:
            self._methods = {key: loaded.methods() for key, loaded in self._load().items()}
        if service not in self._methods:
            known = ", ".join(sorted(self._methods))
            raise RpcError(
                RpcCode.CALL_NOT_FOUND, f"gaelocal has no bundled service `{service}`; there are: {known}"
            )
        if name not in self._methods[service]:
            raise RpcError(RpcCode.CALL_NOT_FOUND, f"gaelocal does not implement {service}.{name}")
        return self._methods[service][name]


async def _called(method: Method, serialized: bytes, caller: Caller) -> bytes:
    answer = method.handler(method.request.FromString(serialized), caller)
    if inspect.isawaitable(answer):
        answer = await answer
    try:
        return bytes(answer.SerializeToString())
    except EncodeError as error:
        raise RpcError(RpcCode.UNKNOWN, str(error)) from error


def _set_rpc_error(response: Response, error: RpcError) -> None:
    log.warning("a bundled service refused a call: %s", error.detail)
    response.rpc_error.code, response.rpc_error.detail = error.code, error.detail
