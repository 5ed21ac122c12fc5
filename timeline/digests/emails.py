"""Render a summary as an email: text and HTML parts, and one-click unsubscription (RFC 8058)."""

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from hashlib import sha256

from timeline.accounts.users import MAX_DISPLAY_NAME, User
from timeline.digests.content import Content, one_line
from timeline.digests.email_html import html_of
from timeline.digests.email_text import text_of
from timeline.errors import InvalidAccount

NEED_QUOTES = re.compile(r"""[()<>\[\]:;@\\,."]""")


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryEmail:
    """The subject, text and HTML of a summary. `html` has inline styles: show it in a sandboxed frame."""

    content: Content

    @property
    def is_worth_sending(self) -> bool:
        return self.content.has_photos

    @property
    def subject(self) -> str:
        return self.content.headline

    @property
    def text(self) -> str:
        return text_of(self.content)

    @property
    def html(self) -> str:
        return html_of(self.content)

    @property
    def message_id(self) -> str:
        """The same for every rendering, so that mail servers can detect a duplicate."""
        domain = parseaddr(self.content.settings.mail_from)[1].rpartition("@")[2] or "localhost"
        return f"<{self.content.period.name}.{self.content.selection.reader.handle}@{domain}>"


def render(summary: SummaryEmail) -> EmailMessage:
    """Build the message. EmailMessage refuses headers with line breaks."""
    content = summary.content
    message = EmailMessage()
    message["From"] = content.settings.mail_from
    message["To"] = _address_of(content.selection.reader)
    message["Subject"] = _unencoded(summary.subject)
    message["Date"] = content.selection.until
    message["Message-ID"] = summary.message_id
    message["List-Unsubscribe"] = f"<{content.unsubscribe_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(summary.text)
    message.add_alternative(summary.html, subtype="html")
    message.set_boundary(_boundary(summary))
    return message


def _boundary(summary: SummaryEmail) -> str:
    """Return a boundary that cannot be guessed and is the same for a retry."""
    return "=_" + sha256(f"{summary.message_id}{summary.content.token}".encode()).hexdigest()[:32]


def _unencoded(text: str) -> str:
    """Keep Python from decoding text that looks like an encoded word (RFC 2047) and may hide a line break."""
    return text.replace("=?", "= ?")


def _phrase(name: str) -> str:
    """Remove characters that need quotes (RFC 5322): Python loses the quotes when it folds a long name."""
    return one_line(_unencoded(NEED_QUOTES.sub(" ", name)), MAX_DISPLAY_NAME)


def _address_of(reader: User) -> Address:
    """Raises InvalidAccount for addresses that plain SMTP cannot deliver to, such as non-ASCII ones."""
    try:
        address = Address(_phrase(reader.display_name), addr_spec=reader.email)
    except (MessageError, ValueError, IndexError) as error:
        raise InvalidAccount("Emails cannot be sent to this address.") from error
    if not address.addr_spec.isascii():
        raise InvalidAccount("Emails cannot be sent to this address.")
    return address
