"""Resumable uploads, shared photos and the service worker of the website, request by request."""

import json
import re
from typing import TYPE_CHECKING

import pytest
import requests

from tests.pictures import a_jpeg
from tests.services.web_frontend.visitors import Person, Site, authorize, come_back, ids_on

if TYPE_CHECKING:
    from timeline.interfaces import Backends

JSON = "application/problem+json"


def begin(person: Person, size: int, **form: str) -> str:
    """Begin an upload and return its ID and URL as JSON."""
    fields = {"content_type": "image/jpeg", "size": str(size)} | form
    return person.sends(f"/post/{person.handle}/uploads", fields, Accept=JSON, Idempotency_Key="a-key").text


def test_an_upload_becomes_one_photo(ana: Person) -> None:
    image = a_jpeg()
    upload = json.loads(begin(ana, len(image)))
    requests.put(upload["url"], data=image, timeout=60).raise_for_status()

    fields = {"upload_id": upload["id"], "caption": "Large", "answer": "card"}
    first, second = (ana.sends("/post/ana/", fields, Idempotency_Key="another-key") for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert "Large" in first.text
    assert ids_on(first.text) == ids_on(second.text) == ids_on(ana.opens("/user/ana/").text)


def test_the_same_key_begins_one_upload(ana: Person) -> None:
    assert begin(ana, 100) == begin(ana, 100)


def test_an_unfinished_upload_is_not_posted(ana: Person) -> None:
    upload = json.loads(begin(ana, 100))

    answer = ana.sends("/post/ana/", {"upload_id": upload["id"]}, Accept=JSON)

    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["message"] == "The photo was not sent completely. Try again."


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"size": str(51 * 1024 * 1024)}, 413),
        ({"size": "0"}, 400),
        ({"size": "many"}, 400),
        ({"content_type": "text/html"}, 415),
    ],
)
def test_an_upload_is_checked_before_it_begins(ana: Person, form: dict[str, str], status: int) -> None:
    fields = {"content_type": "image/jpeg", "size": "100"} | form

    assert ana.sends("/post/ana/uploads", fields, Accept=JSON).status_code == status


def test_nobody_uploads_for_someone_else(ana: Person, ben: Person, stranger: Person) -> None:
    upload = json.loads(begin(ana, 100))
    fields = {"content_type": "image/jpeg", "size": "100"}

    assert ben.sends("/post/ana/uploads", fields).status_code == 403
    assert stranger.sends("/post/ana/uploads", fields).status_code == 401
    assert ben.sends("/post/ben/", {"upload_id": upload["id"]}).status_code == 404


def test_pages_may_send_to_the_storage_and_nowhere_else(ana: Person, backends: "Backends") -> None:
    policy = ana.opens("/").headers["Content-Security-Policy"]

    assert f"connect-src 'self' {backends.settings.storage_origin};" in policy
    assert "worker-src 'self'" in policy


def test_the_service_worker_names_every_file_that_pages_need(stranger: Person) -> None:
    answer = stranger.opens("/service-worker.js")
    page = stranger.opens("/").text

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    main = re.findall(r'import "([^"]+)"', answer.text)[0]
    files = json.loads(re.findall(r"STATIC_FILES = (.+);", answer.text)[0])
    assert main in files
    needed = re.findall(r'<(?:link rel="stylesheet" href|script type="module" src)="([^"]+)"', page)
    assert needed
    assert set(needed) <= set(files)
    for file in files:
        with stranger.browser.get(file) as static:
            assert static.status_code == 200, file


def test_the_offline_page_shows_no_account(stranger: Person) -> None:
    answer = stranger.opens("/offline")

    assert answer.status_code == 200
    assert "You are offline" in answer.text


def test_a_share_without_the_service_worker_leads_to_the_form(ana: Person) -> None:
    answer = ana.sends("/share/", {"text": "x"}, Sec_Fetch_Site="none")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/share/?lost")
    assert ana.opens("/share/?lost").headers["Location"] == "/post/"
    assert "No photos arrived." in ana.opens("/post/").text


def test_a_share_from_another_site_sets_no_cookie(stranger: Person) -> None:
    answer = stranger.sends("/share/", {"text": "x"}, Sec_Fetch_Site="cross-site")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/share/?lost")
    assert "Set-Cookie" not in answer.headers


def test_a_share_of_a_signed_out_visitor_leads_to_the_form_after_the_sign_in(site: Site) -> None:
    visitor = site.stranger()
    shared = visitor.sends("/share/", Sec_Fetch_Site="none").headers["Location"]
    assert visitor.opens(shared).headers["Location"] == "/signin?next=/share/%3Flost"

    back = come_back(visitor, authorize(visitor, "ana", "/share/%3Flost"))

    assert visitor.opens(back.headers["Location"]).headers["Location"] == "/post/"
    assert "No photos arrived." in visitor.opens("/post/").text


def test_the_address_of_a_share_can_be_opened_again(ana: Person, stranger: Person) -> None:
    answer, elsewhere = ana.opens("/share/"), stranger.opens("/share/")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/post/")
    assert (elsewhere.status_code, elsewhere.headers["Location"]) == (303, "/signin?next=/share/")
    assert "No photos arrived." not in ana.opens("/post/").text


def test_photos_that_the_browser_could_not_keep_are_asked_for_again(ana: Person) -> None:
    answer = ana.opens("/share/?lost")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/post/")
    assert "No photos arrived." in ana.opens("/post/").text


def test_the_manifest_names_the_route_for_shared_photos(stranger: Person) -> None:
    address = re.findall(r'<link rel="manifest" href="([^"]+)">', stranger.opens("/").text)[0]
    with stranger.browser.get(address) as answer:
        target = json.loads(answer.data)["share_target"]

    assert (target["action"], target["method"], target["enctype"]) == (
        "/share/",
        "POST",
        "multipart/form-data",
    )
    assert target["params"]["files"][0]["name"] == "image"
