"""An SMTP server that keeps every mail and delivers none."""

from gaelocal.mail.server import MailServer

__all__ = ["MailServer"]
