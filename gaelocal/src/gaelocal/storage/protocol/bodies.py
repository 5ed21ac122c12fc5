"""Bodies of requests, streamed to disk and never whole in memory."""

from collections.abc import AsyncIterator, Mapping

from aiohttp import BodyPartReader, MultipartReader, web

from gaelocal.storage.protocol.apitools import (
    MOST_BYTES,
    PlainPart,
    apitools_boundary,
    apitools_parts,
)
from gaelocal.storage.protocol.calls import parsed_object
from gaelocal.storage.state.contents import Draft
from gaelocal.storage.state.records import Content, Fields
from gaelocal.storage.state.refusals import Invalid

Part = BodyPartReader | PlainPart
PART_CHUNK = 256 * 1024
# The JSON of one call; the JSON API itself takes no metadata that large.
MOST_JSON = 1024 * 1024
_HASH_NAMES = {"md5": "md5Hash", "crc32c": "crc32c"}


async def chunks(request: web.BaseRequest) -> AsyncIterator[bytes]:
    await invite(request)
    async for chunk in request.content.iter_any():
        yield chunk


async def invite(request: web.BaseRequest) -> None:
    """Answer `Expect: 100-continue`, which curl sends before a large body."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0


async def whole(request: web.BaseRequest, most: int = MOST_JSON) -> bytes:
    body = bytearray()
    async for chunk in chunks(request):
        body += chunk
        if len(body) > most:
            raise Invalid("The request is too large.")
    return bytes(body)


async def fill(draft: Draft, request: web.BaseRequest, skip: int = 0) -> None:
    """Append the body to the draft, without its first `skip` bytes."""
    async for chunk in chunks(request):
        if skip < len(chunk):
            await draft.append(chunk[skip:])
        skip = max(skip - len(chunk), 0)


async def related(request: web.BaseRequest) -> tuple[Fields, Part]:
    """Give the metadata of a multipart/related upload, and the part that holds its media.

    Raises:
        Invalid: it does not consist of those two.
    """
    boundary = apitools_boundary(request.headers.get("Content-Type", ""))
    if boundary is not None:
        plain, media = apitools_parts(boundary, await whole(request, MOST_BYTES))
        return parsed_object(await plain.read()), media
    await invite(request)
    try:
        reader = await request.multipart()
        metadata = await _part(reader)
        fields = parsed_object(bytes(await metadata.read()))
        return fields, await _part(reader)
    except (ValueError, AssertionError) as error:
        raise Invalid(f"Malformed multipart body: {error}") from None


async def fill_from_part(draft: Draft, part: Part) -> None:
    try:
        while chunk := await part.read_chunk(PART_CHUNK):
            await draft.append(chunk)
    except (ValueError, AssertionError) as error:
        raise Invalid(f"Malformed multipart body: {error}") from None


def claimed_hashes(headers: Mapping[str, str]) -> Fields:
    """Read `x-goog-hash: crc32c=…,md5=…` and Content-MD5."""
    pairs = [one.strip().partition("=") for one in headers.get("x-goog-hash", "").split(",")]
    claimed: Fields = {_HASH_NAMES[name]: text for name, _, text in pairs if name in _HASH_NAMES}
    return claimed | ({"md5Hash": headers["Content-MD5"]} if "Content-MD5" in headers else {})


def demand_hashes(content: Content, claimed: Fields) -> None:
    """Refuse bytes that are not the ones that the caller meant."""
    for name, calculated in (("md5Hash", content.md5), ("crc32c", content.crc32c)):
        if claimed.get(name) not in (None, "", calculated):
            kind, said = name.removesuffix("Hash").upper(), claimed[name]
            raise Invalid(
                f'Provided {kind} hash "{said}" doesn\'t match calculated {kind} hash "{calculated}".'
            )


async def _part(reader: MultipartReader) -> BodyPartReader:
    part = await reader.next()
    if not isinstance(part, BodyPartReader):
        raise Invalid("Malformed multipart body: expected metadata and media.")
    return part
