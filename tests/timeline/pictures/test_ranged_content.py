"""Content read in pieces says what the whole bytes say, and asks for no more than it must."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pictures import a_gif, a_jpeg, a_png, a_webp, truncated
from timeline.errors import ImageBroken
from timeline.pictures import ranged_content
from timeline.pictures.header import inspect_header
from timeline.pictures.ranged_content import BLOCK_BYTES, RangedContent


class Remote:
    """Bytes that lie elsewhere, and a count of how often somebody asked for some."""

    def __init__(self, content: bytes) -> None:
        self.asked: list[tuple[int, int]] = []
        self._content = content

    def read(self, first: int, last: int) -> bytes:
        self.asked.append((first, last))
        return self._content[first : last + 1]

    def ranged(self) -> RangedContent:
        return RangedContent(self.read, len(self._content))


@given(st.binary(max_size=60), st.integers(-70, 70), st.integers(-70, 70), st.binary(min_size=1, max_size=2))
def test_it_is_read_as_bytes_are(content: bytes, start: int, stop: int, wanted: bytes) -> None:
    remote = Remote(content).ranged()

    assert len(remote) == len(content)
    assert remote[start:stop] == content[start:stop]
    assert remote.find(wanted, max(0, start)) == content.find(wanted, max(0, start))
    assert remote.rfind(wanted) == content.rfind(wanted)
    if -len(content) <= start < len(content):
        assert remote[start] == content[start]
    else:
        with pytest.raises(IndexError):
            remote[start]


def test_what_lies_across_two_pieces_is_found() -> None:
    content = bytes(BLOCK_BYTES - 1) + b"\xff\xd9" + bytes(3 * BLOCK_BYTES)

    assert Remote(content).ranged().find(b"\xff\xd9") == BLOCK_BYTES - 1
    assert Remote(content).ranged().rfind(b"\xff\xd9") == BLOCK_BYTES - 1


def test_a_large_picture_is_known_from_its_first_and_its_last_piece() -> None:
    image = a_jpeg()
    remote = Remote(image[:-2] + bytes(50 * BLOCK_BYTES) + image[-2:])

    picture = inspect_header(remote.ranged())

    assert (picture.width, picture.height) == (64, 48)
    assert len(remote.asked) <= 3


def test_however_long_it_is_few_pieces_are_kept() -> None:
    remote = Remote(bytes(10 * BLOCK_BYTES))
    content = remote.ranged()

    assert content.find(b"\x01") == -1
    assert content._block.cache_info().currsize == ranged_content.CACHED_BLOCKS


@pytest.mark.parametrize("image", [a_jpeg(), a_png(), a_gif(), a_webp(), a_jpeg(orientation=6)])
def test_every_picture_is_told_alike(image: bytes) -> None:
    assert inspect_header(Remote(image).ranged()) == inspect_header(image)


@pytest.mark.parametrize("image", [a_jpeg(), a_png(), a_gif(), a_webp()])
def test_a_cut_picture_is_refused(image: bytes) -> None:
    with pytest.raises(ImageBroken):
        inspect_header(Remote(truncated(image)).ranged())
