"""An SMTP server that keeps every mail and delivers none."""

from localcloud.mail.server import MailServer

__all__ = ["MailServer"]
