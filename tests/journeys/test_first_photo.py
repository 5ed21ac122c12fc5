"""A posted photo from the request to the thumbnail and the email."""

import re

import requests

from tests import pictures
from tests.journeys.platform import Platform
from tests.waiting import eventually
from timeline.pictures.sizes import SIZES


def test_a_posted_photo_is_in_the_stream_at_once_and_gets_its_thumbnail(platform: Platform) -> None:
    ana = platform.as_("first-ana")

    posted = ana.post_photo(pictures.a_jpeg(width=2400, height=1800), caption="sea")
    stream = ana.stream()

    assert posted.status_code == 201
    assert [photo["id"] for photo in stream] == [posted.json()["id"]]
    ready = ana.ready_photo(posted.json()["id"])
    assert ready["status"] == "ready"
    assert {r["name"]: max(r["width"], r["height"]) for r in ready["renditions"]} == SIZES


def test_a_rendition_is_immutable(platform: Platform) -> None:
    ana = platform.as_("first-bea")
    photo = ana.ready_photo(ana.post_photo(pictures.a_jpeg(width=900, height=600)).json()["id"])

    thumb = platform.get(next(r["url"] for r in photo["renditions"] if r["name"] == "thumb"))

    assert thumb.status_code == 200
    assert thumb.headers["Content-Type"] == "image/jpeg"
    assert "immutable" in thumb.headers["Cache-Control"]
    assert thumb.headers["X-Content-Type-Options"] == "nosniff"


def test_the_photo_is_on_the_page_of_its_user(platform: Platform) -> None:
    ana = platform.as_("first-cleo")
    posted = ana.post_photo(pictures.a_jpeg(), caption="a caption nobody else has").json()
    ana.ready_photo(posted["id"])

    page = platform.get("/user/first-cleo/")

    assert page.status_code == 200
    assert "a caption nobody else has" in page.text
    assert posted["id"] in page.text


def test_a_deleted_photo_is_gone_from_the_next_read(platform: Platform) -> None:
    ana = platform.as_("first-dora")
    photo_id = ana.post_photo(pictures.a_jpeg()).json()["id"]

    deleted = ana.ask("DELETE", f"/api/v1/photos/{photo_id}")

    assert deleted.status_code == 204
    assert ana.stream() == []
    assert ana.ask("GET", f"/api/v1/photos/{photo_id}").status_code == 404
    assert ana.ask("DELETE", f"/api/v1/photos/{photo_id}").status_code == 404


def test_one_trace_connects_request_and_task(platform: Platform) -> None:
    ana = platform.as_("first-emma")
    trace = "0123456789abcdef0123456789abcdef"
    files = {"image": ("photo.jpg", pictures.a_jpeg(), "image/jpeg")}
    headers = {"X-Cloud-Trace-Context": f"{trace}/1;o=1"}
    photo_id = ana.ask("POST", "/api/v1/photos", files=files, headers=headers).json()["id"]

    ana.ready_photo(photo_id)

    def services() -> set[str]:
        entries = platform.ask_console(f"/api/logs?trace={trace}")
        found = {entry["service"] for entry in entries}
        return found if {"api-backend", "tasks-backend"} <= found else set()

    assert eventually(services)


def test_a_person_signs_in_on_the_website_and_posts_by_form(platform: Platform) -> None:
    browser = requests.Session()
    page = browser.get(f"{platform.app}/signin", timeout=60)
    action = re.search(r'<form[^>]*action="([^"]*)"', page.text)
    fields = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text))
    where = requests.compat.urljoin(page.url, (action.group(1) if action else "").replace("&amp;", "&"))
    back = browser.post(where or page.url, data=fields | {"user": "first-faye"}, timeout=60)
    assert back.status_code == 200
    assert "first-faye" in back.text

    files = {"image": ("photo.jpg", pictures.a_jpeg(), "image/jpeg")}
    same_origin = {"Origin": platform.app, "Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
    posted = browser.post(
        f"{platform.app}/post/first-faye/",
        files=files,
        data={"caption": "by form"},
        headers=same_origin,
        timeout=60,
    )

    assert posted.status_code == 200
    assert "by form" in platform.get("/user/first-faye/").text


def test_the_timeline_of_all_users_shows_new_photos(platform: Platform) -> None:
    ana = platform.as_("first-gina")
    photo_id = ana.post_photo(pictures.a_jpeg()).json()["id"]
    ana.stream()  # a strong read: on a stale Datastore it is what makes the write known to global queries

    newest = eventually(
        lambda: (
            photo_id in [photo["id"] for photo in platform.get("/api/v1/photos?limit=100").json()["results"]]
        )
    )

    assert newest


def test_the_weekly_job_sends_an_email(platform: Platform) -> None:
    ana = platform.as_("first-hana")
    assert ana.ask("PATCH", "/api/v1/me", json={"summary": "weekly"}).status_code == 200
    ana.ready_photo(ana.post_photo(pictures.a_jpeg(), caption="for the mail").json()["id"])

    platform.ask_console("/api/cron/run?url=/tasks/summary_email/weekly", "POST")

    def mail() -> list[object]:
        return [m for m in platform.ask_console("/api/mail") if "first-hana@example.com" in str(m["to"])]

    assert len(eventually(mail)) == 1
