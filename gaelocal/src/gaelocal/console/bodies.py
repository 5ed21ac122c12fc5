"""Decode bytes for display: JSON, forms, text, else a hexadecimal dump."""

import json
from codecs import lookup
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import parse_qsl

LARGEST_SHOWN = 64 * 1024
LARGEST_DUMP = 4 * 1024
MOST_FIELDS = 200
WIDTH = 16
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """`language` is that of the highlighter; `fields` are those of a form."""

    kind: str
    text: str
    language: str = ""
    is_cut: bool = False
    fields: tuple[tuple[str, str], ...] = field(default=())


def decoded(content: bytes, content_type: str) -> Decoded:
    """Return the content as text for a page, cut if it is long."""
    if not content:
        return Decoded(kind="empty", text="")
    shown = content[:LARGEST_SHOWN]
    is_cut = len(content) > LARGEST_SHOWN
    encoding = _encoding(content_type)
    try:
        text = shown.decode(encoding)
    except UnicodeDecodeError as error:
        if not (is_cut and error.start > LARGEST_SHOWN - 4):
            return Decoded(kind="binary", text=dump(content), is_cut=len(content) > LARGEST_DUMP)
        text = shown[: error.start].decode(encoding)
    if any(ord(letter) < ord(" ") and letter not in "\n\r\t" for letter in text):
        return Decoded(kind="binary", text=dump(content), is_cut=len(content) > LARGEST_DUMP)
    if content_type.partition(";")[0].strip().lower() == FORM:
        pairs = tuple(parse_qsl(text, keep_blank_values=True)[:MOST_FIELDS])
        return Decoded(kind="form", text=text, fields=pairs, is_cut=is_cut)
    if not is_cut and (pretty := _pretty(text)) is not None:
        return Decoded(kind="JSON", text=pretty, language="json")
    language = "xml" if text.lstrip().startswith("<") else ""
    return Decoded(kind="text", text=text, language=language, is_cut=is_cut)


def _encoding(content_type: str) -> str:
    """Return the charset of a content type; UTF-8 for one that is missing, unknown or none of texts."""
    header = Message()
    header["Content-Type"] = content_type.replace("\r", " ").replace("\n", " ")
    try:
        codec = lookup(header.get_content_charset("utf-8"))
        b"a".decode(codec.name, "ignore")
    except (LookupError, ValueError):
        return "utf-8"
    return codec.name


def dump(content: bytes) -> str:
    """Return a hexadecimal dump of the first bytes."""
    lines = []
    for start in range(0, min(len(content), LARGEST_DUMP), WIDTH):
        row = content[start : start + WIDTH]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)  # noqa: PLR2004 - ASCII
        lines.append(f"{start:06x}  {row.hex(' '):<{WIDTH * 3}} {text}")
    return "\n".join(lines)


def _pretty(text: str) -> str | None:
    """Return JSON objects and arrays indented, None for anything else."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
