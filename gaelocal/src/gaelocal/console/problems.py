"""Errors of the console: a page for people, and `application/problem+json` (RFC 9457) below `/api/`."""

import json
import uuid
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from gaelocal.sqlite_files import OUTAGE, is_outage, outage_message

API = "/api/"


class ConsoleError(Exception):
    """The request is invalid or names something that does not exist."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


def not_found(missing: LookupError) -> ConsoleError:
    return ConsoleError(
        404, "not_found", str(missing.args[0]) if missing.args else "there is nothing at this address"
    )


ErrorPage = Callable[[web.Request, ConsoleError], Awaitable[web.Response]]


def problem_middleware(error_page: ErrorPage) -> Middleware:
    """Return the middleware that answers errors; `error_page` renders those of the pages."""

    @web.middleware
    async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except ConsoleError as error:
            return await _respond(request, error, error_page)
        except (OUTAGE, OSError) as error:
            if not is_outage(error):
                raise
            outage = ConsoleError(503, "unavailable", outage_message(error))
            return await _respond(request, outage, error_page)
        except web.HTTPException as answer:
            if answer.status < web.HTTPBadRequest.status_code:
                raise
            code = answer.reason.lower().replace(" ", "_")
            problem = ConsoleError(answer.status, code, answer.text or answer.reason)
            response = await _respond(request, problem, error_page)
            if "Allow" in answer.headers:
                response.headers["Allow"] = answer.headers["Allow"]
            return response

    return answer_errors


async def _respond(request: web.Request, error: ConsoleError, error_page: ErrorPage) -> web.Response:
    is_page = not request.path.startswith(API) and error.status not in (403, 421)
    return await error_page(request, error) if is_page else _problem(error)


def _problem(error: ConsoleError) -> web.Response:
    body = {
        "type": "about:blank",
        "title": error.code.replace("_", " ").capitalize(),
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "request_id": uuid.uuid4().hex,
    }
    return web.Response(text=json.dumps(body), status=error.status, content_type="application/problem+json")
