"""The web pages that may use the storage: a bucket's CORS configuration or an upload session names them.

Nobody signs in to the emulator, so pages of other origins are refused unless one of the two admits them.
"""

from collections.abc import Mapping

from aiohttp import web

from gaelocal.loopback_server import has_local_host, is_from_foreign_page
from gaelocal.storage.protocol.batch import json_path
from gaelocal.storage.protocol.calls import Call
from gaelocal.storage.state.database import Database
from gaelocal.storage.state.errors import Forbidden
from gaelocal.storage.state.records import Bucket, Fields

UPLOAD_APIS = ("upload", "resumable")
JSON_APIS = ("storage", "b", "upload", "resumable", "download", "batch", "token")
DEFAULT_MAX_AGE = 3600
_OBJECT_COLLECTION = 3  # b/BUCKET/o
_SESSION_HEADERS = {
    "Access-Control-Allow-Methods": "PUT, POST, DELETE",
    "Access-Control-Allow-Headers": "Content-Type, Content-Range, X-Upload-Content-Type",
    "Access-Control-Expose-Headers": "Range, Location, X-GUploader-UploadID, Content-Length, ETag",
    "Vary": "Origin",
}


class Origins:
    def __init__(self, database: Database) -> None:
        self._database = database

    def refuse_foreign(self, request: web.BaseRequest, call: Call) -> None:
        """Raise Forbidden for a foreign host name, and for a page of an origin that is not admitted."""
        if not has_local_host(request):
            raise Forbidden("This server answers to names of this machine only.")
        if is_from_foreign_page(request) and not self._is_admitted(request, call):
            raise Forbidden(
                "A page of another origin may not use this storage. "
                "The CORS configuration of a bucket names the origins that may use its objects."
            )

    def preflight(self, request: web.BaseRequest, call: Call) -> web.Response:
        """Answer OPTIONS: the headers say what a page may do, and are missing if it may do nothing."""
        return web.Response(headers=self.headers(request, call))

    def headers(self, request: web.BaseRequest, call: Call) -> Mapping[str, str]:
        """Return the CORS headers of the response."""
        origin, session_origin = request.headers.get("Origin"), self._session_origin(call)
        if session_origin and origin in (None, session_origin):
            return {"Access-Control-Allow-Origin": session_origin, **_SESSION_HEADERS}
        if origin is None:
            return {}
        rule = self._rule(origin, _method_of(request, call), call)
        return {} if rule is None else _rule_headers(rule, origin, request)

    def _is_admitted(self, request: web.BaseRequest, call: Call) -> bool:
        if _is_session_start(request, call) or _is_form(request, call) or _is_embedded(request):
            return True
        origin = request.headers.get("Origin")
        if origin is None:
            return False
        if self._session_origin(call) == origin:
            return True
        return self._rule(origin, _method_of(request, call), call) is not None

    def _session_origin(self, call: Call) -> str | None:
        """Return the origin for which the upload session of the call was begun."""
        upload_id = call.query.get("upload_id")
        if not upload_id or call.path[0] not in UPLOAD_APIS:
            return None
        upload = self._database.upload(upload_id)
        return upload.fields.get("origin") if upload else None

    def _rule(self, origin: str, method: str, call: Call) -> Fields | None:
        bucket = self._bucket_of(call)
        for rule in (bucket.fields.get("cors") or []) if bucket else []:
            origins, methods = rule.get("origin") or [], rule.get("method") or []
            if ("*" in origins or origin in origins) and ("*" in methods or method in methods):
                return dict(rule)
        return None

    def _bucket_of(self, call: Call) -> Bucket | None:
        """Return the bucket whose objects the call is about; the bucket's own settings are never meant."""
        bucket, is_about_objects, _ = resource_of(call)
        return self._database.bucket(bucket) if is_about_objects else None


def resource_of(call: Call) -> tuple[str, bool, str]:
    """Return the bucket of a call, whether it is about objects, and the name of the object."""
    path = call.path
    if path[0] not in JSON_APIS:
        return path[0], True, "/".join(path[1:])
    while path[:1] and path[0] in (*UPLOAD_APIS, "download"):
        path = path[1:]
    path = json_path(path)
    if path[:1] != ("b",) or len(path) == 1:
        return "", False, ""
    is_about_objects = len(path) >= _OBJECT_COLLECTION and path[2] == "o"
    return path[1], is_about_objects, path[3] if is_about_objects and len(path) > _OBJECT_COLLECTION else ""


def _method_of(request: web.BaseRequest, call: Call) -> str:
    """Return the method that a preflight asks for, or that of the call."""
    if request.method == "OPTIONS":
        return request.headers.get("Access-Control-Request-Method", "OPTIONS")
    return call.method


def _is_session_start(request: web.BaseRequest, call: Call) -> bool:
    """Return whether a program begins an upload for the page in `Origin`; pages also send `Sec-Fetch-Site`.

    The answer has no CORS headers: even an old browser does not show the address of the session to a page.
    """
    is_start = call.query.get("uploadType") == "resumable" or "x-goog-resumable" in request.headers
    is_program = "Sec-Fetch-Site" not in request.headers and request.headers.get("Origin") != "null"
    return is_start and is_program and request.method == "POST" and "upload_id" not in call.query


def _is_form(request: web.BaseRequest, call: Call) -> bool:
    """Return whether it is a form upload of the XML API, which needs a signed policy."""
    is_bucket = call.path[0] not in JSON_APIS and not "".join(call.path[1:])
    is_multipart = request.headers.get("Content-Type", "").lower().startswith("multipart/form-data")
    return request.method == "POST" and is_bucket and is_multipart and not call.query


def _is_embedded(request: web.BaseRequest) -> bool:
    """Return whether a page embeds or links an object without reading it: an image, a video, a download."""
    is_read = request.method in ("GET", "HEAD") and "Origin" not in request.headers
    return is_read and request.headers.get("Sec-Fetch-Dest") in ("image", "video", "audio")


def _rule_headers(rule: Fields, origin: str, request: web.BaseRequest) -> dict[str, str]:
    listed = [str(name) for name in rule.get("responseHeader") or []]
    headers = {"Access-Control-Allow-Origin": "*" if "*" in rule["origin"] else origin, "Vary": "Origin"}
    if request.method != "OPTIONS":
        return headers | ({"Access-Control-Expose-Headers": ", ".join(listed)} if listed else {})
    asked = [one.strip() for one in request.headers.get("Access-Control-Request-Headers", "").split(",")]
    allowed = [one for one in asked if one and _is_listed(one, listed)]
    headers["Access-Control-Allow-Methods"] = ",".join(str(method) for method in rule["method"])
    headers["Access-Control-Max-Age"] = str(rule.get("maxAgeSeconds", DEFAULT_MAX_AGE))
    return headers | ({"Access-Control-Allow-Headers": ",".join(allowed)} if allowed else {})


def _is_listed(name: str, listed: list[str]) -> bool:
    lower = name.lower()
    return any(
        one.lower() == lower or one == "*" or (one.endswith("*") and lower.startswith(one[:-1].lower()))
        for one in listed
    )
