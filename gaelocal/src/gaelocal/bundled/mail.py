"""The service `mail`: every email goes to the mail emulator."""

import asyncio
import mimetypes
import re
import smtplib
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import PurePosixPath
from typing import Any

from gaelocal.appengine.instances import Caller
from gaelocal.bundled.errors import ApplicationError
from gaelocal.bundled.methods import Method
from gaelocal.ports import HOST
from gaelocal.protobuf import bundled_mail_pb2 as pb
from gaelocal.protobuf.bundled_base_pb2 import VoidProto

ADMINISTRATORS = ("administrator@example.com",)
SECONDS = 30.0
FORBIDDEN = frozenset(
    f".{extension}"
    for extension in re.findall(
        r"\w+",
        "ade adp bat chm cmd com cpl exe hta ins isp jse lib mde msc msp mst pif scr sct shb sys vb vbe vbs "
        "vxd wsc wsf wsh",
    )
)
"""Extensions of attachments that App Engine refuses."""


class Mail:
    def __init__(self, smtp_port: int) -> None:
        self._smtp_port = smtp_port

    def methods(self) -> Mapping[str, Method]:
        return {
            "Send": Method(pb.MailMessage, self._send),
            "SendToAdmins": Method(pb.MailMessage, self._send_to_admins),
        }

    async def _send(self, request: Any, _caller: Caller) -> VoidProto:
        recipients = [*request.To, *request.Cc, *request.Bcc]
        if not recipients:
            raise ApplicationError(pb.MailServiceError.BAD_REQUEST, "the mail has no recipient")
        await self._deliver(request, recipients)
        return VoidProto()

    async def _send_to_admins(self, request: Any, _caller: Caller) -> VoidProto:
        await self._deliver(request, ADMINISTRATORS)
        return VoidProto()

    async def _deliver(self, request: Any, recipients: Any) -> None:
        message = _message(request, recipients)
        sender = parseaddr(request.Sender)[1]
        addresses = [parseaddr(recipient)[1] for recipient in recipients]
        if not sender or not all(addresses):
            raise ApplicationError(pb.MailServiceError.BAD_REQUEST, "an address is not valid")
        try:
            await asyncio.to_thread(_send_by_smtp, self._smtp_port, message, sender, addresses)
        except (OSError, smtplib.SMTPException) as error:
            raise ApplicationError(pb.MailServiceError.INTERNAL_ERROR, str(error)) from error


def _message(request: Any, recipients: Any) -> EmailMessage:
    message = EmailMessage()
    try:
        message["From"] = request.Sender
        message["To"] = ", ".join(request.To or ([] if request.Cc or request.Bcc else recipients))
        message["Subject"] = request.Subject
        if request.Cc:
            message["Cc"] = ", ".join(request.Cc)
        if request.ReplyTo:
            message["Reply-To"] = request.ReplyTo
        for header in request.Header:
            message[header.name] = header.value
    except (ValueError, IndexError) as error:
        raise ApplicationError(pb.MailServiceError.BAD_REQUEST, f"a header is not valid: {error}") from error
    message.set_content(request.TextBody)
    if request.HtmlBody:
        message.add_alternative(request.HtmlBody, subtype="html")
    for attachment in request.Attachment:
        _attach(message, attachment)
    return message


def _attach(message: EmailMessage, attachment: Any) -> None:
    extension = PurePosixPath(attachment.FileName).suffix.lower()
    if extension in FORBIDDEN:
        raise ApplicationError(
            pb.MailServiceError.INVALID_ATTACHMENT_TYPE, f"`{extension}` files cannot be attached"
        )
    kind = mimetypes.guess_type(attachment.FileName)[0] or "application/octet-stream"
    main, _, sub = kind.partition("/")
    message.add_attachment(
        attachment.Data,
        maintype=main,
        subtype=sub,
        filename=attachment.FileName,
        cid=attachment.ContentID or None,
    )


def _send_by_smtp(port: int, message: EmailMessage, sender: str, recipients: list[str]) -> None:
    with smtplib.SMTP(HOST, port, timeout=SECONDS) as smtp:
        smtp.send_message(message, sender, recipients)
