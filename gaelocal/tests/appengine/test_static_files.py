"""Static files of handlers are served by the front door."""

import pytest
from tests.appengine.running import Running


def test_a_file_comes_with_its_type_and_the_caching_of_app_yaml(front_door: Running) -> None:
    reply = front_door.ask("/static/style.css")

    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/css; charset=utf-8"
    assert reply.headers["Cache-Control"] == "public, max-age=3600"
    assert reply.headers["X-Own"] == "yes"
    assert reply.headers["Last-Modified"]
    assert reply.body.startswith(b"body {")


def test_static_files_name_a_file_by_the_groups_of_the_url(front_door: Running) -> None:
    reply = front_door.ask("/pictures/dot.png")

    assert reply.headers["Content-Type"] == "image/x-dot"
    assert reply.headers["Cache-Control"] == "public, max-age=172800"
    assert reply.body == b"\x89PNG\r\n"


def test_a_known_file_is_not_sent_again(front_door: Running) -> None:
    first = front_door.ask("/static/style.css")

    by_tag = front_door.ask("/static/style.css", If_None_Match=f'"other", {first.headers["ETag"]}')
    by_weak_tag = front_door.ask("/static/style.css", If_None_Match=f"W/{first.headers['ETag']}")
    by_date = front_door.ask("/static/style.css", If_Modified_Since=first.headers["Last-Modified"])
    by_other = front_door.ask(
        "/static/style.css", If_None_Match='"other"', If_Modified_Since=first.headers["Last-Modified"]
    )

    assert [reply.status for reply in (by_tag, by_weak_tag, by_date, by_other)] == [304, 304, 304, 200]
    assert by_tag.body == b""


def test_head_tells_the_length_of_a_file(front_door: Running) -> None:
    reply = front_door.ask("/static/dot.png", "HEAD")

    assert (reply.status, reply.headers["Content-Length"], reply.body) == (200, "6", b"")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../secret.txt",
        "/static/%2e%2e/secret.txt",
        "/static/..%2fsecret.txt",
        "/static/%2e%2e%2fsecret.txt",
        "/static/..%5csecret.txt",
        "/static//etc/passwd",
        "/static/%2fetc/passwd",
        "/static/./style.css",
        "/static/style.css%00.png",
        "/pictures/../secret.txt%00.png",
        "/pictures/../../secret.png",
        "/static/",
        "/static/missing.css",
    ],
)
def test_nothing_outside_the_folder_can_be_read(front_door: Running, path: str) -> None:
    reply = front_door.ask(path)

    assert reply.status == 404
    assert b"nobody may read this" not in reply.body


def test_a_file_cannot_be_posted_to(front_door: Running) -> None:
    reply = front_door.ask("/static/style.css", "POST", b"x")

    assert reply.status == 405
    assert reply.headers["Allow"] == "GET, HEAD"


def test_a_path_beside_the_folder_goes_to_the_program(front_door: Running) -> None:
    assert front_door.ask("/statics").body == b"hello from default"


def test_a_date_that_does_not_exist_is_ignored(front_door: Running) -> None:
    no_date = "Wed, 21 Oct 2015 07:28:00 +99999999999999999999"

    reply = front_door.ask("/static/style.css", If_Modified_Since=no_date)

    assert reply.status == 200
