"""Media on its way out: whole or a range, with everything a client needs to check it."""

import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import format_datetime

from aiohttp import web

from gaelocal.storage.protocol.ranges import wanted_bytes
from gaelocal.storage.state.contents import Contents, stream
from gaelocal.storage.state.records import StoredObject

_HEADERS_OF_FIELDS = {
    "cacheControl": "Cache-Control",
    "contentDisposition": "Content-Disposition",
    "contentEncoding": "Content-Encoding",
    "contentLanguage": "Content-Language",
}
PARTIAL = 206


async def send(
    request: web.BaseRequest, contents: Contents, found: StoredObject, overrides: dict[str, str]
) -> web.StreamResponse:
    """Stream the object; `overrides` are headers that the caller may choose, as signed links do."""
    headers = media_headers(found) | overrides
    if _must_be_unpacked(request, found):
        del headers["Content-Encoding"]
        return await _unpacked(request, contents, found, headers)
    wanted = wanted_bytes(request.headers.get("Range"), found.content.size)
    first, count = wanted or (0, found.content.size)
    response = web.StreamResponse(status=PARTIAL if wanted else 200, headers=headers)
    response.content_length = count
    if wanted:
        response.headers["Content-Range"] = f"bytes {first}-{first + count - 1}/{found.content.size}"
    with contents.reader(found.content.id) as file:
        return await _pour(request, response, stream(file, first, count))


def media_headers(found: StoredObject) -> dict[str, str]:
    content = found.content
    hashes = [f"crc32c={content.crc32c}"] + ([f"md5={content.md5}"] if content.md5 else [])
    chosen = {header: found.fields.get(name) for name, header in _HEADERS_OF_FIELDS.items()}
    own = {f"X-Goog-Meta-{key}": text for key, text in (found.fields.get("metadata") or {}).items()}
    return {
        "Content-Type": found.content_type,
        "Cache-Control": "private, max-age=0",
        **{header: str(text) for header, text in chosen.items() if text},
        "Accept-Ranges": "bytes",
        "ETag": f'"{found.etag}"',
        "Last-Modified": format_datetime(datetime.fromtimestamp(found.updated, UTC), usegmt=True),
        "X-Goog-Generation": str(found.generation),
        "X-Goog-Metageneration": str(found.metageneration),
        "X-Goog-Storage-Class": str(found.fields.get("storageClass", "STANDARD")),
        "X-Goog-Hash": ",".join(hashes),
        "X-Goog-Stored-Content-Encoding": str(found.fields.get("contentEncoding") or "identity"),
        "X-Goog-Stored-Content-Length": str(content.size),
        **{name: text for name, text in own.items() if text.isascii() and text.isprintable()},
    }


def _must_be_unpacked(request: web.BaseRequest, found: StoredObject) -> bool:
    """Cloud Storage unpacks gzip for who cannot (cloud.google.com/storage/docs/transcoding)."""
    is_packed = found.fields.get("contentEncoding") == "gzip"
    return is_packed and "gzip" not in request.headers.get("Accept-Encoding", "")


async def _unpacked(
    request: web.BaseRequest, contents: Contents, found: StoredObject, headers: dict[str, str]
) -> web.StreamResponse:
    response = web.StreamResponse(headers=headers)
    with contents.reader(found.content.id) as file:
        return await _pour(request, response, _unzip(stream(file, 0, found.content.size)))


async def _unzip(packed: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31)
    async for chunk in packed:
        yield unpacker.decompress(chunk)
    yield unpacker.flush()


async def _pour(
    request: web.BaseRequest, response: web.StreamResponse, chunks: AsyncIterator[bytes]
) -> web.StreamResponse:
    await response.prepare(request)
    if request.method != "HEAD":
        async for chunk in chunks:
            await response.write(chunk)
        await response.write_eof()
    return response
