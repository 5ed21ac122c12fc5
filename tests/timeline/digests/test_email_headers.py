"""Text of users in names, captions and addresses cannot change the headers of an email."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

from hypothesis import example, given
from hypothesis import strategies as st

from tests.timeline.digests.factories import a_photo, a_reader, an_email
from timeline.digests.emails import SummaryEmail, render
from timeline.errors import InvalidAccount

HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
]
LURES = st.sampled_from(
    ["\r\nBcc: all@example.com", "\n\n<html>", "\r\n.\r\n", "=?utf-8?q?=0ABcc:?=", '"<x@y>', ","]
)
NASTY = st.lists(st.text(max_size=40) | LURES, max_size=4).map("".join)


def arrived(email: SummaryEmail) -> EmailMessage:
    """Parse the email from its wire format."""
    mail = message_from_bytes(render(email).as_bytes(policy=SMTP), policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


@example(name="a" * 60 + ", all@example.com", caption="", author="")
@example(name="Ana", caption="", author="=??Q?=0A")
@given(name=NASTY, caption=NASTY, author=NASTY)
def test_user_text_cannot_add_or_change_headers(name: str, caption: str, author: str) -> None:
    email = an_email(a_photo(caption), reader=a_reader(name or "x"), names={"ben": author})

    mail = arrived(email)

    assert mail.keys() == HEADERS
    assert [address.addr_spec for address in mail["To"].addresses] == ["ana@example.com"]
    assert mail["From"] == "Photo timeline <timeline@photos.example>"
    assert mail["Message-ID"] == "<daily-2026-11-20.ana@photos.example>"
    assert mail["List-Unsubscribe"] == "<https://photos.example/unsubscribe/t0ken>"


@given(caption=NASTY, author=NASTY)
def test_every_email_arrives_unchanged(caption: str, author: str) -> None:
    email = an_email(a_photo(caption), names={"ben": author})

    text, html = (arrived(email).get_body((kind,)) for kind in ("plain", "html"))

    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == email.text.splitlines()
    assert html.get_content().splitlines() == email.html.splitlines()


@given(email=NASTY)
def test_an_address_is_used_unchanged_or_refused(email: str) -> None:
    summary = an_email(a_photo(), reader=a_reader(email=email))

    try:
        mail = arrived(summary)
    except InvalidAccount:
        return

    assert mail.keys() == HEADERS
    assert [address.addr_spec for address in mail["To"].addresses] == [email]
