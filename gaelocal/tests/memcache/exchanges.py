"""Valid and invalid client input; a real memcached answers each with the same bytes."""

from pathlib import Path

LONG = b"k" * 251
EDGE = b"k" * 250


def _written() -> dict[str, bytes]:
    """Read the ones that are plain text: a name after `==`, then the lines."""
    text = Path(__file__).with_suffix(".txt").read_text(encoding="ascii")
    parts = [part.partition("\n") for part in text.split("== ")[1:]]
    return {name: lines.replace("\n", "\r\n").encode() for name, _, lines in parts}


def _block(command: bytes, letter: bytes, count: int, quiet: bytes = b"") -> bytes:
    return b"%b %d%b\r\n%b\r\n" % (command, count, quiet, letter * count)


EXCHANGES = _written() | {
    "many spaces": b"set  a  0  0  1 \r\nx\r\nget   a  \r\n delete a\r\nget \r\n",
    "a block without its end": b"set a 0 0 1\r\nxy\r\nset b 0 0 1\r\nx\n\nget b\r\nget a\r\n",
    "bare line feeds": b"set a 0 0 1\nx\r\nget a\nget a\r\n",
    "the longest key": b"set " + EDGE + b" 0 0 1\r\nx\r\nget " + EDGE + b"\r\n",
    "get with a key too long": b"get " + LONG + b"\r\nversions\r\n",
    "delete with a key too long": b"delete " + LONG + b"\r\nversions\r\n",
    "incr with a key too long": b"incr " + LONG + b" 1\r\nversions\r\n",
    "bytes above 127 in a key": b"set \xc3\xa9 0 0 1\r\nx\r\nget \xc3\xa9\r\n",
    "the largest value": _block(b"set a 0 0", b"x", 1048516) + b"get a\r\n",
    "one byte more": b"set a 0 0 1\r\nx\r\n" + _block(b"set a 0 0", b"y", 1048517) + b"get a\r\n",
    "the largest with flags": _block(b"set a 7 0", b"x", 1048512) + b"get a\r\n",
    "one byte more with flags": _block(b"set a 7 0", b"y", 1048513) + b"get a\r\n",
    "add too large": b"set a 0 0 1\r\nx\r\n" + _block(b"add a 0 0", b"x", 1048576) + b"get a\r\n",
    "replace too large": b"set a 0 0 1\r\nx\r\n" + _block(b"replace a 0 0", b"x", 2000000) + b"get a\r\n",
    "quietly too large": _block(b"set c 0 0", b"y", 1048576, b" noreply") + b"get c\r\n",
    "append too large": _block(b"set a 0 0", b"x", 1000000)
    + _block(b"append a 0 0", b"y", 99999)
    + b"get a\r\n",
    "many keys": b"set k 0 0 1\r\nx\r\nget " + b" ".join([b"k"] * 100) + b"\r\n",
    "long lines": b"get " + b" ".join([b"k" * 200] * 40) + b"\r\n",
}
