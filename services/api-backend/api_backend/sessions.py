"""Browser sessions: list them, and sign out."""

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
    """A signed-in browser. `device` is the browser and system that it reported."""

    id: str
    device: str
    opened: Timestamp

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(id=session.id, device=session.device, opened=format_timestamp(session.opened))


class SessionList(Struct):
    """All sessions, the latest first, at most 50."""

    results: list[SessionView]


@sessions.get("")
@signed_in
@operation(headers=("ETag",))
def read_sessions(caller: Caller) -> SessionList:
    """List the browsers in which you are signed in to the website.

    Apps that send ID tokens have no session; their tokens expire.
    """
    found = list_sessions(current_backends(), caller.handle)
    return SessionList(results=[SessionView.of(session) for session in found])


@sessions.delete("")
@signed_in
@operation(204, errors=(Busy,))
def remove_sessions(caller: Caller) -> None:
    """Sign out of the website in all browsers.

    Apps that send ID tokens stay signed in until their tokens expire.
    """
    close_all(current_backends(), caller.handle)


@sessions.delete("/<session_id>")
@signed_in
@operation(204, errors=(NotFound, Busy))
def remove_session(session_id: str, caller: Caller) -> None:
    """Sign out one browser.

    This takes effect at once on all instances.
    """
    revoke_session(current_backends(), caller.handle, session_id)
