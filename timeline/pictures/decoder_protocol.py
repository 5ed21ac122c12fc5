"""Messages between a service and its decoder worker: a JSON header, followed by binary parts."""

import fcntl
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

MAX_HEADER_BYTES = 64 * 1024
MAX_PAYLOAD_BYTES = 64 * 1024 * 1024
"""An original has at most 50 MB; the renditions of pure noise have five."""

PIPE_BYTES = 1024 * 1024
"""The most that Linux grants everyone; the usual 64 kB mean a change of process for every one of them."""

_LENGTH_BYTES = 4


class ProtocolError(Exception):
    """The other side sent a malformed message."""


def enlarge(pipe: int) -> None:
    """Let a pipe hold more at a time, where the system can."""
    with suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def send(pipe: int, header: dict[str, Any], *parts: bytes) -> None:
    """Raises BrokenPipeError if the other side has closed the pipe."""
    text = json.dumps({**header, "sizes": [len(part) for part in parts]}).encode()
    for piece in (len(text).to_bytes(_LENGTH_BYTES, "big") + text, *parts):
        _write(pipe, piece)


def receive(pipe: int) -> tuple[dict[str, Any], list[bytes]]:
    """Raises EOFError at the end of the stream, ProtocolError."""
    length = int.from_bytes(_read(pipe, _LENGTH_BYTES), "big")
    if length > MAX_HEADER_BYTES:
        raise ProtocolError
    header = _parse_header(_read(pipe, length))
    return header, [_read(pipe, size) for size in _checked_sizes(header.pop("sizes", None))]


def _parse_header(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text)
    except ValueError as error:
        raise ProtocolError from error
    if not isinstance(header, dict):
        raise ProtocolError
    return header


def _checked_sizes(sizes: object) -> Iterable[int]:
    if not isinstance(sizes, list) or not all(isinstance(size, int) and size >= 0 for size in sizes):
        raise ProtocolError
    if sum(sizes) > MAX_PAYLOAD_BYTES:
        raise ProtocolError
    return sizes


def _write(pipe: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def _read(pipe: int, length: int) -> bytes:
    content = bytearray(length)
    rest = memoryview(content)
    while rest:
        count = os.readv(pipe, [rest])
        if not count:
            raise EOFError
        rest = rest[count:]
    return bytes(content)
