"""SMTP over TLS and STARTTLS with login to a real server, and redirection for staging."""

import asyncio
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from gaelocal.testing import BackgroundLoop
from timeline.errors import Unavailable
from timeline.gcp.mail import SmtpMail
from timeline.settings import Settings

USER, PASSWORD = "timeline", "open sesame"


def claim() -> None:
    """Nothing forbids the email."""


@dataclass
class Postbox:
    """An aiosmtpd handler that stores the emails."""

    port: int = 0
    mails: list[tuple[list[str], Message]] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 - its name
        if not session.authenticated:
            return "530 sign in first"
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 kept"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a self-signed certificate for 127.0.0.1 in one file with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a mail server")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return file


@contextmanager
def a_postbox(security: str, certificate: Path) -> Iterator[Postbox]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    box, background, is_tls = Postbox(), BackgroundLoop(), security == "tls"
    sessions: list[SMTP] = []

    def session() -> SMTP:
        starttls = {"tls_context": context, "require_starttls": True} if security == "starttls" else {}
        made = SMTP(box, authenticator=_check, auth_require_tls=not is_tls, **starttls)
        sessions.append(made)
        return made

    async def start() -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(session, "127.0.0.1", 0, ssl=context if is_tls else None)

    async def stop() -> None:
        server.close()
        workers = [one._handler_coroutine for one in sessions if one._handler_coroutine is not None]
        for one in sessions:
            if one.transport is not None:
                one.transport.close()
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        await server.wait_closed()

    server = background.run(start())
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        background.run(stop())
        background.close()


def _check(_server: SMTP, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    """Let aiosmtpd answer 535 to a wrong password: without `handled=False` it would send no answer at all."""
    is_right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)


def settings_for(box: Postbox, security: str, certificate: Path) -> Settings:
    return Settings(
        smtp_host="127.0.0.1",
        smtp_port=box.port,
        smtp_security=security,
        smtp_user=USER,
        smtp_password=PASSWORD,
        smtp_ca_file=str(certificate),
    )


def a_mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Photo timeline <timeline@example.com>"
    mail["To"] = "Ana <ana@example.com>"
    mail["Subject"] = "3 new photos"
    mail["List-Unsubscribe"] = "<https://photos.example/unsubscribe/x>"
    mail.set_content("hello")
    return mail


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_email_is_sent_over_tls_with_login(security: str, certificate: Path) -> None:
    with a_postbox(security, certificate) as box:
        SmtpMail(settings_for(box, security, certificate)).send(a_mail(), claim)

    ((recipients, mail),) = box.mails
    assert recipients == ["ana@example.com"]
    assert mail["Subject"] == "3 new photos"


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_untrusted_certificate_is_refused(security: str, certificate: Path) -> None:
    with a_postbox(security, certificate) as box:
        settings = replace(settings_for(box, security, certificate), smtp_ca_file="")
        with pytest.raises(Unavailable):
            SmtpMail(settings).send(a_mail(), claim)

    assert box.mails == []


def test_a_wrong_password_is_unavailable_and_sends_nothing(certificate: Path) -> None:
    with a_postbox("starttls", certificate) as box:
        settings = replace(settings_for(box, "starttls", certificate), smtp_password="wrong")
        with pytest.raises(Unavailable):
            SmtpMail(settings).send(a_mail(), claim)

    assert box.mails == []


def test_in_staging_every_email_is_redirected(certificate: Path) -> None:
    with a_postbox("tls", certificate) as box:
        settings = replace(settings_for(box, "tls", certificate), mail_redirect_to="team@example.com")
        mail = a_mail()
        SmtpMail(settings).send(mail, claim)

    ((recipients, arrived),) = box.mails
    assert recipients == ["team@example.com"]
    assert arrived["To"] == "team@example.com"
    assert arrived["Subject"] == "[for ana@example.com] 3 new photos"
    assert arrived["X-Original-To"] == "ana@example.com"
    assert arrived["List-Unsubscribe"] == "<https://photos.example/unsubscribe/x>"
    assert mail["To"] == "Ana <ana@example.com>"
