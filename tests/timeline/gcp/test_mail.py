"""SMTP: each outcome has its own error."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage

import pytest

from timeline.errors import MailRefused, MailUncertain, NotFound, Unavailable
from timeline.gcp.mail import SmtpMail
from timeline.settings import Settings

HANG_UP = "hang up"
LONG_LINK = f"<https://a-project-in-europe.appspot.com/unsubscribe/{'x' * 80}>"


class ScriptedServer(socketserver.ThreadingTCPServer):
    """An SMTP server with scripted replies, success by default; `END` is the final dot."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, answers: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.answers = {"HELLO": "220 ready", "DATA": "354 go ahead", "EHLO": "250 here"} | answers
        self.heard: list[str] = []
        self.mail = b""

    @property
    def settings(self) -> Settings:
        return Settings(smtp_host="127.0.0.1", smtp_port=self.server_address[1])


class Conversation(socketserver.StreamRequestHandler):
    server: ScriptedServer

    def handle(self) -> None:
        verb = "HELLO"
        while self._answer(verb):
            line = self.rfile.readline().decode("latin-1").strip()
            command, colon, argument = line.partition(":")
            command = command.upper()  # the case of `MAIL FROM` differs between Pythons
            self.server.heard.append(command + colon + argument)
            verb = command.split(" ")[0]
            if not line or verb == "QUIT":
                return
            if verb == "DATA" and self._answer("DATA"):
                self._take_mail()
                verb = "END"

    def _answer(self, verb: str) -> bool:
        answer = self.server.answers.get(verb, "250 fine")
        if answer == HANG_UP:
            return False
        self.wfile.write(answer.encode() + b"\r\n")
        return not (verb == "DATA" and not answer.startswith("3"))

    def _take_mail(self) -> None:
        while (line := self.rfile.readline()) and line != b".\r\n":
            self.server.mail += line


@contextmanager
def a_server(**answers: str) -> Iterator[ScriptedServer]:
    server = ScriptedServer(answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def a_mail(to: str = "ana@example.com", text: str = "hello", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Photo timeline <timeline@example.com>"
    mail["To"] = Address("Ana", addr_spec=to)
    mail["Subject"] = "3 new photos"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def claim() -> None:
    """Nothing forbids the email."""


def test_an_email_is_claimed_when_the_server_is_ready_for_its_content() -> None:
    heard: list[str] = []

    with a_server() as server:
        SmtpMail(server.settings).send(a_mail(), lambda: heard.extend(server.heard))

    assert heard[-1] == "DATA"
    assert server.mail


def test_an_email_that_cannot_be_claimed_is_not_sent() -> None:
    def refuse() -> None:
        raise NotFound

    with a_server() as server, pytest.raises(NotFound):
        SmtpMail(server.settings).send(a_mail(), refuse)

    assert "DATA" in server.heard
    assert "QUIT" not in server.heard
    assert server.mail == b""


def test_an_email_that_cannot_be_written_is_not_claimed() -> None:
    claimed: list[bool] = []

    with a_server() as server, pytest.raises(UnicodeEncodeError):
        SmtpMail(server.settings).send(a_mail(List_Unsubscribe="<ä>"), lambda: claimed.append(True))

    assert (claimed, server.heard) == ([], [])


def test_a_mail_arrives_with_its_envelope_and_its_text() -> None:
    with a_server() as server:
        SmtpMail(server.settings).send(a_mail(text="hello\n.hidden\n..two\n"), claim)

    assert "MAIL FROM:<timeline@example.com>" in server.heard
    assert "RCPT TO:<ana@example.com>" in server.heard
    received = message_from_bytes(server.mail.replace(b"\r\n..", b"\r\n."))
    assert received["Subject"] == "3 new photos"
    assert str(received.get_payload()).replace("\r\n", "\n") == "hello\n.hidden\n..two\n"


def test_a_long_unsubscribe_link_stays_in_one_piece() -> None:
    with a_server() as server:
        SmtpMail(server.settings).send(a_mail(List_Unsubscribe=LONG_LINK), claim)

    assert f"List-Unsubscribe: {LONG_LINK}\r\n".encode() in server.mail


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "END"])
def test_a_permanent_failure_is_refused(verb: str) -> None:
    with a_server(**{verb: "550 never"}) as server, pytest.raises(MailRefused, match="550 never"):
        SmtpMail(server.settings).send(a_mail(), claim)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "END"])
def test_a_temporary_failure_is_unavailable(verb: str) -> None:
    with a_server(**{verb: "451 greylisted"}) as server, pytest.raises(Unavailable):
        SmtpMail(server.settings).send(a_mail(), claim)


@pytest.mark.parametrize("verb", ["HELLO", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_connection_broken_before_the_mail_is_unavailable(verb: str) -> None:
    with a_server(**{verb: HANG_UP}) as server, pytest.raises(Unavailable):
        SmtpMail(server.settings).send(a_mail(), claim)


def test_a_connection_broken_after_the_mail_is_uncertain() -> None:
    with a_server(END=HANG_UP) as server, pytest.raises(MailUncertain):
        SmtpMail(server.settings).send(a_mail(), claim)

    assert b"3 new photos" in server.mail


def test_an_accepted_email_is_sent_even_if_quit_fails() -> None:
    with a_server(QUIT=HANG_UP) as server:
        SmtpMail(server.settings).send(a_mail(), claim)

    assert server.mail


def test_a_refused_connection_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        SmtpMail(Settings(smtp_host="127.0.0.1", smtp_port=9)).send(a_mail(), claim)


def test_a_missing_configuration_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="SMTP_HOST"):
        SmtpMail(Settings()).send(a_mail(), claim)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_without_tls_gets_no_email(security: str) -> None:
    with a_server() as server:
        mail = SmtpMail(replace(server.settings, smtp_security=security))
        with pytest.raises(Unavailable):
            mail.send(a_mail(), claim)

    assert not [line for line in server.heard if line.startswith("MAIL")]


def test_an_unknown_security_setting_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="SMTP_SECURITY"):
        SmtpMail(Settings(smtp_security="ssl"))
