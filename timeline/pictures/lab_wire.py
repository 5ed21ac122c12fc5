"""What passes between a service and its lab: JSON that nobody has to trust, and bytes behind it."""

import json
import os
from collections.abc import Iterable
from typing import Any

MOST_HEAD = 64 * 1024
MOST_BYTES = 64 * 1024 * 1024
"""An original has 50 MB at most, three renditions of noise have five."""

_LENGTH = 4
_PIECE = 1024 * 1024


class Nonsense(Exception):
    """The other side does not keep to what is agreed: nothing it says can be used."""


def send(pipe: int, head: dict[str, Any], *parts: bytes) -> None:
    """Raises BrokenPipeError where nobody is left to read."""
    text = json.dumps({**head, "sizes": [len(part) for part in parts]}).encode()
    for piece in (len(text).to_bytes(_LENGTH, "big") + text, *parts):
        _write(pipe, piece)


def receive(pipe: int) -> tuple[dict[str, Any], list[bytes]]:
    """Raises EOFError at the end, Nonsense."""
    length = int.from_bytes(_read(pipe, _LENGTH), "big")
    if length > MOST_HEAD:
        raise Nonsense
    head = _opened(_read(pipe, length))
    return head, [_read(pipe, size) for size in _checked(head.pop("sizes", None))]


def _opened(text: bytes) -> dict[str, Any]:
    try:
        head = json.loads(text)
    except ValueError as error:
        raise Nonsense from error
    if not isinstance(head, dict):
        raise Nonsense
    return head


def _checked(sizes: object) -> Iterable[int]:
    if not isinstance(sizes, list) or not all(isinstance(size, int) and size >= 0 for size in sizes):
        raise Nonsense
    if sum(sizes) > MOST_BYTES:
        raise Nonsense
    return sizes


def _write(pipe: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def _read(pipe: int, length: int) -> bytes:
    content = bytearray()
    while len(content) < length:
        piece = os.read(pipe, min(_PIECE, length - len(content)))
        if not piece:
            raise EOFError
        content += piece
    return bytes(content)
