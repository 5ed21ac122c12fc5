"""Summary emails from cron to delivery: batches, one task per user, one email per user and period."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.services.tasks_backend.conftest import ISSUER, Scene, Worker
from timeline import outbox
from timeline.account_deletion import deletion
from timeline.accounts import users
from timeline.accounts.users import AccountChanges, Caller
from timeline.digests import batches, retention, sending
from timeline.digests.periods import Period, period_of
from timeline.interfaces import Entity
from timeline.photos.delete import delete_photo

DAILY, WEEKLY = "/tasks/summary_email/daily", "/tasks/summary_email/weekly"
EMAIL, GROUP = "/tasks/email/", "/tasks/summary_email/send"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def people(scene: Scene) -> None:
    scene.user("ben")
    scene.user("ana", summary="daily")


def run_job(scene: Scene, path: str = DAILY) -> None:
    assert scene.cron(path).status_code == 200
    scene.run("summary-email")
    scene.run("email")


def today(scene: Scene) -> Period:
    return period_of("daily", scene.clock.now())


def mailing(scene: Scene) -> dict[str, str]:
    return {"user": "ana", "period": today(scene).name, "until": scene.clock.now().isoformat()}


def group(scene: Scene, *handles: str) -> dict[str, Any]:
    return {**mailing(scene), "users": handles}


def tasks_for_ana(scene: Scene) -> list[tuple[str, dict[str, Any]]]:
    return [(GROUP, group(scene, "ana", "ben")), (EMAIL, mailing(scene))]


def a_guest(scene: Scene, number: int) -> Entity:
    values = {
        "display_name": "Guest",
        "email": f"g{number}@example.com",
        "summary": "daily",
        "timezone": "UTC",
    }
    created = scene.clock.now()
    return Entity(("User", f"guest-{number:03}"), {**values, "created": created}, frozenset({"summary"}))


def state_of(scene: Scene) -> Any:
    (row,) = scene.stores.entities.get(sending.key_of("ana", today(scene)))
    return row and row.values["state"]


def test_the_daily_job_sends_one_email_per_subscriber(scene: Scene) -> None:
    scene.user("cleo", summary="weekly")
    scene.ready_photo("ben", caption="the sea at night")

    run_job(scene)

    (mail,) = scene.mails()
    assert "ana@example.com" in str(mail["to"])
    assert "the sea at night" in mail["text"]
    assert "the sea at night" in mail["html"]


def test_the_weekly_job_covers_a_week(scene: Scene) -> None:
    scene.user("ana", summary="weekly")
    scene.ready_photo("ben", before=4 * DAY, caption="on monday")

    run_job(scene, WEEKLY)

    assert "on monday" in scene.mails()[0]["text"]


def test_a_repeated_job_sends_one_email(scene: Scene) -> None:
    scene.ready_photo("ben")

    for _ in range(3):
        run_job(scene)
        scene.clock.advance(HOUR)

    assert len(scene.mails()) == 1


def test_the_preview_is_the_email_that_would_be_sent_now(scene: Scene) -> None:
    scene.ready_photo("ben", caption="the sea at night")
    seen = sending.preview(scene.stores, "ana")

    run_job(scene)
    (mail,) = scene.mails()

    assert seen.is_worth_sending
    assert (seen.subject, seen.text) == (mail["subject"], mail["text"])
    assert seen.html == mail["html"]
    assert not sending.preview(scene.stores, "ana").is_worth_sending


def test_a_user_without_subscription_can_see_the_preview(scene: Scene) -> None:
    scene.ready_photo("ana", caption="the sea at night")

    assert "the sea at night" in sending.preview(scene.stores, "ben").text


def test_no_email_is_sent_without_new_photos(scene: Scene) -> None:
    scene.ready_photo("ben", before=30 * HOUR)

    run_job(scene)

    assert scene.mails() == []


def test_each_photo_is_in_one_email_even_after_a_late_run(scene: Scene) -> None:
    scene.clock.advance(2 * HOUR)
    scene.ready_photo("ben", before=HOUR, caption="first")
    run_job(scene)
    scene.clock.advance(DAY - 2 * HOUR)
    scene.ready_photo("ben", before=HOUR, caption="second")

    run_job(scene)

    told = [("first" in mail["text"], "second" in mail["text"]) for mail in scene.mails()]
    assert told == [(True, False), (False, True)]


def test_a_deleted_photo_is_not_in_the_email(scene: Scene) -> None:
    photo = scene.ready_photo("ben", before=HOUR)
    delete_photo(scene.stores, photo.id, by="ben")

    run_job(scene)

    assert scene.mails() == []


def test_a_photo_of_a_deleted_account_is_not_in_the_email(scene: Scene) -> None:
    scene.ready_photo("ben", before=HOUR)
    deletion.delete_account(scene.stores, Caller(handle="ben", issuer=ISSUER, subject="ben"))

    run_job(scene)

    assert scene.mails() == []


def test_more_users_than_a_batch_all_get_a_task(scene: Scene) -> None:
    guests = [a_guest(scene, number) for number in range(batches.USERS_IN_A_BATCH + 1)]
    scene.stores.entities.put(*guests)
    scene.handles |= {guest.key[1] for guest in guests}

    scene.ready_photo("ben")

    run_job(scene)

    arrived = [mail["to"] for mail in scene.mails()]
    assert len(set(map(str, arrived))) == len(arrived) == len(guests) + 1


def test_times_are_in_the_readers_time_zone(scene: Scene) -> None:
    scene.user("ana", summary="daily", timezone="Asia/Kolkata")
    scene.ready_photo("ben", before=HOUR)

    run_job(scene)

    moment = scene.clock.now()
    assert f"Ben, {moment:%a} {moment.day} {moment:%b}, 13:30" in scene.mails()[0]["text"]


def test_the_email_has_a_one_click_unsubscribe_link(scene: Scene) -> None:
    scene.ready_photo("ben")
    run_job(scene)
    headers = scene.mails()[0]["headers"]

    sending.unsubscribe(scene.stores, headers["List-Unsubscribe"].strip("<>").rpartition("/")[2])

    assert headers["List-Unsubscribe"].startswith("<http://localhost:8080/unsubscribe/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert users.get_user(scene.stores, "ana").summary == "off"


def test_a_user_who_unsubscribed_gets_no_email(scene: Scene) -> None:
    scene.ready_photo("ben")
    users.change_account(scene.stores, "ana", AccountChanges(summary="off"))

    ran = [scene.task(path, body).status_code for path, body in tasks_for_ana(scene)]

    assert ran == [200, 200]
    assert scene.mails() == []


def test_a_deleted_account_gets_no_email_and_no_row(scene: Scene) -> None:
    scene.ready_photo("ben")
    deletion.delete_account(scene.stores, Caller(handle="ana", issuer=ISSUER, subject="ana"))
    scene.run("erase")

    ran = [scene.task(path, body).status_code for path, body in tasks_for_ana(scene)]

    assert ran == [200, 200]
    assert scene.mails() == []
    assert state_of(scene) is None


def test_two_concurrent_email_tasks_send_at_most_one_email(scene: Scene) -> None:
    scene.ready_photo("ben")

    threads = [threading.Thread(target=lambda: scene.task(EMAIL, mailing(scene))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(scene.mails()) == 1


def test_an_interrupted_email_is_uncertain_and_never_resent(scene: Scene) -> None:
    scene.ready_photo("ben")
    values = {"state": "sending", "reason": "", "token": "of a dead run", "until": scene.clock.now()}
    scene.stores.entities.put(Entity(sending.key_of("ana", today(scene)), values))

    answers = [scene.task(EMAIL, mailing(scene)).json for _ in range(2)]

    assert answers == [{"mail": "uncertain"}, {"mail": "uncertain"}]
    scene.make_known()
    assert retention.in_state(scene.stores, "uncertain") == [("ana", today(scene).name)]
    assert scene.mails() == []


def test_an_unavailable_mail_server_causes_a_retry(scene: Scene, worker_without_mail: Worker) -> None:
    scene.ready_photo("ben")

    first = worker_without_mail.task(EMAIL, mailing(scene))
    between = state_of(scene)
    second = scene.task(EMAIL, mailing(scene), retries=1)

    assert (first.status_code, between) == (503, None)  # not claimed before the mail server is ready
    assert (second.status_code, state_of(scene)) == (200, "sent")
    assert len(scene.mails()) == 1


def test_the_last_attempt_to_send_fails_with_a_dead_letter(scene: Scene, worker_without_mail: Worker) -> None:
    scene.ready_photo("ben")

    worker_without_mail.task(EMAIL, mailing(scene), retries=12)

    assert state_of(scene) == "failed"
    assert [row.values["period"] for row in scene.rows(outbox.DEAD_LETTER)] == [today(scene).name]


@pytest.mark.parametrize(
    "change",
    [{"period": "daily-2026-13-01"}, {"period": "hourly-2026-11-20"}, {"until": "soon"}, {"user": "../x"}],
)
def test_a_malformed_email_task_is_not_retried(scene: Scene, change: dict[str, str]) -> None:
    answer = scene.task(EMAIL, mailing(scene) | change)

    assert answer.status_code == 200
    assert "refused" in (answer.json or {})


def test_the_preview_of_an_earlier_day_shows_the_photos_of_that_run(scene: Scene) -> None:
    scene.user("ana")
    scene.user("ben")
    scene.ready_photo("ben", before=timedelta(days=3), caption="three days ago")
    scene.ready_photo("ben", before=timedelta(hours=1), caption="this morning")
    day = scene.clock.now().date() - timedelta(days=2)

    daily = sending.preview(scene.stores, "ana", day)
    weekly = sending.preview(scene.stores, "ana", day, "weekly")

    assert "three days ago" in daily.text
    assert "this morning" not in daily.text
    assert "three days ago" not in weekly.text
    assert "this morning" in sending.preview(scene.stores, "ana", scene.clock.now().date()).text


def test_parallel_chains_send_every_user_one_email(scene: Scene) -> None:
    handles = [*(f"n{number:03}" for number in range(batches.USERS_IN_A_BATCH + 1)), "0", "9z", "a1", "zz"]
    values = a_guest(scene, 0).values
    rows = [
        Entity(("User", handle), {**values, "email": f"{handle}@example.com"}, frozenset({"summary"}))
        for handle in handles
    ]
    scene.stores.entities.put(*rows)
    scene.handles |= set(handles)
    scene.ready_photo("ben")
    settings = replace(scene.stores.settings, summary_chains=5)

    batches.start_summaries(replace(scene.stores, settings=settings), "daily")
    scene.run("summary-email")

    arrived = [mail["to"] for mail in scene.mails()]
    assert len(arrived) == len(set(map(str, arrived))) == len(handles) + 1
