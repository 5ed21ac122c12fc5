"""Errors as the JSON of Google's APIs, so that gcloud can show their messages."""

import logging

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from gaelocal.appengine.releases import NoSuchInstance, NoSuchService, NoSuchVersion, NotStored, ReleaseError
from gaelocal.google_api import ApiError
from gaelocal.google_api.rest_routes import error_body
from gaelocal.sqlite_files import is_outage, outage_message

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
    503: "UNAVAILABLE",
}
UNSUPPORTED = 412
"""The status by which gcloud shows the sentence of a refusal alone, and at once."""


RPC_CODES = {400: 3, 403: 7, 404: 5, 409: 6, 412: 9, 501: 12, 503: 14}
"""The code of an operation's error is that of gRPC, not that of HTTP."""
INTERNAL = 13


class AdminError(Exception):
    """The request is invalid or names something that does not exist."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def not_found(message: str) -> AdminError:
    return AdminError(404, message)


def invalid(message: str) -> AdminError:
    return AdminError(400, message)


def unsupported(message: str) -> AdminError:
    """Return the error for an unsupported method; not a 501, which gcloud retries for half a minute."""
    return AdminError(UNSUPPORTED, message)


def error_status(status: int, message: str) -> dict[str, object]:
    """Return `google.rpc.Status` as JSON."""
    return {"code": status, "message": message, "status": WORDS.get(status, "INTERNAL")}


def release_error(refusal: ReleaseError) -> AdminError:
    """Convert a release error to its HTTP error."""
    if isinstance(refusal, NotStored):
        return AdminError(503, str(refusal))
    is_missing = isinstance(refusal, NoSuchInstance | NoSuchService | NoSuchVersion)
    return not_found(str(refusal)) if is_missing else invalid(str(refusal))


@web.middleware
async def problem_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except AdminError as error:
        return _problem(error.status, str(error))
    except ApiError as error:
        return web.json_response(error_body(error), status=error.http_status)
    except ReleaseError as refusal:
        return _problem(release_error(refusal).status, str(refusal))
    except web.HTTPException as answer:
        if answer.status < web.HTTPBadRequest.status_code:
            raise
        return _problem(answer.status, _message_of(request, answer))
    except Exception as error:  # noqa: BLE001 - gcloud shows the error message; a broken connection has none
        return _unexpected(request, error)


def _unexpected(request: web.Request, error: Exception) -> web.Response:
    if is_outage(error):
        log.warning("%s %s failed: %s", request.method, request.path_qs, error)
        return _problem(503, outage_message(error))
    log.error("%s %s failed", request.method, request.path_qs, exc_info=error)
    return _problem(500, f"{type(error).__name__}: {error}")


def _message_of(request: web.Request, answer: web.HTTPException) -> str:
    """Name the called method in a 404 for an unknown route."""
    if not isinstance(answer, web.HTTPNotFound | web.HTTPMethodNotAllowed):
        return answer.text or answer.reason
    log.warning(
        "gcloud called a method that gaelocal does not support: %s %s", request.method, request.path_qs
    )
    return f"gaelocal does not support {request.method} {request.path}."


def _problem(status: int, message: str) -> web.Response:
    return web.json_response({"error": error_status(status, message)}, status=status)


def only_the_project(project: str) -> Middleware:
    """Refuse requests for another project, which would otherwise go unnoticed."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = request.match_info.get("app") or request.match_info.get("project") or project
        if asked != project:
            raise AdminError(403, f"This platform runs the project {project}, not {asked}.")
        return await handler(request)

    return check
