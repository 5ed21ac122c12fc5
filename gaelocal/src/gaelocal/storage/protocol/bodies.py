"""Request bodies: streamed to disk, limited in size and in the time a client may pause."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from aiohttp import BodyPartReader, StreamReader, web

from gaelocal.storage.protocol.calls import parsed_object
from gaelocal.storage.protocol.gzipped import GzippedBody, is_gzipped
from gaelocal.storage.protocol.related import RelatedBody, RelatedPart
from gaelocal.storage.state.blobs import Draft
from gaelocal.storage.state.errors import Invalid, RequestTimeout
from gaelocal.storage.state.records import Blob, Fields

Part = BodyPartReader | RelatedPart
PART_CHUNK = 256 * 1024
MOST_JSON = 1024 * 1024
"""The JSON of one call; the JSON API itself accepts no metadata that large."""
IDLE_SECONDS = 60.0
"""How long a client may send nothing while its body is awaited, or read nothing of a response."""
_HASH_NAMES = {"md5": "md5Hash", "crc32c": "crc32c"}


async def chunks(
    request: web.BaseRequest, content: StreamReader | GzippedBody | None = None
) -> AsyncIterator[bytes]:
    """Yield the body as it arrives, or `content` that is read from it.

    Raises:
        RequestTimeout: the client pauses for too long.
    """
    await send_continue(request)
    content = content or request.content
    while not content.at_eof():
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                chunk = await content.readany()
        except TimeoutError:
            raise RequestTimeout("The body of the request did not arrive in time.") from None
        if chunk:
            yield chunk


async def send_continue(request: web.BaseRequest) -> None:
    """Answer `Expect: 100-continue`, which curl sends before a large body."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0


async def whole(request: web.BaseRequest, most: int = MOST_JSON) -> bytes:
    """Return the body, decompressed if `Content-Encoding` says gzip.

    Raises:
        Invalid: it has more than `most` bytes, or is not gzip.
    """
    body = bytearray()
    async for chunk in chunks(request, _decompressed(request)):
        body += chunk
        if len(body) > most:
            raise Invalid("The request is too large.")
    return bytes(body)


async def fill(  # noqa: PLR0913 - the limit and its message
    draft: Draft,
    request: web.BaseRequest,
    *,
    skip: int = 0,
    most: int | None = None,
    too_much: str = "",
    decompresses: bool = False,
) -> None:
    """Append the body without its first `skip` bytes to the draft.

    A body with `Content-Encoding: gzip` is stored as it is, or with `decompresses` as what it stands for.

    Raises:
        Invalid: the draft would have more than `most` bytes; the message is `too_much`.
    """
    async for chunk in chunks(request, _decompressed(request) if decompresses else None):
        new = chunk[skip:]
        skip = max(skip - len(chunk), 0)
        if most is not None and draft.size + len(new) > most:
            raise Invalid(too_much or "The request is too large.", code="EntityTooLarge")
        if new:
            await draft.append(new)


async def related(request: web.BaseRequest) -> tuple[Fields, Part]:
    """Return the metadata of a multipart/related upload, and the part that holds its media.

    Raises:
        Invalid: it does not consist of those two.
    """
    pieces = chunks(request, _decompressed(request))
    body = RelatedBody(request.headers.get("Content-Type", ""), pieces)
    fields = parsed_object(await limited(await body.next_part(), MOST_JSON))
    return fields, await body.next_part()


async def limited(part: Part, most: int) -> bytes:
    """Return a part of a form or of a multipart body that is small."""
    body = bytearray()
    while chunk := await _timed_chunk(part):
        body += chunk
        if len(body) > most:
            raise Invalid("A part of the request is too large.")
    return bytes(body)


async def fill_from_part(draft: Draft, part: Part, *, most: int | None = None) -> None:
    try:
        while chunk := await _timed_chunk(part):
            if most is not None and draft.size + len(chunk) > most:
                raise Invalid("Your proposed upload exceeds the maximum allowed size.", code="EntityTooLarge")
            await draft.append(chunk)
    except (ValueError, AssertionError) as error:
        raise Invalid(f"Malformed multipart body: {error}") from None


def claimed_hashes(headers: Mapping[str, str]) -> Fields:
    """Parse `x-goog-hash: crc32c=…,md5=…` and Content-MD5."""
    pairs = [one.strip().partition("=") for one in headers.get("x-goog-hash", "").split(",")]
    claimed: Fields = {_HASH_NAMES[name]: text for name, _, text in pairs if name in _HASH_NAMES}
    return claimed | ({"md5Hash": headers["Content-MD5"]} if "Content-MD5" in headers else {})


def demand_hashes(blob: Blob, claimed: Mapping[str, object]) -> None:
    """Raise Invalid if the bytes are not those that the caller meant."""
    for name, calculated in (("md5Hash", blob.md5), ("crc32c", blob.crc32c)):
        if claimed.get(name) not in (None, "", calculated):
            kind, said = name.removesuffix("Hash").upper(), str(claimed[name])[:100]
            raise Invalid(
                f'Provided {kind} hash "{said}" doesn\'t match calculated {kind} hash "{calculated}".',
                code="BadDigest",
            )


def _decompressed(request: web.BaseRequest) -> StreamReader | GzippedBody:
    return GzippedBody(request) if is_gzipped(request) else request.content


async def _timed_chunk(part: Part) -> bytes:
    try:
        async with asyncio.timeout(IDLE_SECONDS):
            return bytes(await part.read_chunk(PART_CHUNK))
    except TimeoutError:
        raise RequestTimeout("The body of the request did not arrive in time.") from None
