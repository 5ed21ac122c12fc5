"""A running mail server, and one that can be killed."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.serving_thread import serving

from gaelocal.mail import MailServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with serving(MailServer(tmp_path / "mail", 0)) as running:
        yield running


@pytest.fixture
def smtp(server: MailServer) -> Iterator[smtplib.SMTP]:
    with connected(server.address) as client:
        yield client


def connected(address: str) -> smtplib.SMTP:
    host, port = address.split(":")
    return smtplib.SMTP(host, int(port), timeout=60)


def a_mail(subject: str = "Your day", to: str = "ana@example.com", text: str = "Hello Ana") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Photo Timeline <mail@example.com>"
    mail["To"] = to
    mail["Subject"] = subject
    mail.set_content(text)
    return mail
