"""APIs over REST in an application of their own, for a port that otherwise serves gRPC."""

import logging
from collections.abc import Iterable

from aiohttp import web
from aiohttp.typedefs import Handler

from gaelocal.google_api.errors import ApiError, invalid, not_found, permission_denied
from gaelocal.google_api.methods import Service
from gaelocal.google_api.rest_routes import error_body, rest_routes
from gaelocal.http2 import Status
from gaelocal.loopback_server import refuse_foreign_requests
from gaelocal.sqlite_files import is_outage, outage_message

log = logging.getLogger(__name__)
MOST_BYTES = 10 * 1024 * 1024
"""What Cloud Logging takes in one call, the most of all these APIs."""


def rest_app(services: Iterable[Service], more: Iterable[web.RouteDef] = ()) -> web.Application:
    app = web.Application(client_max_size=MOST_BYTES, middlewares=[_answer_errors, refuse_foreign_requests()])
    app.add_routes(more)
    for service in services:
        app.add_routes(rest_routes(service))
    return app


@web.middleware
async def _answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        return _failed(error)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
        return _failed(
            not_found(f"gaelocal does not support {request.method} {request.path} at this address.")
        )
    except web.HTTPRequestEntityTooLarge as answer:
        return _failed(invalid(answer.text or answer.reason))
    except web.HTTPException as answer:
        return _failed(permission_denied(answer.text or answer.reason))
    except Exception as error:
        if not is_outage(error):
            raise
        log.warning("%s %s failed: %s", request.method, request.path, error)
        return _failed(ApiError(Status.UNAVAILABLE, outage_message(error)))


def _failed(error: ApiError) -> web.Response:
    return web.json_response(error_body(error), status=error.http_status)
