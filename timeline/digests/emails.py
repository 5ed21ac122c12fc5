"""The summary as a mail: text and HTML of the same content, and a way out in one click (RFC 8058)."""

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
    """What the reader sees. `html` brings its own style: show it as a page of its own, in a sandbox."""

    story: Content

    @property
    def is_worth_sending(self) -> bool:
        return self.story.is_worth_telling

    @property
    def subject(self) -> str:
        return self.story.headline

    @property
    def text(self) -> str:
        return text_of(self.story)

    @property
    def html(self) -> str:
        return html_of(self.story)

    @property
    def message_id(self) -> str:
        """The same whenever it is built: a mail server can tell a twin by it."""
        domain = parseaddr(self.story.settings.mail_from)[1].rpartition("@")[2] or "localhost"
        return f"<{self.story.period.name}.{self.story.news.reader.handle}@{domain}>"


def render(letter: SummaryEmail) -> EmailMessage:
    """Build the mail. EmailMessage itself refuses a header of two lines."""
    story = letter.story
    mail = EmailMessage()
    mail["From"] = story.settings.mail_from
    mail["To"] = _address_of(story.news.reader)
    mail["Subject"] = _unencoded(letter.subject)
    mail["Date"] = story.news.until
    mail["Message-ID"] = letter.message_id
    mail["List-Unsubscribe"] = f"<{story.way_out}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    mail.set_boundary(_boundary(letter))
    return mail


def _boundary(letter: SummaryEmail) -> str:
    """Nobody can guess it, and a retry is the same mail; Python would compile a pattern for every mail."""
    return "=_" + sha256(f"{letter.message_id}{letter.story.token}".encode()).hexdigest()[:32]


def _unencoded(text: str) -> str:
    """Python decodes what looks like an encoded word (RFC 2047), and with it a line break hidden inside."""
    return text.replace("=?", "= ?")


def _phrase(name: str) -> str:
    """Without the signs that need quotes (RFC 5322): Python forgets the quotes of a name it has to fold."""
    return one_line(_unencoded(NEED_QUOTES.sub(" ", name)), MAX_DISPLAY_NAME)


def _address_of(reader: User) -> Address:
    """Raises InvalidAccount for what plain SMTP cannot be told: letters beyond ASCII, odd signs."""
    try:
        address = Address(_phrase(reader.display_name), addr_spec=reader.email)
    except (MessageError, ValueError, IndexError) as error:
        raise InvalidAccount("This mail address cannot be written to.") from error
    if not address.addr_spec.isascii():
        raise InvalidAccount("This mail address cannot be written to.")
    return address
