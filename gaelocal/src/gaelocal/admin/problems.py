"""Every refusal in the JSON that Google's APIs refuse with, so that gcloud can show its sentence."""

import logging

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from gaelocal.appengine.releases import NoSuchInstance, NoSuchService, NoSuchVersion, ReleaseError
from gaelocal.google_api import ApiError
from gaelocal.google_api.rest_routes import error_body

log = logging.getLogger(__name__)
WORDS = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    413: "INVALID_ARGUMENT",
    421: "PERMISSION_DENIED",
    412: "FAILED_PRECONDITION",
    501: "UNIMPLEMENTED",
}
UNSUPPORTED = 412
"""The status by which gcloud shows the sentence of a refusal alone, and at once."""


RPC_CODES = {400: 3, 403: 7, 404: 5, 409: 6, 412: 9, 501: 12}
"""The code of an operation's error is that of gRPC, not that of HTTP."""
INTERNAL = 13


class Refused(Exception):
    """Asked for what there is not, or wrongly."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def not_found(message: str) -> Refused:
    return Refused(404, message)


def invalid(message: str) -> Refused:
    return Refused(400, message)


def unsupported(message: str) -> Refused:
    """Refuse what gaelocal does not do; gcloud repeats a request answered with a 501 for half a minute."""
    return Refused(UNSUPPORTED, message)


def error_status(status: int, message: str) -> dict[str, object]:
    """Give `google.rpc.Status` as the REST APIs write it."""
    return {"code": status, "message": message, "status": WORDS.get(status, "INTERNAL")}


def refused_release(refusal: ReleaseError) -> Refused:
    """Say in HTTP why a version, a split or a rule was refused."""
    is_missing = isinstance(refusal, NoSuchInstance | NoSuchService | NoSuchVersion)
    return not_found(str(refusal)) if is_missing else invalid(str(refusal))


@web.middleware
async def tell_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        return _problem(refused.status, str(refused))
    except ApiError as error:
        return web.json_response(error_body(error), status=error.http_status)
    except ReleaseError as refusal:
        return _problem(refused_release(refusal).status, str(refusal))
    except web.HTTPException as answer:
        if answer.status < web.HTTPBadRequest.status_code:
            raise
        return _problem(answer.status, _said(request, answer))
    except Exception as error:  # gcloud shows what it is answered, and a broken answer says nothing
        log.exception("%s %s failed", request.method, request.path_qs)
        return _problem(500, f"{type(error).__name__}: {error}")


def _said(request: web.Request, answer: web.HTTPException) -> str:
    """Name the call where there is none such: it is the first thing one wants to know of a gap."""
    if not isinstance(answer, web.HTTPNotFound | web.HTTPMethodNotAllowed):
        return answer.text or answer.reason
    log.warning("gcloud asked for what gaelocal does not answer: %s %s", request.method, request.path_qs)
    return f"gaelocal does not answer {request.method} {request.path}."


def _problem(status: int, message: str) -> web.Response:
    return web.json_response({"error": error_status(status, message)}, status=status)


def only_the_project(project: str) -> Middleware:
    """Refuse what is meant for another project: it is a mistake, and a silent one would be found late."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = request.match_info.get("app") or request.match_info.get("project") or project
        if asked != project:
            raise Refused(403, f"This platform runs the project {project}, not {asked}.")
        return await handler(request)

    return check
