"""Mail over SMTP, told apart by what is certain: sent, refused, not sent, or nobody knows."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr

from timeline.errors import MailRefused, MailUncertain, Unavailable
from timeline.settings import Settings

TIMEOUT_SECONDS = 20
"""For each answer of the server; all of them together stay far below a task's ten minutes."""

GO_AHEAD = 354
LINE_STARTS_WITH_DOT = re.compile(rb"^\.", re.MULTILINE)
UNBROKEN = {"list-unsubscribe"}

SECURITIES = {"none", "starttls", "tls"}


class SmtpMail:
    """Satisfies stores.Mail. One connection per mail: a kept one would be closed between two summaries."""

    def __init__(self, settings: Settings) -> None:
        if settings.smtp_security not in SECURITIES:
            raise ValueError("SMTP_SECURITY must be none, starttls or tls")
        self._settings = settings

    def send(self, message: EmailMessage) -> None:
        """Raises MailRefused for good, MailUncertain if nobody can tell, Unavailable if not sent for sure."""
        if self._settings.mail_redirect_to:
            message = _redirected(message, self._settings.mail_redirect_to)
        recipient = message["To"].addresses[0].addr_spec
        with self._connected() as smtp:
            with _nothing_sent_yet():
                _expect_success(*smtp.mail(_sender(message)))
                _expect_success(*smtp.rcpt(recipient))
                _expect_go_ahead(*smtp.docmd("DATA"))
            with _beyond_return():
                code, answer = _hand_over(smtp, message)
            _expect_success(code, answer)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        with _nothing_sent_yet():
            smtp = self._dial()
        try:
            yield smtp
        finally:
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()

    def _dial(self) -> smtplib.SMTP:
        settings = self._settings
        if not settings.smtp_host:
            raise Unavailable("SMTP_HOST is not set.")
        where = (settings.smtp_host, settings.smtp_port)
        if settings.smtp_security == "tls":
            return self._signed_in(smtplib.SMTP_SSL(*where, timeout=TIMEOUT_SECONDS, context=self._trust()))
        return self._signed_in(smtplib.SMTP(*where, timeout=TIMEOUT_SECONDS))

    def _signed_in(self, smtp: smtplib.SMTP) -> smtplib.SMTP:
        try:
            if self._settings.smtp_security == "starttls":
                smtp.starttls(context=self._trust())
            smtp.ehlo_or_helo_if_needed()
            if self._settings.smtp_user:
                smtp.login(self._settings.smtp_user, self._settings.smtp_password)
        except (smtplib.SMTPException, OSError):
            smtp.close()
            raise
        return smtp

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._settings.smtp_ca_file or None)


class _Wire(EmailPolicy):
    """Python breaks a URL beyond 78 characters into encoded words; no mail program unsubscribes by those."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in UNBROKEN:
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


def connect(settings: Settings) -> SmtpMail:
    return SmtpMail(settings)


def _redirected(message: EmailMessage, to: str) -> EmailMessage:
    """The same mail for somebody else; the subject and a header say whom it was for."""
    moved = deepcopy(message)
    meant_for = message["To"].addresses[0].addr_spec
    del moved["To"], moved["Subject"]
    moved["To"] = to
    moved["Subject"] = f"[for {meant_for}] {message['Subject']}"
    moved["X-Original-To"] = meant_for
    return moved


def _sender(message: EmailMessage) -> str:
    return parseaddr(str(message["From"]))[1]


def _hand_over(smtp: smtplib.SMTP, message: EmailMessage) -> tuple[int, bytes]:
    written = message.as_bytes(policy=_Wire(linesep="\r\n"))
    stuffed = LINE_STARTS_WITH_DOT.sub(b"..", written)
    smtp.send(stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n")
    smtp.send(b".\r\n")
    return smtp.getreply()


@contextmanager
def _nothing_sent_yet() -> Iterator[None]:
    try:
        yield
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable("The mail server does not answer as it should.") from error


@contextmanager
def _beyond_return() -> Iterator[None]:
    """From the first byte of the mail on, a broken connection leaves open whether the server took it."""
    try:
        yield
    except (smtplib.SMTPException, OSError) as error:
        raise MailUncertain from error


def _expect_success(code: int, answer: bytes) -> None:
    """RFC 5321, 4.2.1: 2xx is yes, 4xx is not now, 5xx is never."""
    if 200 <= code < 300:  # noqa: PLR2004 - the class itself
        return
    words = answer.decode("utf-8", "replace")
    if 500 <= code < 600:  # noqa: PLR2004 - the class itself
        raise MailRefused(f"The mail server refused: {code} {words}")
    raise Unavailable(f"The mail server does not take it now: {code} {words}")


def _expect_go_ahead(code: int, answer: bytes) -> None:
    if code != GO_AHEAD:
        _expect_success(code, answer)
        raise Unavailable(f"The mail server answered DATA with {code}.")
