"""Every refusal in the JSON that Google's APIs refuse with, so that gcloud can show its sentence."""

import logging

from aiohttp import web
from aiohttp.typedefs import Handler

log = logging.getLogger(__name__)
WORDS = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    413: "INVALID_ARGUMENT",
    421: "PERMISSION_DENIED",
    501: "UNIMPLEMENTED",
}


class Refused(Exception):
    """Asked for what there is not, or wrongly."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def not_found(message: str) -> Refused:
    return Refused(404, message)


def invalid(message: str) -> Refused:
    return Refused(400, message)


def error_status(status: int, message: str) -> dict[str, object]:
    """Give `google.rpc.Status` as the REST APIs write it."""
    return {"code": status, "message": message, "status": WORDS.get(status, "INTERNAL")}


@web.middleware
async def tell_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        return _problem(refused.status, str(refused))
    except web.HTTPException as answer:
        if answer.status < web.HTTPBadRequest.status_code:
            raise
        return _problem(answer.status, _said(request, answer))


def _said(request: web.Request, answer: web.HTTPException) -> str:
    """Name the call where there is none such: it is the first thing one wants to know of a gap."""
    if not isinstance(answer, web.HTTPNotFound | web.HTTPMethodNotAllowed):
        return answer.text or answer.reason
    log.warning("gcloud asked for what localcloud does not answer: %s %s", request.method, request.path_qs)
    return f"localcloud does not answer {request.method} {request.path}."


def _problem(status: int, message: str) -> web.Response:
    return web.json_response({"error": error_status(status, message)}, status=status)
