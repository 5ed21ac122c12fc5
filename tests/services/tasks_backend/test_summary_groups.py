"""The task of a group of users: few calls, no email twice, and no user that delays the others."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from email.message import EmailMessage
from typing import Any

import pytest

from tasks_backend import create_app
from tests.services.tasks_backend.conftest import ISSUER, Scene, Worker
from timeline.account_deletion import deletion
from timeline.accounts import users
from timeline.accounts.users import AccountChanges, Caller
from timeline.digests import sending
from timeline.digests.batches import GROUP_PATH, USERS_IN_A_GROUP
from timeline.digests.periods import period_of
from timeline.digests.sender import READ_AGAIN_AFTER
from timeline.errors import Busy, MailRefused, TimelineError, Unavailable
from timeline.interfaces import Entities, Entity, Mail

READERS = [f"reader-{number:02}" for number in range(7)]


@pytest.fixture(autouse=True)
def people(scene: Scene) -> None:
    scene.user("ben")
    for handle in READERS:
        scene.user(handle, summary="daily")
    scene.ready_photo("ben")


def group(scene: Scene, *handles: str) -> dict[str, Any]:
    now = scene.clock.now()
    return {"users": handles or READERS, "period": period_of("daily", now).name, "until": now.isoformat()}


def states(scene: Scene) -> list[Any]:
    period = period_of("daily", scene.clock.now())
    rows = scene.stores.entities.get(*(sending.key_of(handle, period) for handle in READERS))
    return [row and row.values["state"] for row in rows]


@dataclass
class FailingMail:
    """A mail server that fails for one recipient with an error, and delivers to the others."""

    mail: Mail
    recipient: str
    error: BaseException
    is_claimed: bool = False

    def send(self, message: EmailMessage, claim: Callable[[], None]) -> None:
        if self.recipient in str(message["To"]):
            if self.is_claimed:
                claim()
            raise self.error
        self.mail.send(message, claim)


def worker_failing_for(
    scene: Scene, handle: str, error: BaseException, *, is_claimed: bool = False
) -> Worker:
    """`is_claimed`: it fails after the server was ready for the content."""
    mail = FailingMail(scene.stores.mail, f"{handle}@example.com", error, is_claimed)
    return Worker(create_app(replace(scene.stores, mail=mail)))


class CountedEntities:
    """A Datastore that counts its calls; a transaction that writes takes three."""

    def __init__(self, entities: Entities) -> None:
        self._entities = entities
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        self.calls += 3 if name == "transact" else 1
        return getattr(self._entities, name)


class LosesReplies:
    """A Datastore that adds the row of one user, and whose reply is lost."""

    def __init__(self, entities: Entities, user: str) -> None:
        self._entities = entities
        self._user = user

    def __getattr__(self, name: str) -> Any:
        return getattr(self._entities, name)

    def add(self, entity: Entity, *changed: Entity) -> bool:
        is_added = self._entities.add(entity, *changed)
        if entity.key[1] == self._user:
            raise Unavailable("no reply")
        return is_added


@dataclass
class DeletesBeforeClaim:
    """A mail server during whose greeting a user deletes their account."""

    scene: Scene
    user: str

    def send(self, message: EmailMessage, claim: Callable[[], None]) -> None:
        if self.user in str(message["To"]):
            delete_account(self.scene, self.user)
        self.scene.stores.mail.send(message, claim)


@dataclass
class SlowMail:
    """A mail server that takes a while; a user unsubscribes meanwhile."""

    scene: Scene
    user: str

    def send(self, message: EmailMessage, claim: Callable[[], None]) -> None:
        self.scene.clock.advance(READ_AGAIN_AFTER)
        users.change_account(self.scene.stores, self.user, AccountChanges(summary="off"))
        self.scene.stores.mail.send(message, claim)


def delete_account(scene: Scene, handle: str) -> None:
    deletion.delete_account(scene.stores, Caller(handle=handle, issuer=ISSUER, subject=handle))
    scene.run("erase")


def test_every_user_of_a_group_gets_one_email(scene: Scene) -> None:
    answers = [scene.task(GROUP_PATH, group(scene)).json for _ in range(2)]

    assert answers == [{"mails": {"sent": 7}}] * 2
    assert len(scene.mails()) == 7


def test_a_full_group_takes_at_most_one_and_a_half_calls_per_email(scene: Scene) -> None:
    handles = [f"more-{number:02}" for number in range(USERS_IN_A_GROUP)]
    for handle in handles:
        scene.user(handle, summary="daily")
    counted: Any = CountedEntities(scene.stores.entities)
    worker = Worker(create_app(replace(scene.stores, entities=counted)))

    worker.task(GROUP_PATH, group(scene, *handles))

    assert len(scene.mails()) == len(handles)
    assert counted.calls / len(handles) < 1.5


def test_a_crash_before_the_mail_server_is_ready_costs_no_email(scene: Scene) -> None:
    """Only the result of the email before is unknown: it is stored together with the next claim."""
    crashing = worker_failing_for(scene, READERS[4], KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt):
        crashing.task(GROUP_PATH, group(scene))
    between = states(scene)
    scene.task(GROUP_PATH, group(scene), retries=1)

    assert between == [*["sent"] * 3, "sending", *[None] * 3]
    assert states(scene) == [*["sent"] * 3, "uncertain", *["sent"] * 3]
    assert len({mail["to"] for mail in scene.mails()}) == len(scene.mails()) == 7


def test_a_crash_during_the_content_leaves_one_email_uncertain(scene: Scene) -> None:
    crashing = worker_failing_for(scene, READERS[4], KeyboardInterrupt(), is_claimed=True)

    with pytest.raises(KeyboardInterrupt):
        crashing.task(GROUP_PATH, group(scene))
    scene.task(GROUP_PATH, group(scene), retries=1)

    assert states(scene) == [*["sent"] * 4, "uncertain", *["sent"] * 2]
    assert len({mail["to"] for mail in scene.mails()}) == len(scene.mails()) == 6


def test_a_claim_without_reply_is_withdrawn(scene: Scene) -> None:
    """Datastore stored the claim, and its reply was lost: the email is sent by the next attempt."""
    lossy: Any = LosesReplies(scene.stores.entities, READERS[4])
    worker = Worker(create_app(replace(scene.stores, entities=lossy)))

    first = worker.task(GROUP_PATH, group(scene))
    between = states(scene)
    second = scene.task(GROUP_PATH, group(scene), retries=1)

    assert (first.status_code, second.status_code) == (503, 200)
    assert between == [*["sent"] * 4, "unsent", *["sent"] * 2]
    assert states(scene) == ["sent"] * 7
    assert len(scene.mails()) == 7


def test_an_account_deleted_while_its_group_is_sent_keeps_no_row(scene: Scene) -> None:
    """The deletion is finished when the server is ready for the content of the email."""
    deleting: Any = DeletesBeforeClaim(scene, READERS[4])
    worker = Worker(create_app(replace(scene.stores, mail=deleting)))

    worker.task(GROUP_PATH, group(scene))

    assert states(scene)[4] is None


def test_a_user_who_unsubscribes_while_the_mail_server_is_slow_gets_no_email(scene: Scene) -> None:
    slow: Any = SlowMail(scene, READERS[4])
    worker = Worker(create_app(replace(scene.stores, mail=slow)))

    worker.task(GROUP_PATH, group(scene))

    assert states(scene) == [*["sent"] * 4, None, *["sent"] * 2]
    assert len(scene.mails()) == 6


@pytest.mark.parametrize("error", [Unavailable("try later"), Busy()], ids=["unavailable", "busy"])
@pytest.mark.parametrize(("is_claimed", "state"), [(False, None), (True, "unsent")])
def test_an_email_that_must_wait_does_not_delay_the_others(
    scene: Scene, is_claimed: bool, state: str | None, error: TimelineError
) -> None:
    busy = worker_failing_for(scene, READERS[1], error, is_claimed=is_claimed)

    first = busy.task(GROUP_PATH, group(scene))
    between = states(scene)
    second = scene.task(GROUP_PATH, group(scene), retries=1)

    assert (first.status_code, second.status_code) == (503, 200)
    assert between == ["sent", state, *["sent"] * 5]
    assert states(scene) == ["sent"] * 7
    assert len(scene.mails()) == 7


@pytest.mark.parametrize("is_claimed", [False, True], ids=["recipient", "content"])
def test_a_refused_email_fails_with_a_dead_letter_and_the_others_get_theirs(
    scene: Scene, is_claimed: bool
) -> None:
    refusing = worker_failing_for(scene, READERS[2], MailRefused("550 no such user"), is_claimed=is_claimed)

    answer = refusing.task(GROUP_PATH, group(scene))

    assert answer.json == {"mails": {"sent": 6, "failed": 1}}
    assert [row.values["reason"] for row in scene.rows("DeadLetter", READERS[2])] == ["550 no such user"]


def test_an_undeliverable_address_does_not_delay_the_others(scene: Scene) -> None:
    users.sign_in(scene.stores, scene.claims(READERS[0], "änna@example.com"))

    answer = scene.task(GROUP_PATH, group(scene))

    assert answer.json == {"mails": {"sent": 6, "failed": 1}}


def test_a_silent_mail_server_is_not_asked_for_the_rest(scene: Scene, worker_without_mail: Worker) -> None:
    answer = worker_without_mail.task(GROUP_PATH, group(scene))

    assert answer.status_code == 503
    assert states(scene) == [None] * 7


def test_the_third_attempt_of_a_group_creates_a_task_per_user(scene: Scene) -> None:
    scene.task(GROUP_PATH, group(scene, *READERS[:2]))

    answer = scene.task(GROUP_PATH, group(scene), retries=2)
    scene.run("email")

    assert answer.json == {"split": 7}
    assert len(scene.mails()) == 7


def test_a_group_given_up_lists_its_users(scene: Scene, worker_without_queues: Worker) -> None:
    worker_without_queues.task(GROUP_PATH, group(scene), retries=10)

    assert states(scene) == ["failed"] * 7


@pytest.mark.parametrize("handles", ["ana", ["reader"] * 101])
def test_a_malformed_group_is_not_retried(scene: Scene, handles: Any) -> None:
    answer = scene.task(GROUP_PATH, {**group(scene), "users": handles})

    assert answer.status_code == 200
    assert "refused" in (answer.json or {})
