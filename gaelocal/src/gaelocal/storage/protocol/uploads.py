"""The three ways to upload: media alone, metadata and media in one body, and resumable."""

from aiohttp import web

from gaelocal.storage.protocol.bodies import (
    claimed_hashes,
    demand_hashes,
    fill,
    fill_from_part,
    related,
    whole,
)
from gaelocal.storage.protocol.calls import Call, parsed_object
from gaelocal.storage.protocol.ranges import piece_of
from gaelocal.storage.protocol.resources import access_list, object_resource, writable
from gaelocal.storage.state.contents import Draft
from gaelocal.storage.state.names import checked_object_name
from gaelocal.storage.state.records import Fields, StoredObject, Upload
from gaelocal.storage.state.refusals import Invalid, Refusal
from gaelocal.storage.state.store import Store
from gaelocal.storage.state.uploads import LEAST_CHUNK, Piece, Uploads

CANCELLED = 499
INCOMPLETE = 308


class UploadCalls:
    def __init__(self, store: Store, uploads: Uploads) -> None:
        self._store = store
        self._uploads = uploads

    async def answer(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        """Answer anything below /upload/storage/v1/b/BUCKET/o."""
        if "upload_id" in call.query:
            return await self._go_on(request, call)
        begin = {"media": self._media, "multipart": self._multipart, "resumable": self._resumable}
        kind = call.query.get("uploadType", "")
        if kind not in begin or call.method != "POST":
            raise Invalid(f"Invalid value for uploadType: {kind!r}")
        return await begin[kind](request, call)

    async def _media(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        fields = {"contentType": request.headers.get("Content-Type")}
        new = self.planned(call, call.query.get("name"), fields)
        return _made(call, await self.store_body(request, new))

    async def store_body(self, request: web.BaseRequest, new: Upload) -> StoredObject:
        with self._store.contents.drafted() as draft:
            await fill(draft, request)
            return self._finish(draft, new, claimed_hashes(request.headers))

    async def _multipart(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        body, part = await related(request)
        fields = {"contentType": part.headers.get("Content-Type")} | body
        new = self.planned(call, call.query.get("name") or body.get("name"), fields)
        with self._store.contents.drafted() as draft:
            await fill_from_part(draft, part)
            return _made(call, self._finish(draft, new, claimed_hashes(request.headers) | body))

    async def _resumable(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        text = await whole(request)
        body = parsed_object(text) if text else {}
        fields = {"contentType": request.headers.get("X-Upload-Content-Type")} | body
        new = self.planned(call, call.query.get("name") or body.get("name"), fields)
        return self.session(request, call, new, body)

    def session(self, request: web.BaseRequest, call: Call, new: Upload, claimed: Fields) -> web.Response:
        """Begin a resumable upload and tell its address."""
        length = request.headers.get("X-Upload-Content-Length", "")
        expected = {name: claimed[name] for name in ("md5Hash", "crc32c") if claimed.get(name)}
        total = int(length) if length.isdigit() else None
        origin = {"origin": request.headers["Origin"]} if "Origin" in request.headers else {}
        fields = new.fields | expected | origin
        begun = self._uploads.begin(new.bucket, new.name, fields, new.conditions, total)
        place = f"{call.origin}/upload/storage/v1/b/{new.bucket}/o?uploadType=resumable&upload_id={begun.id}"
        return web.Response(headers={"Location": place, "X-GUploader-UploadID": begun.id})

    def planned(self, call: Call, name: object, fields: Fields) -> Upload:
        """Say what the upload is to become; what would be refused in the end is refused here."""
        if not isinstance(name, str):
            raise Invalid("Required parameter: name")
        bucket = self._store.bucket(call.path[1])
        self._store.demand(bucket.name, checked_object_name(name), call.conditions)
        encoding = {"contentEncoding": call.query.get("contentEncoding")}
        known = {key: text for key, text in (encoding | writable(fields)).items() if text is not None}
        default = {"acl": bucket.fields["defaultObjectAcl"]} if bucket.fields.get("defaultObjectAcl") else {}
        return Upload(
            id="",
            bucket=bucket.name,
            name=name,
            created=self._store.clock(),
            total=None,
            fields=default | known | access_list(call.query.get("predefinedAcl")),
            conditions=call.condition_texts,
        )

    def _finish(self, draft: Draft, new: Upload, claimed: Fields) -> StoredObject:
        content = draft.finish()
        demand_hashes(content, claimed)
        return self._store.add(new, content)

    async def _go_on(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        upload = self._uploads.find(call.query["upload_id"])
        answer = await self._answer(request, call, upload)
        answer.headers.update(_for_pages_of(upload.fields.get("origin")))
        return answer

    async def _answer(self, request: web.BaseRequest, call: Call, upload: Upload) -> web.Response:
        if call.method == "OPTIONS":
            return web.Response()
        if call.method == "DELETE":
            self._uploads.cancel(upload)
            return web.Response(status=CANCELLED, reason="Client Closed Request")
        async with self._uploads.lock(upload.id):
            upload = self._uploads.find(upload.id)
            made = self._uploads.result(upload) or await self._take(request, upload)
        return _made(call, made) if made else self._progress(upload)

    async def _take(self, request: web.BaseRequest, upload: Upload) -> StoredObject | None:
        """Append what the request brings; give the object once everything is there."""
        piece = piece_of(request.headers.get("Content-Range"))
        if piece.first is not None:
            _demand_announced_size(request, upload, piece)
            _demand_large_enough(request, upload, piece)
            await self._append(request, upload, piece)
        without_length = "Content-Range" not in request.headers and upload.total is None
        if not without_length and not self._uploads.is_complete(upload, piece):
            return None
        return await self._complete(request, upload)

    async def _append(self, request: web.BaseRequest, upload: Upload, piece: Piece) -> None:
        draft = self._uploads.draft(upload, piece)
        try:
            await fill(draft, request, skip=draft.size - (piece.first or 0))
        finally:
            draft.close()

    async def _complete(self, request: web.BaseRequest, upload: Upload) -> StoredObject:
        try:
            content = await self._uploads.measured(upload)
            if upload.total is not None and content.size > upload.total:
                raise _not_as_announced(upload)
            demand_hashes(content, claimed_hashes(request.headers) | upload.fields)
            return self._uploads.complete(upload, content)
        except Refusal:
            self._uploads.cancel(upload)
            raise

    def _progress(self, upload: Upload) -> web.Response:
        received = self._uploads.received(upload)
        headers = {"Range": f"bytes=0-{received - 1}"} if received else {}
        return web.Response(status=INCOMPLETE, reason="Resume Incomplete", headers=headers)


def _made(call: Call, made: StoredObject) -> web.Response:
    return web.json_response(object_resource(made, call.origin), headers={"ETag": made.etag})


def _for_pages_of(origin: str | None) -> dict[str, str]:
    """CORS for the one origin that the session was begun with, as Cloud Storage does it."""
    if origin is None:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "PUT, POST, DELETE",
        "Access-Control-Allow-Headers": "Content-Type, Content-Range, X-Upload-Content-Type",
        "Access-Control-Expose-Headers": "Range, Location, X-GUploader-UploadID, Content-Length, ETag",
        "Vary": "Origin",
    }


def _demand_announced_size(request: web.BaseRequest, upload: Upload, piece: Piece) -> None:
    """Whoever began the session said how much will come; its address lets nobody store more."""
    if upload.total is None:
        return
    end = (piece.first or 0) + (request.content_length or 0)
    if end > upload.total or piece.total not in (None, upload.total):
        raise _not_as_announced(upload)


def _not_as_announced(upload: Upload) -> Invalid:
    return Invalid(f"The size of this upload was announced as {upload.total} bytes.")


def _demand_large_enough(request: web.BaseRequest, upload: Upload, piece: Piece) -> None:
    length = request.content_length
    total = piece.total if piece.total is not None else upload.total
    is_last = "Content-Range" not in request.headers or total == (piece.first or 0) + (length or 0)
    if length is not None and length < LEAST_CHUNK and not is_last:
        raise Invalid(
            "Invalid request.  The number of bytes uploaded is required to be equal or greater than 262144, "
            "except for the final request (it's recommended to be the exact multiple of 262144).  "
            f"The received request contained {length} bytes, which does not meet this requirement."
        )
