"""A mail server that refuses emails, or accepts them without a reply."""

from collections.abc import Callable
from email.message import EmailMessage

from tests.faults.faults import Kind, Plan, no_faults
from timeline.errors import MailUncertain, Unavailable
from timeline.interfaces import Mail


class UnreliableMail:
    """Sends with the real client. After a lost reply, an email may have arrived or not."""

    def __init__(self, real: Mail) -> None:
        self._real = real
        self.plan: Plan = no_faults

    def send(self, message: EmailMessage, claim: Callable[[], None]) -> None:
        fault = self.plan("email")
        if fault is not None and fault.kind is not Kind.LOST:
            raise Unavailable("injected")
        self._real.send(message, claim)
        if fault is not None:
            raise MailUncertain
