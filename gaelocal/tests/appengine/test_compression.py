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


OLD_BROWSERS = (
    "Mozilla/4.08 [en] (Win98; I)",
    "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.0)",
)
OTHER_BROWSERS = (
    "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "curl/8.14",
)


@pytest.mark.parametrize("agent", OLD_BROWSERS)
def test_browsers_that_damage_compressed_pages_get_plain_ones(front_door: Running, agent: str) -> None:
    reply = front_door.ask("/text/5000", Accept_Encoding="gzip", User_Agent=agent)

    assert "Content-Encoding" not in reply.headers


@pytest.mark.parametrize("agent", OTHER_BROWSERS)
def test_other_clients_get_compressed_pages(front_door: Running, agent: str) -> None:
    reply = front_door.ask("/text/5000", Accept_Encoding="gzip", User_Agent=agent)

    assert reply.headers["Content-Encoding"] == "gzip"


def test_gzip_in_both_headers_forces_the_compression_of_text(front_door: Running) -> None:
    text = front_door.ask("/text/500", Accept_Encoding="gzip", User_Agent="my client (gzip)")
    binary = front_door.ask("/binary/5000", Accept_Encoding="gzip", User_Agent="my client (gzip)")
    alone = front_door.ask("/text/5000", User_Agent="my client (gzip)")

    assert gzip.decompress(text.body) == b"a" * 500
    assert "Content-Encoding" not in binary.headers
    assert "Content-Encoding" not in alone.headers
