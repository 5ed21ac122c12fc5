"""Send media: all of it or a range, with the headers a client needs to check it."""

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from aiohttp import web

from gaelocal.storage.protocol.bodies import IDLE_SECONDS
from gaelocal.storage.protocol.customer_keys import key_of
from gaelocal.storage.protocol.ranges import wanted_bytes
from gaelocal.storage.state.blobs import Blobs, stream
from gaelocal.storage.state.errors import NotModified, PreconditionFailed
from gaelocal.storage.state.records import StoredObject

_HEADERS_OF_FIELDS = {
    "cacheControl": "Cache-Control",
    "contentDisposition": "Content-Disposition",
    "contentEncoding": "Content-Encoding",
    "contentLanguage": "Content-Language",
}
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A name of a header (RFC 9110, 5.6.2)."""
CORS_HEADERS = web.RequestKey("CORS_HEADERS", dict[str, str])
"""The headers of a request from a web page, which go out before the dispatcher sees the response."""
PARTIAL = 206
UNPACK_CHUNK = 1024 * 1024
# Stored bytes never run as a page of this server: another page could then use its rights here.
MEDIA_SECURITY = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}


async def send(
    request: web.BaseRequest, blobs: Blobs, found: StoredObject, overrides: dict[str, str]
) -> web.StreamResponse:
    """Stream the object; `overrides` are headers that the caller may choose, as signed links do."""
    headers = media_headers(found) | overrides | request.get(CORS_HEADERS, {})
    if _must_be_unpacked(request, found):
        headers.pop("Content-Encoding", None)
        headers["Warning"] = "214 UploadServer gunzipped"
        return await _unpacked(request, blobs, found, headers)
    asked = request.headers.get("Range") if _is_unchanged(request.headers, found) else None
    wanted = wanted_bytes(asked, found.blob.size)
    first, count = wanted or (0, found.blob.size)
    response = web.StreamResponse(status=PARTIAL if wanted else 200, headers=headers)
    response.content_length = count
    if wanted:
        response.headers["Content-Range"] = f"bytes {first}-{first + count - 1}/{found.blob.size}"
    with blobs.reader(found.blob.id) as file:
        return await _write(request, response, stream(file, first, count))


def demand_dates(headers: Mapping[str, str], found: StoredObject) -> None:
    """Apply conditions by date, unless the request has those by ETag (RFC 9110, 13.2.2).

    Raises:
        PreconditionFailed: the object has changed since If-Unmodified-Since.
        NotModified: it has not since If-Modified-Since.
    """
    changed = int(found.updated)
    unmodified, modified = _seconds(headers, "If-Unmodified-Since"), _seconds(headers, "If-Modified-Since")
    if unmodified is not None and "If-Match" not in headers and changed > unmodified:
        raise PreconditionFailed
    if modified is not None and "If-None-Match" not in headers and changed <= modified:
        raise NotModified


def _is_unchanged(headers: Mapping[str, str], found: StoredObject) -> bool:
    """Return whether If-Range is absent or has exactly this ETag or date (RFC 9110, 13.1.5).

    The JSON API sends the ETag without quotation marks.
    """
    validator = headers.get("If-Range")
    if validator is None or validator.strip() in (found.etag, f'"{found.etag}"'):
        return True
    return _seconds(headers, "If-Range") == int(found.updated)


def _seconds(headers: Mapping[str, str], name: str) -> float | None:
    """Return the date of a header, or None where it has none or no valid one."""
    try:
        return parsedate_to_datetime(headers.get(name, "")).timestamp()
    except (ValueError, OverflowError):
        return None


def media_headers(found: StoredObject) -> dict[str, str]:
    blob = found.blob
    hashes = [f"crc32c={blob.crc32c}"] + ([f"md5={blob.md5}"] if blob.md5 else [])
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
        "X-Goog-Stored-Content-Length": str(blob.size),
        **_encryption_headers(found),
        **{name: text for name, text in own.items() if _is_header(name, text)},
        **MEDIA_SECURITY,
    }


def _encryption_headers(found: StoredObject) -> dict[str, str]:
    key = key_of(found)
    if key:
        return {"X-Goog-Encryption-Algorithm": "AES256", "X-Goog-Encryption-Key-Sha256": key}
    kms = found.fields.get("kmsKeyName")
    return {"X-Goog-Encryption-Kms-Key-Name": kms} if kms else {}


def _is_header(name: str, text: str) -> bool:
    """Return whether HTTP can carry this metadata; the rest is only in the JSON API."""
    return text.isascii() and text.isprintable() and _TOKEN.fullmatch(name) is not None


def _must_be_unpacked(request: web.BaseRequest, found: StoredObject) -> bool:
    """Return whether to unpack gzip for a client that does not accept it (storage/docs/transcoding)."""
    is_packed = found.fields.get("contentEncoding") == "gzip"
    may_be_unpacked = "no-transform" not in str(found.fields.get("cacheControl") or "").lower()
    return is_packed and may_be_unpacked and "gzip" not in request.headers.get("Accept-Encoding", "")


async def _unpacked(
    request: web.BaseRequest, blobs: Blobs, found: StoredObject, headers: dict[str, str]
) -> web.StreamResponse:
    with blobs.reader(found.blob.id) as file:
        chunks = _unzip(stream(file, 0, found.blob.size))
        try:
            first = await anext(chunks, b"")
        except zlib.error:  # not gzip, whatever the field says: it is sent as it is
            response = web.StreamResponse(headers=headers)
            return await _write(request, response, stream(file, 0, found.blob.size))
        return await _write(request, web.StreamResponse(headers=headers), _prepended(first, chunks))


async def _prepended(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if first:
        yield first
    async for chunk in rest:
        yield chunk


async def _unzip(packed: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Unpack in bounded pieces: a small file may hold a very large one."""
    unpacker = zlib.decompressobj(wbits=31)
    async for chunk in packed:
        waiting = chunk
        while waiting and not unpacker.eof:
            yield unpacker.decompress(waiting, UNPACK_CHUNK)
            waiting = unpacker.unconsumed_tail
    yield unpacker.flush()


async def _write(
    request: web.BaseRequest, response: web.StreamResponse, chunks: AsyncIterator[bytes]
) -> web.StreamResponse:
    """Send the chunks; a client that reads nothing for too long is disconnected."""
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    try:
        async for chunk in chunks:
            async with asyncio.timeout(IDLE_SECONDS):
                await response.write(chunk)
        async with asyncio.timeout(IDLE_SECONDS):
            await response.write_eof()
    except TimeoutError:
        if request.transport:
            request.transport.abort()
    except zlib.error:
        if request.transport:
            request.transport.abort()  # the rest cannot be unpacked: the client must not take it for complete
    return response
