"""The Blobstore at the front door: uploads, images, and the blobs that services name in a response."""

import base64
import hashlib
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from email.message import Message
from urllib.parse import unquote, urlsplit

from gaelocal.appengine.front_door.error_responses import error_response
from gaelocal.appengine.http import Body, Request, Response, field
from gaelocal.bundled.blobs import BlobStore, NewBlob, UploadSession, place_of
from gaelocal.bundled.blobstore import IMAGE, UPLOAD
from gaelocal.bundled.errors import ApplicationError

KEY_HEADER = b"x-appengine-blobkey"
RANGE_HEADER = b"x-appengine-blobrange"
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
END = b"\r\n"
MOST_PARTS = 1000
OCTETS = "application/octet-stream"
UNSET = ("", "None")
"""Google's samples set the type to None, which Flask writes as a word."""


class BlobPages:
    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    async def respond(self, request: Request) -> Request | Response | None:
        """Return the response, the request that goes to the service instead, or None for other paths."""
        if request.path.startswith(IMAGE):
            key = request.path.removeprefix(IMAGE).partition("=")[0]
            return self._blob(request, key + "=" * (-len(key.partition(":")[2]) % 4), None, "")
        if not request.path.startswith(UPLOAD) or request.method != "POST":
            return None
        session = self._blobs.take_session(request.path.removeprefix(UPLOAD))
        if session is None:
            return error_response(request, 404, "this upload address was used, is over or never existed")
        return await self._upload(request, session)

    def served(self, request: Request, response: Response) -> Response:
        """Put the blob that a service names in `X-AppEngine-BlobKey` into its response."""
        key = field(response.headers, KEY_HEADER).decode("latin-1")
        if not key:
            return response
        wanted = RANGE.fullmatch(field(response.headers, RANGE_HEADER).decode("latin-1"))
        response.body.close()
        kind = field(response.headers, b"content-type").decode("latin-1")
        blob = self._blob(request, key, wanted, kind)
        own = [
            (name, value)
            for name, value in response.headers
            if name.lower() not in (b"content-type", b"content-length")
        ]
        return replace(blob, headers=[*own, *blob.headers])

    def _blob(self, request: Request, key: str, wanted: re.Match[str] | None, kind: str) -> Response:
        try:
            place = place_of(key)
            path = self._blobs.files.file_of(*place)
            stored = self._blobs.files.content_type_of(*place)
        except LookupError:
            return error_response(request, 404, "there is no such blob")
        kind = kind if kind not in UNSET else _safe(stored)
        if request.path.startswith(IMAGE) and not kind.startswith("image/"):
            return error_response(request, 404, "the blob is not an image")
        headers = [(b"Content-Type", kind.encode("latin-1")), (b"X-Content-Type-Options", b"nosniff")]
        size = path.stat().st_size
        if wanted is None:
            return Response(200, headers, Body.of_file(path.open("rb"), size))
        first, last = _bounds(wanted, size)
        if first > last:
            headers.append((b"Content-Range", b"bytes */%d" % size))
            return Response(416, headers, Body())
        headers.append((b"Content-Range", b"bytes %d-%d/%d" % (first, last, size)))
        with path.open("rb") as file:
            file.seek(first)
            return Response(206, headers, Body(file.read(last - first + 1)))

    async def _upload(self, request: Request, session: UploadSession) -> Request | Response:
        """Keep the files of a form; the service gets the form with their keys in their place."""
        boundary = _boundary(request)
        if not boundary:
            return error_response(request, 400, "an upload is a form of the type multipart/form-data")
        delimiter = END + b"--" + boundary
        pieces = (END + request.body.whole()).split(delimiter, MOST_PARTS + 2)
        if len(pieces) == 1:
            return error_response(request, 400, "the form does not have the boundary that it names")
        if len(pieces) > MOST_PARTS + 2:
            return error_response(request, 413, f"a form has at most {MOST_PARTS:,} parts")
        _, *parts, last = pieces
        contents = [part.partition(END * 2)[2] for part in parts if _filename(part)]
        if _are_too_large(contents, session):
            return error_response(request, 413, "the upload is larger than its address allows")
        try:
            rewritten = [await self._rewritten(part, session) for part in parts]
        except (OSError, ApplicationError) as error:
            return error_response(request, 500, f"the upload cannot be stored: {error}")
        body = delimiter.join([b"", *rewritten, last]).removeprefix(END)
        request.body.close()
        path = urlsplit(session.success_path).path or "/"
        query = urlsplit(session.success_path).query
        target = f"{path}?{query}" if query else path
        return replace(request, target=target, path=unquote(path), body=Body(body))

    async def _rewritten(self, part: bytes, session: UploadSession) -> bytes:
        filename = _filename(part)
        if not filename:
            return part
        head, _, content = part.partition(END * 2)
        headers = _headers(head)
        kind = headers.get_content_type() if "content-type" in headers else OCTETS
        blob = NewBlob(
            content=content,
            content_type=kind,
            filename=filename,
            md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
            created=time.time(),
        )
        key = await self._blobs.add(session, blob)
        return _external_part(str(headers["content-disposition"]), key, blob, session)


def _external_part(disposition: str, key: str, blob: NewBlob, session: UploadSession) -> bytes:
    """Return a part without the file, as `blobstore.parse_blob_info` reads it."""
    created = datetime.fromtimestamp(blob.created, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    lines = [
        "",
        f"Content-Disposition: {disposition}",
        f'Content-Type: message/external-body; blob-key="{key}"; access-type="X-AppEngine-BlobKey"',
        "",
        f"Content-Type: {blob.content_type}",
        f"Content-Length: {len(blob.content)}",
        f"Content-MD5: {base64.urlsafe_b64encode(blob.md5.encode()).decode()}",
        f"X-AppEngine-Upload-Creation: {created}",
    ]
    if session.is_cloud_storage:
        lines.append(f"X-AppEngine-Cloud-Storage-Object: /gs/{'/'.join(place_of(key))}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")


def _bounds(wanted: re.Match[str], size: int) -> tuple[int, int]:
    """Return the first and the last byte; `-5` are the last five."""
    if not wanted[1]:
        return max(size - int(wanted[2] or 0), 0), size - 1
    return int(wanted[1]), min(int(wanted[2]), size - 1) if wanted[2] else size - 1


def _boundary(request: Request) -> bytes:
    message = Message()
    message["content-type"] = request.field(b"content-type").decode("latin-1")
    is_form = message.get_content_type() == "multipart/form-data"
    return str(message.get_boundary("")).encode("latin-1", "replace") if is_form else b""


def _headers(head: bytes) -> Message:
    message = Message()
    for line in head.strip().split(END):
        name, _, value = line.decode("utf-8", "surrogateescape").partition(":")
        message[name.strip()] = value.strip()
    return message


def _filename(part: bytes) -> str:
    headers = _headers(part.partition(END * 2)[0])
    return str(headers.get_param("filename", "", "content-disposition") or "")


def _are_too_large(contents: list[bytes], session: UploadSession) -> bool:
    sizes = [len(content) for content in contents]
    is_over = bool(session.most_bytes) and sum(sizes) > session.most_bytes
    most = session.most_bytes_per_blob
    return is_over or (bool(most) and max(sizes, default=0) > most)


def _safe(kind: str) -> str:
    """Return a content type that can be sent; whoever stored the object chose it."""
    return kind if kind.isascii() and kind.isprintable() else OCTETS
