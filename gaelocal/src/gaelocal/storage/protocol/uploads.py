"""The three kinds of upload: media alone, metadata and media in one body, and resumable."""

from dataclasses import replace

from aiohttp import web

from gaelocal.state_files import is_disk_error
from gaelocal.storage.protocol.bodies import (
    claimed_hashes,
    demand_hashes,
    fill,
    fill_from_part,
    related,
    whole,
)
from gaelocal.storage.protocol.calls import Call, parsed_object
from gaelocal.storage.protocol.customer_keys import key_of
from gaelocal.storage.protocol.gzipped import is_gzipped
from gaelocal.storage.protocol.new_objects import planned_upload
from gaelocal.storage.protocol.partial_response import selected
from gaelocal.storage.protocol.ranges import piece_of
from gaelocal.storage.protocol.resources import object_resource
from gaelocal.storage.state.blobs import Draft
from gaelocal.storage.state.errors import Invalid, MethodNotAllowed, NotFound, StorageError
from gaelocal.storage.state.records import Fields, StoredObject, Upload
from gaelocal.storage.state.store import Store
from gaelocal.storage.state.uploads import EXPECTED_HASHES, LEAST_CHUNK, Piece, Uploads

CANCELLED = 499
INCOMPLETE = 308
_PATH_LENGTH = 3  # b/BUCKET/o


