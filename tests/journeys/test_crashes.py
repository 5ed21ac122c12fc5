"""Acknowledged data is not lost when processes are killed."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from tests import pictures
from tests.journeys.platform import Platform
from tests.waiting import eventually


@pytest.fixture
def mortal(tmp_path: Path, datastore_words: tuple[str, ...]) -> Iterator[Platform]:
    """A platform that the test may kill. Google's emulators lose data on a kill, so they are skipped."""
    if datastore_words[1] != "embedded":
        pytest.skip("Google's emulators lose acknowledged writes when they are killed")
    platform = Platform(tmp_path, datastore_words)
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()


def test_a_killed_platform_comes_back_with_every_photo_and_finishes_its_tasks(mortal: Platform) -> None:
    ana = mortal.as_("ana")
    posted = [ana.post_photo(pictures.a_jpeg(), caption=str(n)).json()["id"] for n in range(10)]

    mortal.kill()
    mortal.start()

    ana = mortal.as_("ana")
    assert sorted(photo["id"] for photo in ana.stream()) == sorted(posted)
    assert {ana.ready_photo(photo_id)["status"] for photo_id in posted} == {"ready"}


def test_a_killed_platform_leaves_no_process_behind(mortal: Platform) -> None:
    below = [psutil.Process(pid) for pid in mortal.pids()]

    mortal.process.kill()
    mortal.process.wait(90)

    eventually(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in below))


def test_a_killed_service_restarts_before_a_client_times_out(mortal: Platform) -> None:
    victims = [s["pid"] for s in mortal.ask_console("/api/services") if s["service"] == "api-backend"]

    for pid in victims:
        psutil.Process(pid).kill()
    answer = mortal.get("/api/")

    assert answer.status_code == 200
    assert answer.json()["service"] == "api-backend"


def test_a_post_repeated_after_a_kill_is_one_photo(mortal: Platform) -> None:
    ana = mortal.as_("ana")
    image = pictures.a_jpeg()
    first = ana.post_photo(image, key="once")
    mortal.kill()
    mortal.start()

    again = mortal.as_("ana").post_photo(image, key="once")

    assert again.status_code == 201
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert len(mortal.as_("ana").stream()) == 1


def test_mail_survives_a_kill(mortal: Platform) -> None:
    import smtplib

    with smtplib.SMTP(mortal.addresses["smtp"]) as smtp:
        smtp.sendmail("a@example.com", ["b@example.com"], "Subject: kept\r\n\r\nhello\r\n")

    mortal.kill()
    mortal.start()

    assert [mail["subject"] for mail in requests.get(f"{mortal.console}/api/mail", timeout=60).json()] == [
        "kept"
    ]
