"""Invalid input gets an error code, never a 500, and stores nothing."""

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests import pictures
from tests.journeys.platform import Person, Platform

PHOTOS = "/api/v1/photos"


def upload(image: bytes | None, field: str = "image", **fields: str) -> Callable[[Person], Any]:
    files = {field: ("photo.jpg", image, "image/jpeg")} if image is not None else {"none": (None, "")}
    return lambda person: person.ask("POST", PHOTOS, files=files, data=fields)


REFUSED = {
    "no file part": (upload(None), 400, "image_missing"),
    "a wrong field": (upload(pictures.a_jpeg(), field="picture"), 400, "image_missing"),
    "an empty file": (upload(b""), 400, "image_missing"),
    "text named .jpg": (upload(b"this is no picture at all\n" * 9), 415, "image_unsupported"),
    "a truncated JPEG": (upload(pictures.truncated(pictures.a_jpeg())), 422, "image_broken"),
    "a 60-megapixel PNG": (
        upload(pictures.a_png_header_only(width=10_000, height=6_000)),
        422,
        "image_too_many_pixels",
    ),
    "a 25 MB body": (upload(b"\xff\xd8" + bytes(25_000_000)), 413, "image_too_large"),
    "a caption of 501 characters": (upload(pictures.a_jpeg(), caption="x" * 501), 422, "caption_too_long"),
    "limit 0": (lambda person: person.ask("GET", f"{PHOTOS}?limit=0"), 400, "invalid_limit"),
    "limit 101": (lambda person: person.ask("GET", f"{PHOTOS}?limit=101"), 400, "invalid_limit"),
    "limit abc": (lambda person: person.ask("GET", f"{PHOTOS}?limit=abc"), 400, "invalid_limit"),
    "a malformed cursor": (lambda person: person.ask("GET", f"{PHOTOS}?cursor=x"), 400, "invalid_cursor"),
    "an unknown photo": (lambda person: person.ask("GET", f"{PHOTOS}/none"), 404, "not_found"),
    "an unknown route": (lambda person: person.ask("GET", "/api/v1/nothing"), 404, "not_found"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused_with_its_code(platform: Platform, case: str) -> None:
    ask, status, code = REFUSED[case]
    bad = platform.as_("bad-ana")

    answer = ask(bad)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert {"type", "title", "status", "code", "detail", "request_id"} <= set(answer.json())


def test_refused_uploads_leave_no_photo_and_no_bytes(platform: Platform) -> None:
    bad = platform.as_("bad-bea")
    bucket = f"{platform.addresses['storage']}/storage/v1/b/{platform.addresses['project']}.appspot.com/o"

    answers = [ask(bad).status_code for ask, _, _ in REFUSED.values()]

    assert all(400 <= status < 500 for status in answers)
    assert bad.stream() == []
    import requests

    assert "items" not in requests.get(bucket, params={"prefix": "originals/bad-bea/"}, timeout=60).json()


@pytest.mark.parametrize("caption", ["sea 🌊 and 👩‍👩‍👧", "مرحبا", "x" * 500])
def test_any_script_and_emoji_are_valid_captions(platform: Platform, caption: str) -> None:
    bad = platform.as_("bad-cleo")

    posted = bad.post_photo(pictures.a_jpeg(), caption=caption)

    assert posted.status_code == 201
    assert bad.photo(posted.json()["id"])["caption"] == caption


def test_control_characters_never_reach_a_stream(platform: Platform) -> None:
    bad = platform.as_("bad-dora")

    posted = bad.post_photo(pictures.a_jpeg(), caption="a\x00b\x07c")

    assert posted.status_code in (201, 422)
    assert not any(ord(c) < 32 for photo in bad.stream() for c in photo["caption"])


def test_a_cursor_works_only_for_its_own_list(platform: Platform) -> None:
    bad = platform.as_("bad-emma")
    for _ in range(3):
        bad.post_photo(pictures.a_jpeg())
    cursor = bad.ask("GET", "/api/v1/users/bad-emma/photos?limit=1").json()["next_cursor"]

    foreign = bad.ask("GET", f"{PHOTOS}?limit=1&cursor={cursor}")
    altered = bad.ask("GET", f"/api/v1/users/bad-emma/photos?limit=1&cursor={cursor[:-2]}xx")
    own = bad.ask("GET", f"/api/v1/users/bad-emma/photos?limit=1&cursor={cursor}")

    assert [a.status_code for a in (foreign, altered, own)] == [400, 400, 200]
    assert {a.json()["code"] for a in (foreign, altered)} == {"invalid_cursor"}


def forged(platform: Platform, **changes: Any) -> str:
    """Return a valid token except for the changes, signed with another key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = {
        "iss": platform.addresses["oidc"],
        "aud": platform.addresses["project"],
        "sub": "mallory",
        "preferred_username": "mallory",
        "iat": int(time.time()),
        "exp": int(time.time()) + 600,
    }
    return jwt.encode(claims | changes, key, algorithm="RS256", headers={"kid": "mine"})


def test_only_tokens_of_the_issuer_are_accepted(platform: Platform) -> None:
    good = platform.as_("bad-faye").token
    header, body, signature = good.split(".")
    no_algorithm = jwt.encode(jwt.decode(good, options={"verify_signature": False}), None, algorithm="none")
    oidc = platform.addresses["oidc"]
    tokens = {
        "none": "",
        "garbage": "x.y.z",
        "no signature": f"{header}.{body}.",
        "altered": f"{header}.{body}.{signature[:-6]}AAAAAA",
        "alg none": no_algorithm,
        "own key": forged(platform),
        "expired": forged(platform, exp=int(time.time()) - 3600),
        "wrong issuer": forged(platform, iss=f"{oidc}/other"),
    }

    answers = {
        name: Person(platform, "bad-faye", token).ask("GET", "/api/v1/me") for name, token in tokens.items()
    }

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(tokens, 401)
    assert {answer.json()["code"] for answer in answers.values()} == {"unauthenticated"}
    assert all("WWW-Authenticate" in answer.headers for answer in answers.values())
