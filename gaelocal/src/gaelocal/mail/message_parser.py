"""Parse mails into headers, text, HTML and attachments. Malformed mails are parsed as far as possible."""

import re
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from typing import Any


def parse_message(raw: bytes) -> dict[str, Any]:
    """Return `subject`, `text`, `html`, `headers` and `attachments` of a raw mail."""
    message = message_from_bytes(raw)
    headers = _headers(message)
    parts = [part for part in message.walk() if not part.is_multipart()]
    shown = [part for part in parts if not _is_attachment(part)]
    return {
        "subject": _header(headers, "subject"),
        "text": _first(shown, "text/plain"),
        "html": _first(shown, "text/html"),
        "headers": headers,
        "attachments": [_attachment(part) for part in parts if _is_attachment(part)],
    }


def attachments_of(raw: bytes) -> list[tuple[str, bytes]]:
    """Return the name and the bytes of each attachment, in the order of `parse_message`."""
    parts = (part for part in message_from_bytes(raw).walk() if not part.is_multipart())
    return [(_utf8(part.get_filename() or ""), _content(part)) for part in parts if _is_attachment(part)]


def _headers(message: Message) -> dict[str, str]:
    """Collect the headers by name; a repeated header adds a line."""
    found: dict[str, str] = {}
    spelled: dict[str, str] = {}
    for name, value in message.raw_items():
        first = spelled.setdefault(name.lower(), name)
        readable = _readable(value)
        found[first] = f"{found[first]}\n{readable}" if first in found else readable
    return found


def _header(headers: dict[str, str], wanted: str) -> str:
    return next((value for name, value in headers.items() if name.lower() == wanted), "")


def _readable(value: str) -> str:
    """Unfold a header and decode its encoded words (RFC 2047) and its plain UTF-8 (RFC 6532)."""
    text = _utf8(re.sub(r"[\r\n]+(?=[ \t])", "", value))
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text


def _utf8(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _is_attachment(part: Message) -> bool:
    return bool(part.get_filename()) or _is_not_for_reading(part)


def _is_not_for_reading(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text"


def _first(parts: list[Message], kind: str) -> str:
    return next((_text(part) for part in parts if part.get_content_type() == kind), "")


def _text(part: Message) -> str:
    content = _content(part)
    try:
        text = content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _attachment(part: Message) -> dict[str, Any]:
    """Return the facts of an attachment; `content_id`, if it has one, is the name that the HTML uses."""
    shown = {
        "filename": _utf8(part.get_filename() or ""),
        "type": part.get_content_type(),
        "size": len(_content(part)),
    }
    content_id = _utf8(str(part.get("Content-ID", ""))).strip().strip("<>")
    return shown | ({"content_id": content_id} if content_id else {})
