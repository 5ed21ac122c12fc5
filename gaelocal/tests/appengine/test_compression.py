"""Text is compressed if the client accepts it."""

import gzip

import pytest
from tests.appengine.running import Running

from gaelocal.appengine.front_door.compression import accepts_gzip


def test_a_long_text_is_compressed_and_its_tag_becomes_weak(front_door: Running) -> None:
    reply = front_door.ask("/text/5000", Accept_Encoding="br, gzip")

    assert reply.headers["Content-Encoding"] == "gzip"
    assert reply.headers["Vary"] == "Accept-Encoding"
    assert reply.headers["ETag"] == 'W/"one"'
    assert int(reply.headers["Content-Length"]) == len(reply.body) < 200
    assert gzip.decompress(reply.body) == b"a" * 5000


def test_a_client_that_does_not_take_gzip_gets_plain_text_that_says_it_varies(front_door: Running) -> None:
    reply = front_door.ask("/text/5000", Accept_Encoding="identity")

    assert "Content-Encoding" not in reply.headers
    assert (reply.headers["Vary"], reply.headers["ETag"]) == ("Accept-Encoding", '"one"')


@pytest.mark.parametrize("path", ["/text/500", "/binary/5000", "/chunked/5"])
def test_short_texts_and_pictures_are_left_alone(front_door: Running, path: str) -> None:
    assert "Content-Encoding" not in front_door.ask(path, Accept_Encoding="gzip").headers


def test_a_file_is_compressed_too(front_door: Running) -> None:
    reply = front_door.ask("/static/style.css", Accept_Encoding="gzip")

    assert gzip.decompress(reply.body).startswith(b"body {")
    assert reply.headers["ETag"].startswith('W/"')


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
@pytest.mark.parametrize("path", ["/static/style.css", "/static/dot.png", "/tagged/5000"])
def test_an_unchanged_answer_has_the_tag_and_the_vary_of_the_whole_one(
    front_door: Running, path: str, accepted: str
) -> None:
    whole = front_door.ask(path, Accept_Encoding=accepted)

    unchanged = front_door.ask(path, Accept_Encoding=accepted, If_None_Match=whole.headers["ETag"])

    assert (unchanged.status, unchanged.body) == (304, b"")
    assert unchanged.headers["ETag"] == whole.headers["ETag"]
    assert path == "/tagged/5000" or unchanged.headers["Vary"] == whole.headers["Vary"]
    assert "Content-Encoding" not in unchanged.headers


def test_megabytes_of_text_are_compressed(front_door: Running) -> None:
    reply = front_door.ask("/text/3000000", Accept_Encoding="gzip")

    assert len(gzip.decompress(reply.body)) == 3_000_000


@pytest.mark.parametrize(
    ("accepted", "is_wanted"),
    [
        (b"gzip", True),
        (b"deflate, GZIP;q=0.5", True),
        (b"*", True),
        (b"gzip;q=0, *", False),
        (b"*;q=0", False),
        (b"gzip; q=0.0", False),
        (b"br", False),
        (b"", False),
    ],
)
def test_the_clients_wish_is_read_with_its_weights(accepted: bytes, is_wanted: bool) -> None:
    assert accepts_gzip(accepted) is is_wanted
