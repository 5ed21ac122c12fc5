"""Random bytes with a given CRC32C: stand for a file of a suite that a stored snapshot leaves out."""

import base64
import os

import google_crc32c

POLYNOMIAL = 0x82F63B78
ALL_ONES = 0xFFFFFFFF


def random_bytes(size: int, crc32c: str) -> bytes:
    """Return bytes with this checksum (base64): the last four are computed backwards from it."""
    data = os.urandom(size - 4)
    state, wanted = google_crc32c.value(data) ^ ALL_ONES, int.from_bytes(base64.b64decode(crc32c), "big")
    table = [_entry(number) for number in range(256)]
    indices, register = [], wanted ^ ALL_ONES
    for _ in range(4):
        index = next(number for number in range(256) if table[number] >> 24 == register >> 24)
        indices.append(index)
        register = ((register ^ table[index]) << 8) & ALL_ONES
    for index in reversed(indices):
        data += bytes([(state ^ index) & 0xFF])
        state = (state >> 8) ^ table[index]
    return data


def _entry(number: int) -> int:
    for _ in range(8):
        number = (number >> 1) ^ (POLYNOMIAL if number & 1 else 0)
    return number
