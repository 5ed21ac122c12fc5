"""The summaries on their whole way: cron, batches, one task per person, one mail per person and period."""

import threading
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
EMAIL = "/tasks/email/"
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


def state_of(scene: Scene) -> Any:
    (row,) = scene.stores.entities.get(sending.key_of("ana", today(scene)))
    return row and row.values["state"]


def test_the_daily_job_sends_one_mail_to_whoever_wants_it(scene: Scene) -> None:
    scene.user("cleo", summary="weekly")
    scene.ready_photo("ben", caption="the sea at night")

    run_job(scene)

    (mail,) = scene.mails()
    assert "ana@example.com" in str(mail["to"])
    assert "the sea at night" in mail["text"]
    assert "the sea at night" in mail["html"]


def test_the_weekly_job_reaches_back_a_week(scene: Scene) -> None:
    scene.user("ana", summary="weekly")
    scene.ready_photo("ben", before=4 * DAY, caption="on monday")

    run_job(scene, WEEKLY)

    assert "on monday" in scene.mails()[0]["text"]


def test_a_job_that_runs_three_times_sends_one_mail(scene: Scene) -> None:
    scene.ready_photo("ben")

    for _ in range(3):
        run_job(scene)
        scene.clock.advance(HOUR)

    assert len(scene.mails()) == 1


def test_the_preview_is_the_mail_one_would_get_now(scene: Scene) -> None:
    scene.ready_photo("ben", caption="the sea at night")
    seen = sending.preview(scene.stores, "ana")

    run_job(scene)
    (mail,) = scene.mails()

    assert seen.is_worth_sending
    assert (seen.subject, seen.text) == (mail["subject"], mail["text"])
    assert seen.html == mail["html"]
    assert not sending.preview(scene.stores, "ana").is_worth_sending


def test_who_wants_no_mail_may_still_look_at_one(scene: Scene) -> None:
    scene.ready_photo("ana", caption="the sea at night")

    assert "the sea at night" in sending.preview(scene.stores, "ben").text


def test_nothing_is_sent_when_there_is_nothing_to_say(scene: Scene) -> None:
    scene.ready_photo("ben", before=30 * HOUR)

    run_job(scene)

    assert scene.mails() == []


def test_each_photo_is_told_of_once_however_late_a_run_is(scene: Scene) -> None:
    scene.clock.advance(2 * HOUR)
    scene.ready_photo("ben", before=HOUR, caption="first")
    run_job(scene)
    scene.clock.advance(DAY - 2 * HOUR)
    scene.ready_photo("ben", before=HOUR, caption="second")

    run_job(scene)

    told = [("first" in mail["text"], "second" in mail["text"]) for mail in scene.mails()]
    assert told == [(True, False), (False, True)]


def test_a_deleted_photo_is_not_told_of(scene: Scene) -> None:
    photo = scene.ready_photo("ben", before=HOUR)
    delete_photo(scene.stores, photo.id, by="ben")

    run_job(scene)

    assert scene.mails() == []


def test_a_photo_of_an_erased_account_is_not_told_of(scene: Scene) -> None:
    scene.ready_photo("ben", before=HOUR)
    deletion.delete_account(scene.stores, Caller(handle="ben", issuer=ISSUER, subject="ben"))

    run_job(scene)

    assert scene.mails() == []


def test_more_people_than_a_batch_holds_all_get_their_task(scene: Scene) -> None:
    values = {"display_name": "Guest", "email": "g@example.com", "summary": "daily", "timezone": "UTC"}
    guests = [
        Entity(
            ("User", f"guest-{number:03}"), {**values, "created": scene.clock.now()}, frozenset({"summary"})
        )
        for number in range(batches.USERS_IN_A_BATCH + 1)
    ]
    scene.stores.entities.put(*guests)
    scene.handles |= {guest.key[1] for guest in guests}

    scene.cron(DAILY)
    ran = scene.run("summary-email")

    assert ran == [("/tasks/summary_email/", 200)] * 2
    assert len({task.name for task in scene.waiting("email")}) == len(guests) + 1


def test_times_are_those_of_the_readers_own_clock(scene: Scene) -> None:
    scene.user("ana", summary="daily", timezone="Asia/Kolkata")
    scene.ready_photo("ben", before=HOUR)

    run_job(scene)

    moment = scene.clock.now()
    assert f"Ben, {moment:%a} {moment.day} {moment:%b}, 13:30" in scene.mails()[0]["text"]


def test_the_mail_can_be_ended_with_one_click(scene: Scene) -> None:
    scene.ready_photo("ben")
    run_job(scene)
    headers = scene.mails()[0]["headers"]

    sending.unsubscribe(scene.stores, headers["List-Unsubscribe"].strip("<>").rpartition("/")[2])

    assert headers["List-Unsubscribe"].startswith("<http://localhost:8080/unsubscribe/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert users.get_user(scene.stores, "ana").summary == "off"


def test_whoever_changed_their_mind_gets_no_mail(scene: Scene) -> None:
    scene.ready_photo("ben")
    scene.cron(DAILY)
    scene.run("summary-email")

    users.change_account(scene.stores, "ana", AccountChanges(summary="off"))
    ran = scene.run("email")

    assert ran == [(EMAIL, 200)]
    assert scene.mails() == []


def test_an_erased_account_gets_no_mail_and_no_row(scene: Scene) -> None:
    scene.ready_photo("ben")
    scene.cron(DAILY)
    scene.run("summary-email")

    deletion.delete_account(scene.stores, Caller(handle="ana", issuer=ISSUER, subject="ana"))
    ran = scene.run("erase", "email")

    assert (EMAIL, 200) in ran
    assert scene.mails() == []
    assert state_of(scene) is None


def test_a_mail_task_twice_at_the_same_time_sends_at_most_one_mail(scene: Scene) -> None:
    scene.ready_photo("ben")

    threads = [threading.Thread(target=lambda: scene.task(EMAIL, mailing(scene))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(scene.mails()) == 1


def test_a_run_that_died_while_sending_is_uncertain_and_never_sent_again(scene: Scene) -> None:
    scene.ready_photo("ben")
    values = {"state": "sending", "reason": "", "token": "of a dead run", "until": scene.clock.now()}
    scene.stores.entities.put(Entity(sending.key_of("ana", today(scene)), values))

    answers = [scene.task(EMAIL, mailing(scene)).json for _ in range(2)]

    assert answers == [{"mail": "uncertain"}, {"mail": "uncertain"}]
    scene.make_known()
    assert retention.in_state(scene.stores, "uncertain") == [("ana", today(scene).name)]
    assert scene.mails() == []


def test_a_mail_server_that_is_gone_means_again_and_then_the_mail_goes_out(
    scene: Scene, worker_without_mail: Worker
) -> None:
    scene.ready_photo("ben")

    first = worker_without_mail.task(EMAIL, mailing(scene))
    between = state_of(scene)
    second = scene.task(EMAIL, mailing(scene), retries=1)

    assert (first.status_code, between) == (503, "unsent")
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
def test_a_mail_task_nobody_can_read_is_not_tried_again(scene: Scene, change: dict[str, str]) -> None:
    answer = scene.task(EMAIL, mailing(scene) | change)

    assert answer.status_code == 200
    assert "refused" in (answer.json or {})
