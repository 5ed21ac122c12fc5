"""The SMTP client, whose errors distinguish refused, certainly not sent, and possibly sent."""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr

from timeline.errors import MailRefused, MailUncertain, Unavailable
from timeline.settings import Settings

TIMEOUT_SECONDS = 20
"""For each response of the server; a whole email stays far below a task's limit of ten minutes."""

GO_AHEAD = 354
LINE_STARTS_WITH_DOT = re.compile(rb"^\.", re.MULTILINE)
UNBROKEN = {"list-unsubscribe"}

SECURITIES = {"none", "starttls", "tls"}


class SmtpMail:
    """Implements interfaces.Mail. Opens a connection per email: servers close idle connections early."""

    def __init__(self, settings: Settings) -> None:
        if settings.smtp_security not in SECURITIES:
            raise ValueError("SMTP_SECURITY must be none, starttls or tls")
        self._settings = settings

    def send(self, message: EmailMessage, claim: Callable[[], None]) -> None:
        """Raises MailRefused (permanently), MailUncertain, and Unavailable (certainly not sent)."""
        if self._settings.mail_redirect_to:
            message = _redirected(message, self._settings.mail_redirect_to)
        recipient, content = message["To"].addresses[0].addr_spec, _content_of(message)
        with self._connected() as smtp:
            with _not_sent_yet():
                _expect_success(*smtp.mail(_sender(message)))
                _expect_success(*smtp.rcpt(recipient))
                _expect_go_ahead(*smtp.docmd("DATA"))
            _claim_or_close(smtp, claim)
            with _possibly_sent():
                code, reply = _hand_over(smtp, content)
            _expect_success(code, reply)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        with _not_sent_yet():
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


class _WirePolicy(EmailPolicy):
    """Do not fold List-Unsubscribe: mail programs do not understand the encoded words that Python makes."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in UNBROKEN:
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


def connect(settings: Settings) -> SmtpMail:
    return SmtpMail(settings)


def _redirected(message: EmailMessage, to: str) -> EmailMessage:
    """Return the email with another recipient; the subject and a header name the original one."""
    redirected = deepcopy(message)
    recipient = message["To"].addresses[0].addr_spec
    del redirected["To"], redirected["Subject"]
    redirected["To"] = to
    redirected["Subject"] = f"[for {recipient}] {message['Subject']}"
    redirected["X-Original-To"] = recipient
    return redirected


def _sender(message: EmailMessage) -> str:
    return parseaddr(str(message["From"]))[1]


def _claim_or_close(smtp: smtplib.SMTP, claim: Callable[[], None]) -> None:
    """Close the connection if `claim` raises: the server would take QUIT as a line of the email."""
    try:
        claim()
    except BaseException:
        smtp.close()
        raise


def _content_of(message: EmailMessage) -> bytes:
    """Return the content with its end, which would wait for the confirmation of the content if sent alone."""
    content = message.as_bytes(policy=_WirePolicy(linesep="\r\n"))
    stuffed = LINE_STARTS_WITH_DOT.sub(b"..", content)
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")


def _hand_over(smtp: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    smtp.send(content)
    return smtp.getreply()


@contextmanager
def _not_sent_yet() -> Iterator[None]:
    try:
        yield
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable("The mail server does not respond as expected.") from error


@contextmanager
def _possibly_sent() -> Iterator[None]:
    """After the first byte of the email, a broken connection does not tell whether the server accepted it."""
    try:
        yield
    except (smtplib.SMTPException, OSError) as error:
        raise MailUncertain from error


def _expect_success(code: int, reply: bytes) -> None:
    """RFC 5321, 4.2.1: 2xx is success, 4xx a temporary and 5xx a permanent failure."""
    if 200 <= code < 300:  # noqa: PLR2004 - the class itself
        return
    text = reply.decode("utf-8", "replace")
    if 500 <= code < 600:  # noqa: PLR2004 - the class itself
        raise MailRefused(f"The mail server refused the email: {code} {text}")
    raise Unavailable(f"The mail server cannot accept the email now: {code} {text}")


def _expect_go_ahead(code: int, reply: bytes) -> None:
    if code != GO_AHEAD:
        _expect_success(code, reply)
        raise Unavailable(f"The mail server answered DATA with {code}.")
