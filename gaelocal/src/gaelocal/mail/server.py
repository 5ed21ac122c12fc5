"""The SMTP server, which puts every mail into the mailbox."""

import asyncio
import contextlib
import socket
import sqlite3
from pathlib import Path
from typing import Any
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult
from aiosmtpd.smtp import Envelope as SmtpEnvelope

from gaelocal.mail.inbound import InboundMail
from gaelocal.mail.mailbox import Envelope, Mailbox
from gaelocal.ports import HOST, listening_socket, port_of
from gaelocal.supervision import Component, Health

SIZE_LIMIT = 35 * 1024 * 1024  # Gmail's 25 MB of attachments after base64
RECIPIENT_LIMIT = 1000  # RFC 5321 asks for at least 100; Gmail's SMTP relay has 100, others up to 1,000
IDLE_SECONDS = 300.0  # RFC 5321, 4.5.3.2.7


class MailServer:
    """Accepts mail on a port or on a listening socket; `inbound` gets that to the project itself."""

    def __init__(
        self,
        data: Path,
        where: int | socket.socket,
        health: Health | None = None,
        inbound: InboundMail | None = None,
    ) -> None:
        self._folder = data
        self._component = (health or Health()).component("mail")
        self._where = where
        self._inbound = inbound
        self._sessions: WeakSet[Session] = WeakSet()
        self._mailbox: Mailbox
        self._listening: asyncio.Server
        self.address = ""

    async def start(self) -> None:
        self._mailbox = Mailbox(self._folder / "mail.sqlite3")
        where = self._where
        sock = listening_socket(where, "--smtp-port") if isinstance(where, int) else where
        self.address = f"{HOST}:{port_of(sock)}"
        self._listening = await asyncio.get_running_loop().create_server(self._session, sock=sock)

    async def stop(self) -> None:
        self._listening.close()
        await asyncio.gather(*(session.hang_up() for session in self._sessions))
        await self._listening.wait_closed()
        if self._inbound:
            await self._inbound.stop()
        self._mailbox.close()

    def messages(self, limit: int | None = None, to: str = "") -> list[dict[str, Any]]:
        """List mails, newest first."""
        return self._mailbox.newest(limit, to)

    def message(self, mail_id: int) -> dict[str, Any]:
        """Return one mail with its `source`.

        Raises:
            LookupError: there is no such mail.
        """
        return self._mailbox.read(mail_id)

    def attachment(self, mail_id: int, number: int) -> tuple[str, bytes]:
        """Return the name and the bytes of an attachment.

        Raises:
            LookupError: there is no such mail or attachment.
        """
        return self._mailbox.attachment(mail_id, number)

    def delete(self, mail_id: int) -> None:
        """Delete one mail."""
        self._mailbox.delete(mail_id)

    def clear(self) -> None:
        self._mailbox.clear()

    def _session(self) -> "Session":
        session = Session(MailHandler(self._mailbox, self._component, self._inbound))
        self._sessions.add(session)
        return session


class MailHandler:
    """The handler that aiosmtpd calls; the method names are defined by aiosmtpd."""

    def __init__(self, mailbox: Mailbox, component: Component, inbound: InboundMail | None) -> None:
        self._mailbox = mailbox
        self._inbound = inbound
        self._component = component

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it by this name
        self, _server: SMTP, _session: Any, envelope: SmtpEnvelope, address: str, _options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= RECIPIENT_LIMIT:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: SmtpEnvelope) -> str:  # noqa: N802 - its name
        accepted = Envelope(envelope.mail_from or "", tuple(envelope.rcpt_tos))
        try:
            await self._mailbox.until_writable()
            mail_id = self._mailbox.add(accepted, envelope.original_content or b"")
        except sqlite3.Error as error:
            self._component.failed(error)
            return "451 4.3.0 Could not be stored"
        self._component.recovered()
        if self._inbound:
            self._inbound.accept(accepted.recipients, envelope.original_content or b"")
        return f"250 2.0.0 OK kept as {mail_id}"


class Session(SMTP):
    """One connection. Any user and password are accepted, because there is nothing to protect."""

    def __init__(self, catcher: MailHandler) -> None:
        super().__init__(
            catcher,
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="gaelocal mail catcher",
            timeout=IDLE_SECONDS,
            auth_require_tls=False,
            authenticator=_accept_login,
            loop=asyncio.get_running_loop(),
        )

    async def smtp_POST(self, _arg: str) -> None:  # noqa: N802 - aiosmtpd calls it by this name
        """Close the connection: an HTTP request of a web page could contain SMTP commands."""
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()
        if self.transport is not None:
            self.transport.close()

    async def hang_up(self) -> None:
        """Close the connection and wait until its work has ended."""
        if self.transport is not None:
            self.transport.close()
        work = self._handler_coroutine
        if work is not None:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await work


def _accept_login(*_credentials: object) -> AuthResult:
    return AuthResult(success=True)
