"""Errors of the console's JSON API as `application/problem+json` (RFC 9457)."""

import json
import uuid

from aiohttp import web
from aiohttp.typedefs import Handler


class Refused(Exception):
    """The request is invalid or names something that does not exist."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


@web.middleware
async def tell_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        return _problem(refused)
    except web.HTTPException as answer:
        if answer.status < web.HTTPBadRequest.status_code:
            raise
        code = answer.reason.lower().replace(" ", "_")
        response = _problem(Refused(answer.status, code, answer.text or answer.reason))
        if "Allow" in answer.headers:
            response.headers["Allow"] = answer.headers["Allow"]
        return response


def _problem(refused: Refused) -> web.Response:
    body = {
        "type": "about:blank",
        "title": refused.code.replace("_", " ").capitalize(),
        "status": refused.status,
        "code": refused.code,
        "detail": refused.detail,
        "request_id": uuid.uuid4().hex,
    }
    return web.Response(text=json.dumps(body), status=refused.status, content_type="application/problem+json")
