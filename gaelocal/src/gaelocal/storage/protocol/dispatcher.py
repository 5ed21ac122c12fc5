"""Dispatch each HTTP request to the JSON API, uploads, downloads, batches or the XML API."""

from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from gaelocal.loopback_server import READING
from gaelocal.sqlite_files import OUTAGE
from gaelocal.state_files import is_disk_error
from gaelocal.storage.protocol.access_controls import AccessControlCalls
from gaelocal.storage.protocol.batch import MOST_BYTES, answer_batch, json_path
from gaelocal.storage.protocol.bodies import send_continue, whole
from gaelocal.storage.protocol.buckets import BucketCalls
from gaelocal.storage.protocol.calls import Call, answered, meant_method, split_target
from gaelocal.storage.protocol.customer_keys import demand_key
from gaelocal.storage.protocol.downloads import CORS_HEADERS, demand_dates, send
from gaelocal.storage.protocol.error_responses import json_error, xml_error
from gaelocal.storage.protocol.folders import FolderCalls
from gaelocal.storage.protocol.iam import IamCalls
from gaelocal.storage.protocol.objects import ObjectCalls
from gaelocal.storage.protocol.origins import Origins, resource_of
from gaelocal.storage.protocol.projects import ProjectCalls
from gaelocal.storage.protocol.signatures import Verify
from gaelocal.storage.protocol.uploads import UploadCalls
from gaelocal.storage.protocol.usage_logs import UsageLogs
from gaelocal.storage.protocol.xml_api import XmlCalls
from gaelocal.storage.state.errors import Invalid, NotFound, StorageError, Unavailable
from gaelocal.storage.state.records import StoredObject, moment
from gaelocal.storage.state.store import Store
from gaelocal.storage.state.uploads import Uploads
from gaelocal.supervision import Component

# A token that google-auth accepts; nothing here checks it.
_TOKEN = {"access_token": "gaelocal", "token_type": "Bearer", "expires_in": 3600}
_OBJECT_PATH = 4  # b/BUCKET/o/OBJECT
FORM = "application/x-www-form-urlencoded"
_PROJECT_RESOURCES = frozenset({"serviceAccount", "hmacKeys"})


