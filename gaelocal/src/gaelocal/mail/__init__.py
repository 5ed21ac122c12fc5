"""An SMTP server that stores every mail and delivers none."""

from gaelocal.mail.server import MailServer

__all__ = ["MailServer"]
