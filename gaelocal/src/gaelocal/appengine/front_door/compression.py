"""gzip compression of text, if the client accepts it.

As App Engine documents it, Accept-Encoding and User-Agent decide together whether a client can reliably
receive compressed responses, and a client forces the compression of text by `gzip` in both.
"""

import asyncio
import re
import zlib

from gaelocal.appengine.http import Body, Request, Response, field

LEAST = 1024
NOT_MODIFIED = 304
AT_ONCE = 64 * 1024
LEVEL = 6
TEXT = re.compile(
    rb"text/|application/(json|javascript|xml|manifest|x-javascript|wasm)|[^;]+\+(json|xml)\b", re.I
)

UNRELIABLE = re.compile(rb"Mozilla/4\.0[678]\b|Mozilla/4\.\d+ \(compatible; MSIE [1-6]\.(?!.*(?:SV1|Opera))")
"""Netscape 4.06 to 4.08, and Internet Explorer before version 6 of Windows XP's second service pack."""


async def compress(request: Request, response: Response) -> None:
    """Compress the response in place; its ETag becomes weak, because the bytes differ from the service's."""
    if not (_is_worth_it(response, is_forced=_is_forced(request)) or _was_compressed(request, response)):
        return
    _vary(response)
    if not accepts_gzip(request.field(b"accept-encoding")) or _is_unreliable(request):
        return
    response.headers = [
        (name, _weak(value) if name.lower() == b"etag" else value)
        for name, value in response.headers
        if name.lower() != b"accept-ranges"
    ]
    if response.status != NOT_MODIFIED:
        response.body = Body(await _gzipped(response.body))
        response.headers.append((b"Content-Encoding", b"gzip"))


def accepts_gzip(accepted: bytes) -> bool:
    """Read `gzip;q=0.5, *;q=0`: a name of its own counts before the star."""
    star = False
    for entry in accepted.lower().split(b","):
        name, _, parameter = entry.partition(b";")
        is_wanted = not re.fullmatch(rb"\s*q\s*=\s*0(\.0*)?\s*", parameter)
        if name.strip() in (b"gzip", b"x-gzip"):
            return is_wanted
        star = star or (name.strip() == b"*" and is_wanted)
    return star


def _is_forced(request: Request) -> bool:
    return b"gzip" in request.field(b"user-agent").lower() and accepts_gzip(request.field(b"accept-encoding"))


def _is_unreliable(request: Request) -> bool:
    """Tell whether the client is one of the browsers that announce gzip but damage compressed responses."""
    return bool(UNRELIABLE.match(request.field(b"user-agent"))) and not _is_forced(request)


def _is_worth_it(response: Response, *, is_forced: bool) -> bool:
    least = 1 if is_forced else LEAST
    if response.status in (204, 206) or max(response.body.size, response.withheld) < least:
        return False
    if not TEXT.match(field(response.headers, b"content-type")) or field(
        response.headers, b"content-encoding"
    ):
        return False
    return b"no-transform" not in field(response.headers, b"cache-control").lower()


def _was_compressed(request: Request, response: Response) -> bool:
    """Return whether a 304 confirms a response that the client received compressed, with a weak ETag."""
    etag = field(response.headers, b"etag")
    is_confirmed = response.status == NOT_MODIFIED and etag.startswith(b'"')
    return is_confirmed and b"W/" + etag in request.field(b"if-none-match")


def _vary(response: Response) -> None:
    if b"accept-encoding" not in field(response.headers, b"vary").lower():
        response.headers.append((b"Vary", b"Accept-Encoding"))


async def _gzipped(body: Body) -> bytes:
    content = body.whole()
    body.close()
    if len(content) <= AT_ONCE:
        return _gzip(content)
    return await asyncio.get_running_loop().run_in_executor(None, _gzip, content)


def _gzip(content: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(content) + packer.flush()


def _weak(etag: bytes) -> bytes:
    return etag if etag.startswith(b"W/") else b"W/" + etag