class Dispatcher:
    def __init__(self, store: Store, verify: Verify, component: Component) -> None:
        self._store = store
        self._component = component
        parts = (BucketCalls, ObjectCalls, AccessControlCalls, IamCalls, FolderCalls, ProjectCalls)
        self._routes = [route for part in parts for route in part(store).routes()]
        self._uploads = UploadCalls(store, Uploads(store))
        self._xml = XmlCalls(store, self._uploads, verify)
        self._origins = Origins(store.database)
        self._usage = UsageLogs(store)
        self._apis = {
            "storage": self._json,
            "b": self._json,
            "projects": self._json,
            "upload": self._upload,
            "resumable": self._resumable,
            "download": self._download,
            "batch": self._batch,
            "token": self._token,
        }

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request; 503 while the disk is full or another program locks the database."""
        is_json = self._is_json(request)
        try:
            if request.method not in READING:
                await self._store.database.until_writable()
            response = await self._answer(request, is_json)
        except StorageError as error:
            return _error(error, is_json)
        except (OUTAGE, OSError) as error:
            if isinstance(error, OSError) and not is_disk_error(error):
                raise
            self._component.failed(error)
            return _error(Unavailable("The storage cannot be written now. Try again later."), is_json)
        if request.method not in READING:
            self._component.recovered()
        return response

    def write_usage_logs(self) -> None:
        self._usage.write()

    async def _answer(self, request: web.BaseRequest, is_json: bool) -> web.StreamResponse:
        call = _call_of(request)
        self._origins.refuse_foreign(request, call)
        headers = self._origins.headers(request, call)
        if request.method == "OPTIONS":
            return self._origins.preflight(request, call)
        request[CORS_HEADERS] = dict(headers)
        try:
            if is_json:
                response = await self._apis[call.path[0]](request, call)
            else:
                response = await self._xml.answer(request, call)
        except StorageError as error:
            response = _error(error, is_json)
        if not response.prepared:
            response.headers.update(headers)
            response.headers.setdefault("X-Content-Type-Options", "nosniff")
        bucket, _, name = resource_of(call)
        self._usage.note(request, response, bucket, name)
        return response

    def _is_json(self, request: web.BaseRequest) -> bool:
        """Return whether the path belongs to the JSON API (`b` is too short for a bucket name)."""
        segments = request.raw_path.partition("?")[0].split("/")[1:] or [""]
        if segments[0] == "projects":
            return len(segments) > 2 and segments[2] in _PROJECT_RESOURCES  # noqa: PLR2004
        return segments[0] in self._apis

    async def _json(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        if call.path[:2] == ("storage", "download") or call.path[:2] == ("storage", "upload"):
            return await self._apis[call.path[1]](request, replace(call, path=call.path[1:]))
        if _has_posted_query(request, call):
            call = call.with_query(await whole(request))
        path = json_path(call.path)
        if call.query.get("alt") == "media" and call.method in ("GET", "HEAD"):
            return await self._download(request, replace(call, path=path))
        reply = await answered(self._routes, replace(call, path=path, body=await whole(request)))
        if reply.resource is None:
            return web.Response(status=reply.status, headers=reply.headers)
        return web.json_response(reply.resource, status=reply.status, headers=reply.headers)

    async def _upload(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        return await self._uploads.answer(request, replace(call, path=json_path(call.path[1:])))

    async def _resumable(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        """Answer where apitools begin a resumable upload: the same path below one more segment."""
        return await self._upload(request, replace(call, path=call.path[1:]))

    async def _download(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        path = json_path(call.path[1:] if call.path[0] == "download" else call.path)
        if len(path) != _OBJECT_PATH or (path[0], path[2]) != ("b", "o"):
            raise NotFound("Not Found")
        found = self._store.find(path[1], path[3], call.number("generation"))
        call.conditions.demand_read(found)
        demand_dates(call.headers, found)
        demand_key(found, call.customer_key)
        self._note_read(found)
        return await send(request, self._store.blobs, found, {"ETag": found.etag})

    async def _batch(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        text = await whole(request, MOST_BYTES)
        body, kind = await answer_batch(self._routes, call.headers, text, call.origin)
        return web.Response(body=body, headers={"Content-Type": kind})

    async def _token(self, request: web.BaseRequest, _call: Call) -> web.StreamResponse:
        await send_continue(request)
        return web.json_response(_TOKEN)

    def _note_read(self, found: StoredObject) -> None:
        """Remember for Autoclass that the object was read, and give it back the standard class."""
        bucket = self._store.bucket(found.bucket)
        if not found.is_live or not bucket.setting("autoclass", "enabled"):
            return
        self._store.note_read(found, moment(self._store.clock()))


def _error(error: StorageError, is_json: bool) -> web.Response:
    return json_error(error) if is_json else xml_error(error)


def _has_posted_query(request: web.BaseRequest, call: Call) -> bool:
    """Return whether google-api-python-client sent a GET with a long query as a form."""
    return request.method == "POST" and call.method == "GET" and request.content_type == FORM


def _demand_utf8(headers: Mapping[str, str]) -> None:
    try:
        "".join(headers.values()).encode()
    except UnicodeEncodeError:
        raise Invalid("A header of the request is not valid UTF-8.") from None


def _call_of(request: web.BaseRequest) -> Call:
    _demand_utf8(request.headers)
    segments, pairs = split_target(request.raw_path)
    return Call(
        method=meant_method(request.method, request.headers),
        path=segments,
        query=dict(pairs),
        pairs=pairs,
        headers=request.headers,
        origin=f"{request.scheme}://{request.host}",
        raw_path=request.raw_path.partition("?")[0],
    )
