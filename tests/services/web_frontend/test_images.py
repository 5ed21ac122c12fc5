"""Image files: availability, access and caching."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import requests
from PIL import Image

from tests import pictures
from tests.services.web_frontend.visitors import Person, Site
from timeline.photos.model import original_name
from timeline.photos.read import LARGEST_ANSWER
from timeline.pictures.sizes import SIZES
from web_frontend import create_app

if TYPE_CHECKING:
    from timeline.interfaces import Backends

MakeReady = Callable[[], None]


def rendition_of(person: Person, photo_id: str) -> str:
    found = re.findall(rf"/image/{photo_id}/large-[0-9a-f]+\.jpg", person.opens(f"/photo/{photo_id}/").text)
    return str(found[0])


def test_a_processing_photo_is_a_placeholder_of_its_shape(ana: Person) -> None:
    photo_id = ana.posts(image=pictures.a_jpeg(64, 48))

    answer = ana.opens(f"/image/{photo_id}/")

    assert answer.status_code == 202
    assert answer.mimetype == "image/svg+xml"
    assert 'viewBox="0 0 64 48"' in answer.text
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_image_of_a_ready_photo_is_its_largest_rendition(
    ana: Person, stranger: Person, make_ready: MakeReady
) -> None:
    photo_id = ana.posts(image=pictures.a_jpeg(2400, 1200))
    make_ready()

    answer = stranger.opens(f"/image/{photo_id}/")

    assert answer.status_code == 200
    assert Image.open(io.BytesIO(answer.data)).size == (max(SIZES.values()), max(SIZES.values()) // 2)


def test_a_rendition_is_immutable_and_sandboxed(ana: Person, stranger: Person, make_ready: MakeReady) -> None:
    photo_id = ana.posts()
    make_ready()

    answer = stranger.opens(rendition_of(stranger, photo_id))

    assert answer.mimetype == "image/jpeg"
    assert {"public", "immutable", "max-age=31536000"} == set(answer.headers["Cache-Control"].split(", "))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_an_unchanged_image_is_a_304(ana: Person, make_ready: MakeReady) -> None:
    photo_id = ana.posts()
    make_ready()
    address = rendition_of(ana, photo_id)

    again = ana.opens(address, If_None_Match=ana.opens(address).headers["ETag"])

    assert again.status_code == 304
    assert again.data == b""


@pytest.mark.parametrize("etag", ['"another"', 'W/"another"', '"one", "two"'])
def test_a_failed_precondition_has_no_content_that_caches_could_keep(
    ana: Person, make_ready: MakeReady, etag: str
) -> None:
    photo_id = ana.posts()
    make_ready()

    for path in (rendition_of(ana, photo_id), f"/image/{photo_id}/", "/feed.atom", "/newest"):
        answer = ana.opens(path, If_Match=etag)

        assert (answer.status_code, answer.mimetype) == (412, "text/html")
        assert not answer.cache_control.public
        assert answer.cache_control.max_age is None


@pytest.mark.parametrize("tag", ["{}", "W/{}", '"another", {}', "*"])
def test_a_precondition_that_holds_returns_the_image(ana: Person, make_ready: MakeReady, tag: str) -> None:
    photo_id = ana.posts()
    make_ready()
    path = rendition_of(ana, photo_id)

    answer = ana.opens(path, If_Match=tag.format(ana.opens(path).headers["ETag"]))

    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")


def test_pages_of_listed_origins_may_read_images(
    ana: Person, make_ready: MakeReady, backends: "Backends"
) -> None:
    photo_id = ana.posts()
    make_ready()
    paths = (rendition_of(ana, photo_id), f"/image/{photo_id}/")
    listed = replace(backends.settings, cors_origins="https://app.example")
    browser = create_app(replace(backends, settings=listed)).test_client()

    for path in paths:
        ours = browser.get(path, headers={"Origin": "https://app.example"})
        others = browser.get(path, headers={"Origin": "https://other.example"})

        assert ours.headers["Access-Control-Allow-Origin"] == "https://app.example"
        assert "Access-Control-Allow-Origin" not in others.headers
        assert "Origin" in ours.vary
        assert "Origin" in others.vary
    page = browser.get(f"/photo/{photo_id}/", headers={"Origin": "https://app.example"})
    assert "Access-Control-Allow-Origin" not in page.headers


def test_only_its_owner_gets_the_original(ana: Person, ben: Person, stranger: Person) -> None:
    image = pictures.a_jpeg_with_metadata()
    photo_id = ana.posts(image=image)

    answers = [person.opens(f"/image/{photo_id}/original") for person in (ana, ben, stranger)]

    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert answers[0].data == image
    assert answers[0].headers["Cache-Control"] == "private, no-store"
    assert answers[0].headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert re.fullmatch(r"attachment; filename=ana-[0-9-]+\.jpg", answers[0].headers["Content-Disposition"])


@pytest.mark.parametrize("path", ["original", "?original"])
def test_the_owner_of_an_original_above_32_mb_is_sent_to_a_signed_url(
    ana: Person, ben: Person, backends: "Backends", path: str
) -> None:
    photo_id = ana.posts()
    content = replace_original(backends, photo_id, (32 << 20) + 1)

    answer = ana.opens(f"/image/{photo_id}/{path}")

    assert answer.status_code == 303
    assert answer.headers["Cache-Control"] == "no-store"
    fetched = requests.get(answer.headers["Location"], timeout=60)
    assert fetched.content == content
    assert re.match(r'attachment; filename="ana-[0-9-]+\.jpg"', fetched.headers["Content-Disposition"])
    assert ben.opens(f"/image/{photo_id}/{path}").status_code == 404


@pytest.mark.parametrize(("size", "status"), [(LARGEST_ANSWER, 200), (LARGEST_ANSWER + 1, 303)])
def test_the_largest_original_below_the_limit_is_sent(
    ana: Person, backends: "Backends", size: int, status: int
) -> None:
    photo_id = ana.posts()
    replace_original(backends, photo_id, size)

    assert ana.opens(f"/image/{photo_id}/original").status_code == status


def test_an_erased_original_is_not_found(ana: Person, backends: "Backends") -> None:
    photo_id = ana.posts()
    backends.blobs.delete([original_name(photo_id)])

    assert ana.opens(f"/image/{photo_id}/original").status_code == 404


def replace_original(backends: "Backends", photo_id: str, size: int) -> bytes:
    """Store a large original, as a resumable upload does; an image may have trailing bytes."""
    content = pictures.a_jpeg().ljust(size, b"\0")
    backends.blobs.delete([original_name(photo_id)])
    backends.blobs.add(original_name(photo_id), content, "image/jpeg")
    return content


def test_the_original_comes_by_query_too_and_by_token(site: Site, ana: Person) -> None:
    photo_id = ana.posts()
    headers = {"Authorization": f"Bearer {site.cloud.token_for('ana')}"}

    answer = site.app.test_client().get(f"/image/{photo_id}/?original", headers=headers)

    assert answer.status_code == 200


def test_public_images_have_no_metadata(ana: Person, stranger: Person, make_ready: MakeReady) -> None:
    photo_id = ana.posts(image=pictures.a_jpeg_with_metadata())
    make_ready()

    public = stranger.opens(rendition_of(stranger, photo_id)).data

    assert not any(secret in public for secret in pictures.SECRETS)


def test_a_photo_that_could_not_be_read_says_so_everywhere(
    ana: Person, stranger: Person, make_ready: MakeReady
) -> None:
    photo_id = ana.posts(image=pictures.a_png_with_damaged_pixels())
    make_ready()

    assert ana.opens(f"/image/{photo_id}/").status_code == 404
    assert "could not be read" in stranger.opens(f"/photo/{photo_id}/").text
    assert "could not be read" in stranger.opens("/user/ana/").text


@pytest.mark.parametrize("path", ["/image/nothing/", "/image/nothing/large-0.jpg", "/image/nothing/original"])
def test_an_unknown_photo_is_not_found(stranger: Person, path: str) -> None:
    assert stranger.opens(path).status_code == 404


def test_an_unknown_rendition_is_not_found(ana: Person, make_ready: MakeReady) -> None:
    photo_id = ana.posts()
    make_ready()

    assert ana.opens(f"/image/{photo_id}/large-00000000000000000000.jpg").status_code == 404
