"""Summaries whose tasks end early: no email is sent twice or lost unlisted, and rows expire."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.services.tasks_backend.conftest import Scene, Worker
from timeline import outbox
from timeline.accounts import users
from timeline.digests import batches, retention, sending
from timeline.digests.periods import period_of
from timeline.interfaces import Entity, Scan

DAILY, EMAIL, SWEEP = "/tasks/summary_email/daily", "/tasks/email/", "/tasks/sweep"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def people(scene: Scene) -> None:
    scene.user("ben")
    scene.user("ana", summary="daily")


@pytest.fixture
def unfinished(scene: Scene) -> Entity:
    """The row of a run that claimed today's email and did not finish."""
    return left_behind(scene, "sending")


def left_behind(scene: Scene, state: str) -> Entity:
    now = scene.clock.now()
    moments = {"taken": now, "since": now - DAY, "until": now}
    key = sending.key_of("ana", period_of("daily", now))
    row = Entity(key, {"state": state, "reason": "", "token": "x", **moments}, frozenset({"state", "until"}))
    scene.stores.entities.put(row)
    return row


def mailing(scene: Scene) -> dict[str, str]:
    now = scene.clock.now()
    return {"user": "ana", "period": period_of("daily", now).name, "until": now.isoformat()}


def swept(scene: Scene) -> Any:
    answer = scene.cron(SWEEP).json
    scene.make_known()
    return answer


def state_of(scene: Scene, row: Entity) -> Any:
    (found,) = scene.stores.entities.get(row.key)
    return found and found.values["state"]


def test_an_email_being_sent_is_not_given_up(scene: Scene, unfinished: Entity) -> None:
    scene.clock.advance(HOUR - timedelta(minutes=1))

    assert swept(scene)["emails_given_up"] == 0
    assert state_of(scene, unfinished) == "sending"


def test_an_email_interrupted_while_sending_is_uncertain(scene: Scene, unfinished: Entity) -> None:
    scene.clock.advance(HOUR + timedelta(minutes=1))

    assert swept(scene)["emails_given_up"] == 1
    assert retention.in_state(scene.stores, "uncertain") == [("ana", unfinished.key[3])]


def test_an_email_interrupted_before_sending_has_failed(scene: Scene) -> None:
    left_behind(scene, "unsent")
    scene.clock.advance(DAY + HOUR)

    assert swept(scene)["emails_given_up"] == 1
    assert len(retention.in_state(scene.stores, "failed")) == 1
    assert len(scene.rows(outbox.DEAD_LETTER)) == 1


def test_a_row_of_an_older_release_is_read(scene: Scene) -> None:
    row = left_behind(scene, "sending")
    old = {name: row.values[name] for name in ("state", "reason", "token", "until")}
    scene.stores.entities.put(replace(row, values=old, indexed=frozenset({"state"})))
    scene.clock.advance(HOUR + timedelta(minutes=1))

    assert swept(scene)["emails_given_up"] == 1


@pytest.mark.parametrize("state", ["sent", "uncertain", "failed"])
def test_a_row_is_deleted_after_five_weeks(scene: Scene, state: str) -> None:
    row = left_behind(scene, state)

    scene.clock.advance(retention.KEPT)
    before = swept(scene)["summaries_deleted"], state_of(scene, row)
    scene.clock.advance(HOUR)
    after = swept(scene)["summaries_deleted"], state_of(scene, row)

    assert (before, after) == ((0, state), (1, None))


def test_a_task_that_outlives_its_row_sends_nothing(scene: Scene) -> None:
    scene.ready_photo("ben")
    late = mailing(scene)

    scene.clock.advance(sending.MAX_DELAY + HOUR)
    answer = scene.task(EMAIL, late)

    assert answer.json == {"mail": "not needed"}
    assert scene.mails() == []


def test_photos_of_a_failed_email_are_in_the_next_one(scene: Scene) -> None:
    left_behind(scene, "failed")
    scene.ready_photo("ben", before=HOUR, caption="of yesterday")
    scene.clock.advance(DAY)

    scene.task(EMAIL, mailing(scene))

    assert "of yesterday" in scene.mails()[0]["text"]


def test_photos_of_an_uncertain_email_are_not_in_the_next_one(scene: Scene) -> None:
    left_behind(scene, "uncertain")
    scene.ready_photo("ben", before=HOUR, caption="of yesterday")
    scene.clock.advance(DAY)

    scene.task(EMAIL, mailing(scene))

    assert scene.mails() == []


def test_an_undeliverable_address_fails_once_and_is_listed(scene: Scene) -> None:
    users.sign_in(scene.stores, scene.claims("ana", "änna@example.com"))
    scene.ready_photo("ben")

    answer = scene.task(EMAIL, mailing(scene))

    assert answer.json == {"mail": "failed"}
    assert len(scene.rows(outbox.DEAD_LETTER)) == 1


def test_the_job_lists_emails_that_may_be_missing(scene: Scene) -> None:
    row = left_behind(scene, "uncertain")

    answer = scene.cron(DAILY).json

    assert answer == {"period": row.key[3], "uncertain": [["ana", row.key[3]]], "failed": []}


def test_a_failing_batch_is_retried_and_becomes_a_dead_letter(
    scene: Scene, worker_without_queues: Worker
) -> None:
    now = scene.clock.now()
    batch = {"period": period_of("daily", now).name, "until": now.isoformat(), "after": None}
    scene.make_known()

    first = worker_without_queues.task(batches.PATH, batch)
    none_yet = scene.stores.entities.scan(Scan(kind=outbox.DEAD_LETTER, limit=10))
    last = worker_without_queues.task(batches.PATH, batch, retries=10)

    assert (first.status_code, last.status_code, none_yet) == (503, 503, [])
    (letter,) = scene.stores.entities.get(
        (outbox.DEAD_LETTER, batches.batch_of(batch).name),
    )
    assert letter is not None
    assert letter.values["period"] == batch["period"]
    assert letter.values["queue"] == "summary-email"
