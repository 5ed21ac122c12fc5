"""Errors of the console's JSON API as `application/problem+json` (RFC 9457)."""

import json
import uuid

from aiohttp import web
from aiohttp.typedefs import Handler


class ConsoleError(Exception):
    """The request is invalid or names something that does not exist."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


@web.middleware
async def problem_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ConsoleError as error:
        return _problem(error)
    except web.HTTPException as answer:
        if answer.status < web.HTTPBadRequest.status_code:
            raise
        code = answer.reason.lower().replace(" ", "_")
        response = _problem(ConsoleError(answer.status, code, answer.text or answer.reason))
        if "Allow" in answer.headers:
            response.headers["Allow"] = answer.headers["Allow"]
        return response


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
