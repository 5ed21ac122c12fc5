"""Where somebody is signed in with a browser, and the end of that."""

from typing import Self

from flask import Blueprint
from msgspec import Struct

from api_backend.operations import operation
from api_backend.photos import Timestamp
from timeline.accounts.sessions import Session, close_all, list_sessions, revoke_session
from timeline.accounts.users import Caller
from timeline.errors import Busy, NotFound
from timeline.serving import current_backends, signed_in
from timeline.serving.http_values import format_timestamp

sessions = Blueprint("sessions", __name__)


class SessionView(Struct):
    """A browser that is signed in to the website; `device` is what it said it is."""

    id: str
    device: str
    opened: Timestamp

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(id=session.id, device=session.device, opened=format_timestamp(session.opened))


class SessionList(Struct):
    """All of them, the latest first: at most 50."""

    results: list[SessionView]


@sessions.get("")
@signed_in
@operation(headers=("ETag",))
def read_sessions(caller: Caller) -> SessionList:
    """Where you are signed in to the website.

    A phone that calls with an ID token has no session: its token ends by itself.
    """
    found = list_sessions(current_backends(), caller.handle)
    return SessionList(results=[SessionView.of(session) for session in found])


@sessions.delete("")
@signed_in
@operation(204, refuses=(Busy,))
def remove_sessions(caller: Caller) -> None:
    """Sign out of the website everywhere."""
    close_all(current_backends(), caller.handle)


@sessions.delete("/<session_id>")
@signed_in
@operation(204, refuses=(NotFound, Busy))
def remove_session(session_id: str, caller: Caller) -> None:
    """Sign out there: its next request is a stranger's, whichever instance it reaches."""
    revoke_session(current_backends(), caller.handle, session_id)
