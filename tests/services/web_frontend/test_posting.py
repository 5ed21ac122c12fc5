"""Post photos with curl as in the original exercise, with the form, and with the page's script."""

import io
from typing import Any

import pytest
from urllib3 import encode_multipart_formdata
from werkzeug.test import TestResponse

from tests import pictures
from tests.services.web_frontend.visitors import Person, Site, a_photo, ids_on

EXERCISE = 100


def test_a_hundred_curl_posts_are_in_the_stream_at_once(site: Site) -> None:
    token, image = site.cloud.token_for("poobyj"), pictures.a_jpeg(32, 24)

    for _ in range(EXERCISE):
        answer = site.curl("/post/poobyj/", id_token=token, **a_photo(image, "curl"))
        assert answer.status_code == 303

    assert answer.headers["Location"] == "/user/poobyj/json/"
    stream = site.stranger().opens("/user/poobyj/json/").json
    assert stream is not None
    assert len({photo["image_url"] for photo in stream["results"]}) == EXERCISE
    assert stream["next_cursor"] is None


def test_a_token_in_the_authorization_header_is_accepted(site: Site) -> None:
    headers = {"Authorization": f"Bearer {site.cloud.token_for('ana')}"}

    answer = site.app.test_client().post("/post/ana/", data=a_photo(), headers=headers)

    assert answer.status_code == 303


def test_the_form_redirects_to_the_users_page(ana: Person) -> None:
    answer = ana.sends("/post/ana/", a_photo(caption="by form") | {"answer": "page"})

    assert answer.status_code == 303
    assert "by form" in ana.opens(answer.headers["Location"]).text


def test_the_script_of_the_page_gets_the_card_of_the_new_photo(ana: Person) -> None:
    answer = ana.sends("/post/ana/", a_photo(caption="by script") | {"answer": "card"})

    assert answer.status_code == 201
    assert "by script" in answer.text
    assert "data-processing" in answer.text


def test_the_same_idempotency_key_never_makes_two_photos(ana: Person) -> None:
    form = {"answer": "card", "caption": "once"}

    first, second = (
        ana.sends("/post/ana/", a_photo() | form, Idempotency_Key="a-key-of-the-page") for _ in range(2)
    )

    assert ids_on(first.text) == ids_on(second.text)
    assert len(ids_on(ana.opens("/user/ana/").text)) == 1


def test_nobody_posts_as_someone_else(ana: Person, site: Site) -> None:
    site.sign_in("ben")

    answers = (
        ana.sends("/post/ben/", a_photo()),
        site.curl("/post/ben/", id_token=site.cloud.token_for("ana"), **a_photo()),
    )

    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[1].json is not None
    assert answers[1].json["code"] == "forbidden"
    assert ids_on(ana.opens("/user/ben/").text) == []


def test_an_anonymous_post_is_refused(site: Site) -> None:
    answer = site.curl("/post/ana/", **a_photo())

    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_an_invalid_token_is_refused_despite_a_session(ana: Person) -> None:
    answer = ana.sends("/post/ana/", a_photo() | {"id_token": "not-a-token"})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[x"},
    ],
)
def test_a_form_on_another_site_cannot_use_the_session(ana: Person, headers: dict[str, str]) -> None:
    answer = ana.browser.post("/post/ana/", data=a_photo(), headers=headers)

    assert answer.status_code == 403
    assert ids_on(ana.opens("/user/ana/").text) == []


def test_origin_is_checked_without_sec_fetch_site(ana: Person) -> None:
    answer = ana.browser.post("/post/ana/", data=a_photo(), headers={"Origin": "http://localhost"})

    assert answer.status_code == 303


BAD_POSTS: list[tuple[str, dict[str, Any], int, str]] = [
    ("no picture", {"caption": "x"}, 400, "image_missing"),
    ("another field", {"picture": (io.BytesIO(b"x"), "photo.jpg")}, 400, "image_missing"),
    ("an empty file", a_photo(b""), 400, "image_missing"),
    ("text", a_photo(pictures.a_text_named_jpg()), 415, "image_unsupported"),
    ("a page", a_photo(pictures.an_svg()), 415, "image_unsupported"),
    ("60 megapixels", a_photo(pictures.a_png_header_only()), 422, "image_too_many_pixels"),
    ("25 MB", a_photo(b"\xff\xd8\xff" + bytes(25 * 1024 * 1024)), 413, "image_too_large"),
    ("501 characters", a_photo(caption="x" * 501), 422, "caption_too_long"),
]


@pytest.mark.parametrize(
    ("form", "status", "code"), [row[1:] for row in BAD_POSTS], ids=[row[0] for row in BAD_POSTS]
)
def test_an_invalid_post_has_the_codes_of_the_api(
    site: Site, form: dict[str, Any], status: int, code: str
) -> None:
    headers = {"Authorization": f"Bearer {site.cloud.token_for('ana')}"}

    answer = _post(site, form, headers)

    assert (answer.status_code, answer.json and answer.json["code"]) == (status, code)


def test_a_browser_gets_a_page_with_the_error(ana: Person) -> None:
    answer = ana.sends("/post/ana/", a_photo(pictures.a_text_named_jpg()) | {"answer": "page"})

    assert answer.status_code == 415
    assert answer.mimetype == "text/html"
    assert "not a supported image" in answer.text


def test_the_form_is_only_for_those_signed_in(ana: Person, stranger: Person) -> None:
    assert 'enctype="multipart/form-data"' in ana.opens("/post/").text

    assert stranger.opens("/post/").headers["Location"] == "/signin?next=/post/"


def _post(site: Site, form: dict[str, Any], headers: dict[str, str]) -> TestResponse:
    fields = {name: (v[1], v[0].getvalue()) if isinstance(v, tuple) else v for name, v in form.items()}
    body, content_type = encode_multipart_formdata(fields)
    return site.app.test_client().post("/post/ana/", data=body, headers=headers, content_type=content_type)


def test_a_form_with_many_fields_is_refused_quickly(site: Site) -> None:
    fields = "&".join(f"a{number}=" for number in range(10_000))

    answer = site.app.test_client().post(
        "/post/ana/", data=fields, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 413
    assert answer.json is not None
    assert answer.json["code"] == "request_too_large"


@pytest.mark.parametrize("image", [pictures.a_heic(), pictures.an_avif()], ids=["heic", "avif"])
def test_photos_of_phones_are_taken(ana: Person, image: bytes) -> None:
    answer = ana.sends("/post/ana/", a_photo(image) | {"answer": "page"})

    assert answer.status_code == 303


def test_the_form_names_every_type_so_that_a_phone_sends_the_original(ana: Person) -> None:
    page = ana.opens("/").text

    for kind in ("image/heic", "image/avif", ".heic", "HEIC or AVIF"):
        assert kind in page
