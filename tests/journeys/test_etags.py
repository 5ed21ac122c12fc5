"""ETags through the front door, which compresses responses and makes their ETags weak."""

from tests import pictures
from tests.journeys.platform import Person, Platform

GZIP = {"Accept-Encoding": "gzip"}
LONG_CAPTION = "sea " * 100


def a_compressed_tag(person: Person, path: str) -> str:
    answer = person.ask("GET", path, headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["ETag"].startswith("W/")
    return answer.headers["ETag"]


def a_long_photo(platform: Platform, user: str) -> tuple[Person, str]:
    person = platform.as_(user)
    photo_id = person.post_photo(pictures.a_jpeg(1400, 1050), caption=LONG_CAPTION).json()["id"]
    person.ready_photo(photo_id)
    return person, f"/api/v1/photos/{photo_id}"


def test_the_etag_of_a_compressed_response_works_in_if_match(platform: Platform) -> None:
    ana, path = a_long_photo(platform, "etag-ana")
    tag = a_compressed_tag(ana, path)

    changed = ana.ask("PATCH", path, json={"caption": "short"}, headers={"If-Match": tag})
    late = ana.ask("PATCH", path, json={"caption": "late"}, headers={"If-Match": tag})

    assert (changed.status_code, late.status_code) == (200, 412)


def test_the_etag_of_a_compressed_response_works_in_if_none_match(platform: Platform) -> None:
    ben, path = a_long_photo(platform, "etag-ben")
    tag = a_compressed_tag(ben, path)

    again = ben.ask("GET", path, headers={**GZIP, "If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
