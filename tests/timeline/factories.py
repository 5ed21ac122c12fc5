"""Factories for tests of the domain, each showing only the relevant difference."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from tests.pictures import a_jpeg
from timeline.accounts import users
from timeline.accounts.users import Caller, Claims
from timeline.interfaces import Backends, BegunTransaction, Entities, Transaction
from timeline.photos.create import NewPhoto, create_photo
from timeline.photos.model import Photo

T = TypeVar("T")


@dataclass(frozen=True)
class Clock:
    """The real clock with an offset."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def later(backends: Backends, **ahead: float) -> Backends:
    return replace(backends, clock=Clock(timedelta(**ahead)))


class LostAnswers:
    """The real Datastore client, which loses the response to each first commit, so that it runs again."""

    def __init__(self, entities: Entities) -> None:
        self._entities = entities

    def transact(self, work: Callable[[Transaction], T], begun: BegunTransaction | None = None) -> T:
        self._entities.transact(work, begun)
        return self._entities.transact(work)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._entities, name)


def with_lost_answers(backends: Backends) -> Backends:
    return replace(backends, entities=LostAnswers(backends.entities))


def claims(user: str, fingerprint: str = "") -> Claims:
    return Claims(
        issuer="https://issuer.example",
        subject=user,
        issued=datetime.now(UTC),
        preferred_username=user,
        fingerprint=fingerprint,
    )


def a_user(backends: Backends, user: str = "ana") -> Caller:
    return users.identify(backends, claims(user))


def a_photo(backends: Backends, user: str = "ana", caption: str = "sea", key: str | None = None) -> Photo:
    a_user(backends, user)
    return create_photo(backends, user, an_upload(caption, key)).photo


def an_upload(caption: str = "sea", key: str | None = None) -> NewPhoto:
    return NewPhoto(image=a_jpeg(), caption=caption, idempotency_key=key, trace="0" * 32)
