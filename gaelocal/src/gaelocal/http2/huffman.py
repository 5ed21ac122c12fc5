"""Huffman decoding of header strings (RFC 7541, appendix B)."""

from functools import lru_cache

from gaelocal.http2.errors import ErrorCode, Http2Error

_CODE_LENGTHS = """
13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28 6 10
10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10 13 6 7 7 7 7 7 7 7 7 7 7 7 7 7
7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6 15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 7 7 7 7 15 11
14 13 28 20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23 24 24 22 23 24 23 23 23 23 21 22 23 22 23
23 24 22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22
23 26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23 26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26
"""
"""The number of bits of each byte's code. The code is canonical: lengths determine the codes."""

_MOST_PADDING = 7


@lru_cache(maxsize=4_096)
def decode(encoded: bytes) -> bytes:
    """Return the decoded string.

    Raises:
        Http2Error: the string ends in the middle of a code or is padded with other than ones.
    """
    decoded = bytearray()
    code, length = 0, 0
    for byte in encoded:
        for shift in range(7, -1, -1):
            code, length = code << 1 | byte >> shift & 1, length + 1
            symbol = _SYMBOLS.get((length, code))
            if symbol is not None:
                decoded.append(symbol)
                code, length = 0, 0
    if length > _MOST_PADDING or code != (1 << length) - 1:
        raise Http2Error(ErrorCode.COMPRESSION_ERROR, "a header string has invalid padding")
    return bytes(decoded)


def _symbols() -> dict[tuple[int, int], int]:
    """Return the byte of each code, which is given as its length and value."""
    symbols = {}
    code, last = 0, 0
    for length, symbol in sorted((int(bits), symbol) for symbol, bits in enumerate(_CODE_LENGTHS.split())):
        code <<= length - last
        symbols[(length, code)] = symbol
        code, last = code + 1, length
    return symbols


_SYMBOLS = _symbols()
