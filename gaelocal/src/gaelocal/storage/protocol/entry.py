"""Where every HTTP request comes in, and which of the APIs answers it."""

from dataclasses import replace

from aiohttp import web

from gaelocal.loopback_server import READING, has_local_host, is_from_foreign_page
from gaelocal.sqlite_files import OUTAGE
from gaelocal.state_files import is_disk_error
from gaelocal.storage.protocol.batch import MOST_BYTES, answer_batch, json_path
from gaelocal.storage.protocol.bodies import invite, whole
from gaelocal.storage.protocol.buckets import BucketCalls
from gaelocal.storage.protocol.calls import Call, answered, split_target
from gaelocal.storage.protocol.downloads import send
from gaelocal.storage.protocol.objects import ObjectCalls
from gaelocal.storage.protocol.problems import json_refusal, xml_refusal
from gaelocal.storage.protocol.signatures import Verify
from gaelocal.storage.protocol.uploads import UploadCalls
from gaelocal.storage.protocol.xml_paths import XmlCalls
from gaelocal.storage.state.refusals import Forbidden, Refusal, Unavailable
from gaelocal.storage.state.store import Store
from gaelocal.storage.state.uploads import Uploads
from gaelocal.supervision import Component

# A token that google-auth accepts; nothing here checks it.
_TOKEN = {"access_token": "gaelocal", "token_type": "Bearer", "expires_in": 3600}
_OBJECT_PATH = 4


class Entry:
    def __init__(self, store: Store, verify: Verify, component: Component) -> None:
        self._store = store
        self._component = component
        self._routes = BucketCalls(store).routes() + ObjectCalls(store).routes()
        self._sessions = Uploads(store)
        self._uploads = UploadCalls(store, self._sessions)
        self._xml = XmlCalls(store, self._uploads, verify)
        self._apis = {
            "storage": self._json,
            "upload": self._upload,
            "resumable": self._resumable,
            "download": self._download,
            "batch": self._batch,
            "token": self._token,
        }

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request; 503 while the disk is full or another program locks the database."""
        try:
            if request.method not in READING:
                await self._store.catalog.until_writable()
            answer = await self._answer(request)
        except (OUTAGE, OSError) as error:
            if isinstance(error, OSError) and not is_disk_error(error):
                raise
            self._component.failed(error)
            refusal = Unavailable(f"The storage cannot be written: {error}.")
            is_json = request.path.split("/")[1] in self._apis
            return json_refusal(refusal) if is_json else xml_refusal(refusal)
        if request.method not in READING:
            self._component.recovered()
        return answer

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        api = request.raw_path.split("?")[0].split("/")[1:2]
        try:
            call = _call_of(request)
            self._refuse_foreign_pages(request, call)
            if api and api[0] in self._apis:
                return await self._apis[api[0]](request, call)
        except Refusal as refusal:
            return json_refusal(refusal)
        try:
            return await self._xml.answer(request, call)
        except Refusal as refusal:
            return xml_refusal(refusal)

    def _refuse_foreign_pages(self, request: web.BaseRequest, call: Call) -> None:
        """Nobody signs in here: what keeps the pages of other sites out is what their browser sends."""
        if not has_local_host(request):
            raise Forbidden("This server answers to names of this machine only.")
        if not is_from_foreign_page(request) or _is_session_start(request, call):
            return
        upload_id = call.query.get("upload_id")
        if upload_id and call.path[0] in ("upload", "resumable"):
            begun_for = self._sessions.find(upload_id).fields.get("origin")
            if begun_for == request.headers.get("Origin"):
                return
        raise Forbidden("A page of another origin may not use this storage.")

    async def _json(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        if call.query.get("alt") == "media" and call.method in ("GET", "HEAD"):
            return await self._download(request, call)
        with_body = replace(call, path=json_path(call.path), body=await whole(request))
        reply = await answered(self._routes, with_body)
        if reply.resource is None:
            return web.Response(status=reply.status, headers=reply.headers)
        return web.json_response(reply.resource, status=reply.status, headers=reply.headers)

    async def _upload(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        return await self._uploads.answer(request, replace(call, path=json_path(call.path[1:])))

    async def _resumable(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        """Where apitools begin a resumable upload: the same path below one more word."""
        return await self._upload(request, replace(call, path=call.path[1:]))

    async def _download(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        path = json_path(call.path[1:] if call.path[0] == "download" else call.path)
        wanted = replace(call, path=path)
        bucket, name = path[1:_OBJECT_PATH:2] if len(path) == _OBJECT_PATH else ("", "")
        found = self._store.find(bucket, name, wanted.number("generation"))
        wanted.conditions.demand_read(found)
        return await send(request, self._store.contents, found, {})

    async def _batch(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        text = await whole(request, MOST_BYTES)
        body, kind = await answer_batch(self._routes, call.headers, text, call.origin)
        return web.Response(body=body, headers={"Content-Type": kind})

    async def _token(self, request: web.BaseRequest, _call: Call) -> web.StreamResponse:
        await invite(request)
        return web.json_response(_TOKEN)


def _is_session_start(request: web.BaseRequest, call: Call) -> bool:
    """Whether a program begins an upload for the page that `Origin` names; pages send `Sec-Fetch-Site`."""
    is_start = call.query.get("uploadType") == "resumable" or "x-goog-resumable" in request.headers
    is_program = "Sec-Fetch-Site" not in request.headers and request.headers.get("Origin") != "null"
    return is_start and is_program and request.method == "POST" and "upload_id" not in call.query


def _call_of(request: web.BaseRequest) -> Call:
    segments, query = split_target(request.raw_path)
    return Call(
        method=request.method,
        path=segments,
        query=query,
        headers=request.headers,
        origin=f"{request.scheme}://{request.host}",
    )
