"""Multipart uploads of the XML API (cloud.google.com/storage/docs/multipart-uploads)."""

import xml.etree.ElementTree as ET

from aiohttp import web

from gaelocal.storage.protocol.bodies import claimed_hashes, demand_hashes, fill, whole
from gaelocal.storage.protocol.calls import Call
from gaelocal.storage.protocol.xml_listing import document, parts_xml, uploads_xml
from gaelocal.storage.state.errors import Invalid, MethodNotAllowed
from gaelocal.storage.state.multipart_uploads import MultipartUploads, part_etag
from gaelocal.storage.state.records import MultipartUpload, Upload
from gaelocal.storage.state.store import Store

MOST_PART = 5 * 1024**3
XML = "application/xml"


class MultipartCalls:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._uploads = MultipartUploads(store)

    def begin(self, planned: Upload) -> web.Response:
        upload = self._uploads.begin(planned)
        elements = {"Bucket": upload.bucket, "Key": upload.name, "UploadId": upload.id}
        return _xml(document("InitiateMultipartUploadResult", elements))

    def list(self, bucket: str, call: Call) -> web.Response:
        self._store.bucket(bucket)
        return _xml(uploads_xml(bucket, self._store.database.multipart_uploads(bucket), call))

    async def answer(self, request: web.BaseRequest, call: Call, bucket: str, name: str) -> web.Response:
        """Answer a request that names an upload."""
        upload = self._uploads.find(bucket, name, call.query["uploadId"])
        if call.method == "PUT":
            return await self._put_part(request, call, upload)
        if call.method == "POST":
            return await self._complete(request, call, upload)
        if call.method == "DELETE":
            self._uploads.cancel(upload)
            return web.Response(status=204)
        if call.method == "GET":
            return _xml(parts_xml(upload, self._uploads.parts(upload), call))
        raise MethodNotAllowed("The specified method is not allowed against this resource.")

    async def _put_part(self, request: web.BaseRequest, call: Call, upload: MultipartUpload) -> web.Response:
        number = call.number("partNumber")
        if number is None:
            raise Invalid("Invalid argument: partNumber is missing.")
        with self._store.blobs.drafted() as draft:
            await fill(draft, request, most=MOST_PART)
            blob = draft.finish()
            demand_hashes(blob, claimed_hashes(request.headers))
            part = self._uploads.add_part(upload, number, blob)
        hashes = f"crc32c={part.blob.crc32c},md5={part.blob.md5}"
        return web.Response(headers={"ETag": f'"{part_etag(part)}"', "X-Goog-Hash": hashes})

    async def _complete(self, request: web.BaseRequest, call: Call, upload: MultipartUpload) -> web.Response:
        wanted = _wanted_parts(await whole(request))
        made, etag = await self._uploads.complete(upload, wanted)
        place = f"{call.origin}/{upload.bucket}/{upload.name}"
        elements = {"Location": place, "Bucket": upload.bucket, "Key": upload.name, "ETag": f'"{etag}"'}
        response = _xml(document("CompleteMultipartUploadResult", elements))
        response.headers["X-Goog-Generation"] = str(made.generation)
        response.headers["X-Goog-Hash"] = f"crc32c={made.blob.crc32c}"
        return response


def _wanted_parts(text: bytes) -> list[tuple[int, str]]:
    if b"<!" in text:
        raise Invalid(
            "The XML you provided was not well-formed.", code="MalformedCompleteMultipartUploadRequest"
        )
    try:
        root = ET.fromstring(text.decode("utf-8-sig"))  # noqa: S314 - a DOCTYPE is refused above
        return [
            (int(_text(part, "PartNumber")), _text(part, "ETag").strip().strip('"'))
            for part in root
            if part.tag.rpartition("}")[2] == "Part"
        ]
    except (ET.ParseError, ValueError, RecursionError):
        raise Invalid(
            "The XML you provided was not well-formed.", code="MalformedCompleteMultipartUploadRequest"
        ) from None


def _text(part: ET.Element, name: str) -> str:
    return next((one.text or "" for one in part if one.tag.rpartition("}")[2] == name), "")


def _xml(text: str) -> web.Response:
    return web.Response(text=text, content_type=XML)
