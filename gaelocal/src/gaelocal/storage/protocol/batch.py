"""Many calls in one body (cloud.google.com/storage/docs/batch): multipart/mixed in, multipart/mixed out."""

import asyncio
import json
import re
import secrets
from collections.abc import Mapping
from email.message import Message
from email.parser import BytesHeaderParser
from itertools import islice, pairwise

from multidict import CIMultiDict

from gaelocal.reason_phrases import reason_phrase
from gaelocal.storage.protocol.calls import Call, Reply, Route, answered, meant_method, split_target
from gaelocal.storage.protocol.error_responses import error_resource
from gaelocal.storage.protocol.related import BOUNDARY
from gaelocal.storage.state.errors import Invalid, StorageError

MOST_CALLS = 1000
MOST_BYTES = 10 * 1024 * 1024


async def answer_batch(
    routes: list[Route], headers: Mapping[str, str], body: bytes, origin: str
) -> tuple[bytes, str]:
    """Answer each call in turn; return the body and its content type.

    Raises:
        Invalid: the body is not a batch, or is too large a one.
    """
    parts = _parts(headers.get("Content-Type", ""), body)
    boundary = f"batch_{secrets.token_hex(12)}"
    answers = []
    for part in parts:
        answers.append(await _answer_part(routes, part, origin))
        await asyncio.sleep(0)  # other clients do not wait for a whole batch
    text = "".join(f"--{boundary}\r\n{answer}\r\n" for answer in answers)
    return f"{text}--{boundary}--\r\n".encode(), f"multipart/mixed; boundary={boundary}"


def _parts(content_type: str, body: bytes) -> list[Message]:
    match = BOUNDARY.match(content_type.strip())
    boundary = re.escape((match[1] or match[2] or match[3]).encode()) if match else b""
    delimiter = re.compile(rb"(?:\A|\r?\n)--" + boundary + rb"(?P<end>--)?[ \t]*(?=\r?\n|\Z)")
    places = list(islice(delimiter.finditer(body), MOST_CALLS + 2)) if match else []
    if not places:
        raise Invalid("Failed to parse batch request, error: Failed in parsing batch boundary.")
    parts = [body[one.end() : following.start()] for one, following in pairwise(places) if not one["end"]]
    if not places[-1]["end"]:
        parts.append(body[places[-1].end() :])
    if len(parts) > MOST_CALLS:
        raise Invalid(f"The batch request has more than {MOST_CALLS} calls.")
    return [_parsed(part.removeprefix(b"\r").removeprefix(b"\n")) for part in parts]


def _parsed(text: bytes) -> Message:
    """Parse headers, and leave a body that is itself a multipart one as it is: nobody reads its parts."""
    return BytesHeaderParser().parsebytes(text)


async def _answer_part(routes: list[Route], part: Message, origin: str) -> str:
    content_id = " ".join(str(part.get("Content-ID", "")).split()).strip("<>")
    header = f"Content-ID: <response-{content_id}>\r\n" if content_id else ""
    try:
        reply = await answered(routes, _call(_payload(part), origin))
    except StorageError as error:
        reply = Reply(error_resource(error), error.status)
    return f"Content-Type: application/http\r\n{header}\r\n{_http(reply)}"


def _payload(message: Message) -> bytes:
    payload = message.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _call(text: bytes, origin: str) -> Call:
    line, _, rest = text.lstrip().partition(b"\n")
    message = _parsed(rest)
    words = line.decode("latin-1").split()
    if len(words) < 2:  # noqa: PLR2004 - a method and a target
        raise Invalid("Failed to parse batch request, error: no request line.")
    segments, pairs = split_target(words[1])
    headers = CIMultiDict((name, str(text)) for name, text in message.items())
    return Call(
        method=meant_method(words[0], headers),
        path=json_path(segments),
        query=dict(pairs),
        pairs=pairs,
        headers=headers,
        origin=origin,
        body=_payload(message).strip(),
    )


def json_path(segments: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out /storage/v1, of which gcloud and Node leave out parts when they use another endpoint."""
    rest = segments[1:] if segments[:1] == ("storage",) else segments
    return rest[1:] if rest[:1] == ("v1",) else rest


def _http(reply: Reply) -> str:
    body = "" if reply.resource is None else json.dumps(reply.resource)
    phrase = reason_phrase(reply.status)
    length = f"Content-Length: {len(body)}\r\n"
    kind = "Content-Type: application/json; charset=UTF-8\r\n" if body else ""
    return f"HTTP/1.1 {reply.status} {phrase}\r\n{kind}{length}\r\n{body}"
