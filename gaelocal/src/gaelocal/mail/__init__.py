"""An SMTP server that stores every mail and delivers only those to the project itself."""

from gaelocal.mail.inbound import InboundMail
from gaelocal.mail.server import MailServer

__all__ = ["InboundMail", "MailServer"]