class UploadCalls:
    def __init__(self, store: Store, uploads: Uploads) -> None:
        self._store = store
        self._uploads = uploads

    async def answer(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        """Answer a request to /upload/storage/v1/b/BUCKET/o."""
        call.demanded_fields("b/*/o/*")
        if "upload_id" in call.query:
            return await self._continue(request, call)
        if len(call.path) != _PATH_LENGTH or (call.path[0], call.path[2]) != ("b", "o"):
            raise NotFound("Not Found")
        begin = {"media": self._media, "multipart": self._multipart, "resumable": self._resumable}
        kind = call.query.get("uploadType", "")
        if kind not in begin:
            raise Invalid(f"Invalid value for uploadType: {kind[:40]!r}")
        if call.method != "POST" and not (call.method == "PUT" and kind == "resumable"):
            raise MethodNotAllowed("Method Not Allowed")
        return await begin[kind](request, call)

    async def _media(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        fields = {"contentType": request.headers.get("Content-Type")}
        new = self.planned(call, call.query.get("name"), fields)
        return self._made(call, await self.store_body(request, new))

    async def store_body(
        self, request: web.BaseRequest, new: Upload, *, least: int = 0, most: int | None = None
    ) -> StoredObject:
        """Store the body as the object, which must have between `least` and `most` bytes."""
        with self._store.blobs.drafted() as draft:
            await fill(
                draft, request, most=most, too_much="Your proposed upload exceeds the maximum allowed size."
            )
            if draft.size < least:
                raise Invalid(
                    "Your proposed upload is smaller than the minimum allowed size.", code="EntityTooSmall"
                )
            return self.finish(draft, new, claimed_hashes(request.headers))

    async def _multipart(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        body, part = await related(request)
        fields = {"contentType": part.headers.get("Content-Type")} | body
        new = self.planned(call, call.query.get("name") or body.get("name"), fields)
        with self._store.blobs.drafted() as draft:
            await fill_from_part(draft, part)
            return self._made(call, self.finish(draft, new, claimed_hashes(request.headers) | body))

    async def _resumable(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        text = await whole(request)
        body = parsed_object(text) if text.strip() else {}
        fields = {"contentType": request.headers.get("X-Upload-Content-Type")} | body
        new = self.planned(call, call.query.get("name") or body.get("name"), fields)
        return self.session(request, call, new, body)

    def session(self, request: web.BaseRequest, call: Call, new: Upload, claimed: Fields) -> web.Response:
        """Begin a resumable upload and return its address."""
        length = request.headers.get("X-Upload-Content-Length", "")
        expected = {name: claimed[name] for name in EXPECTED_HASHES if claimed.get(name)}
        total = int(length) if length.isascii() and length.isdecimal() and len(length) < 19 else None  # noqa: PLR2004
        origin = {"origin": request.headers["Origin"]} if "Origin" in request.headers else {}
        begun = self._uploads.begin(replace(new, fields=new.fields | expected | origin), total)
        place = f"{call.origin}/upload/storage/v1/b/{new.bucket}/o?uploadType=resumable&upload_id={begun.id}"
        return web.Response(headers={"Location": place, "X-GUploader-UploadID": begun.id})

    def planned(self, call: Call, name: object, fields: Fields) -> Upload:
        return planned_upload(self._store, call, call.path[1], name, fields)

    def finish(self, draft: Draft, new: Upload, claimed: Fields) -> StoredObject:
        blob = draft.finish()
        demand_hashes(blob, claimed)
        return self._store.add(new, blob)

    async def _continue(self, request: web.BaseRequest, call: Call) -> web.Response:
        upload = self._uploads.find(call.query["upload_id"])
        if call.method == "DELETE":
            self._uploads.cancel(upload)
            return web.Response(status=CANCELLED, reason="Client Closed Request")
        if call.method not in ("PUT", "POST"):
            raise MethodNotAllowed("Method Not Allowed")
        async with self._uploads.lock(upload.id):
            upload = self._uploads.find(upload.id)
            made = self._uploads.result(upload) or await self._receive(request, upload)
        return self._made(call, made) if made else self._progress(request, upload)

    async def _receive(self, request: web.BaseRequest, upload: Upload) -> StoredObject | None:
        """Append the body; return the object once it is complete."""
        piece = piece_of(request.headers.get("Content-Range"))
        if piece.first is not None:
            _demand_announced_size(request, upload, piece)
            _demand_large_enough(request, upload, piece)
            await self._append(request, upload, piece)
        is_last = piece.is_last and upload.total in (None, self._uploads.received(upload))
        if not is_last and not self._uploads.is_complete(upload, piece):
            return None
        return await self._complete(request, upload)

    async def _append(self, request: web.BaseRequest, upload: Upload, piece: Piece) -> None:
        draft = self._uploads.draft(upload, piece)
        most = upload.total if piece.total is None else min(piece.total, upload.total or piece.total)
        received = draft.size
        try:
            skip = received - (piece.first or 0)
            too_much = _not_as_announced(most).message
            await fill(draft, request, skip=skip, most=most, too_much=too_much, decompresses=True)
            draft.flush()
        except OSError as error:
            if is_disk_error(error):
                draft.cut(received)
            raise
        finally:
            draft.close()

    async def _complete(self, request: web.BaseRequest, upload: Upload) -> StoredObject:
        try:
            blob = await self._uploads.measured(upload)
            demand_hashes(blob, claimed_hashes(request.headers) | upload.fields)
            return self._uploads.complete(upload, blob)
        except StorageError:
            self._uploads.cancel(upload)
            raise

    def _progress(self, request: web.BaseRequest, upload: Upload) -> web.Response:
        """Say how much has arrived, with status 200 to Google's Go client, which asks for that."""
        received = self._uploads.received(upload)
        headers = {"Range": f"bytes=0-{received - 1}"} if received else {}
        if request.headers.get("X-GUploader-No-308", "").lower() == "yes":
            return web.Response(headers=headers | {"X-HTTP-Status-Code-Override": str(INCOMPLETE)})
        return web.Response(status=INCOMPLETE, reason="Resume Incomplete", headers=headers)

    def _made(self, call: Call, made: StoredObject) -> web.Response:
        bucket = self._store.bucket(made.bucket)
        full = call.query.get("projection") == "full"
        resource = object_resource(made, bucket, call.origin, full=full, key=key_of(made))
        mask = call.query.get("fields")
        return web.json_response(selected(resource, mask) if mask else resource, headers={"ETag": made.etag})


def _demand_announced_size(request: web.BaseRequest, upload: Upload, piece: Piece) -> None:
    """Refuse more than the session was begun for: its address allows nobody to store more."""
    if upload.total is None:
        return
    end = (piece.first or 0) + (_length(request) or 0)
    if end > upload.total or piece.total not in (None, upload.total):
        raise _not_as_announced(upload.total)


def _not_as_announced(total: int | None) -> Invalid:
    return Invalid(f"The size of this upload was announced as {total} bytes.")


def _length(request: web.BaseRequest) -> int | None:
    """Return the length of the media in the body, unless it is only known when it has been read."""
    return None if is_gzipped(request) else request.content_length


def _demand_large_enough(request: web.BaseRequest, upload: Upload, piece: Piece) -> None:
    length = _length(request)
    total = piece.total if piece.total is not None else upload.total
    is_last = piece.is_last or total == (piece.first or 0) + (length or 0)
    if length is not None and length < LEAST_CHUNK and not is_last:
        raise Invalid(
            "Invalid request.  The number of bytes uploaded is required to be equal or greater than 262144, "
            "except for the final request (it's recommended to be the exact multiple of 262144).  "
            f"The received request contained {length} bytes, which does not meet this requirement."
        )
