"""Mail sent with Python's own client is kept and can be read."""

import contextlib
import smtplib
import socket
from datetime import datetime
from pathlib import Path

import pytest
from tests.mail.conftest import a_mail
from tests.serving_thread import serving

from gaelocal.mail import MailServer


def test_a_mail_is_listed_as_the_contract_says(server: MailServer, smtp: smtplib.SMTP) -> None:
    mail = a_mail()
    mail.add_alternative("<h1>Hello Ana</h1>", subtype="html")
    mail["List-Unsubscribe"] = "<https://example.com/unsubscribe/1>"

    smtp.send_message(mail)

    (kept,) = server.messages()
    assert kept["to"] == "ana@example.com"
    assert kept["subject"] == "Your day"
    assert kept["text"] == "Hello Ana\n"
    assert kept["html"] == "<h1>Hello Ana</h1>\n"
    assert kept["headers"]["List-Unsubscribe"] == "<https://example.com/unsubscribe/1>"
    assert kept["headers"]["From"] == "Photo Timeline <mail@example.com>"
    assert kept["from"] == "mail@example.com"
    assert kept["received"].endswith("Z")
    assert datetime.fromisoformat(kept["received"])


def test_the_newest_mail_comes_first(server: MailServer, smtp: smtplib.SMTP) -> None:
    for subject in ("one", "two", "three"):
        smtp.send_message(a_mail(subject))

    assert [mail["subject"] for mail in server.messages()] == ["three", "two", "one"]
    assert [mail["subject"] for mail in server.messages(limit=2)] == ["three", "two"]


def test_mail_is_found_by_a_part_of_its_recipient(server: MailServer, smtp: smtplib.SMTP) -> None:
    smtp.send_message(a_mail())

    assert len(server.messages(to="ANA@")) == 1
    assert server.messages(to="ben@") == []


def test_one_mail_comes_with_its_source(server: MailServer, smtp: smtplib.SMTP) -> None:
    smtp.send_message(a_mail(text="a line\n.\n..dots"))
    (listed,) = server.messages()

    mail = server.message(listed["id"])

    assert mail == listed | {"source": mail["source"]}
    assert mail["source"].startswith("From: Photo Timeline")
    assert mail["text"] == "a line\n.\n..dots\n"


def test_an_unknown_mail_is_a_lookup_error(server: MailServer) -> None:
    with pytest.raises(LookupError):
        server.message(1)


def test_clearing_empties_the_mailbox_and_uses_no_id_again(server: MailServer, smtp: smtplib.SMTP) -> None:
    smtp.send_message(a_mail("before"))
    before = server.messages()[0]["id"]

    server.clear()

    assert server.messages() == []
    smtp.send_message(a_mail("after"))
    assert server.messages()[0]["id"] > before


def test_everyone_in_the_envelope_is_named(server: MailServer, smtp: smtplib.SMTP) -> None:
    everyone = [f"person{number}@example.com" for number in range(100)]

    smtp.send_message(a_mail(to="list@example.com"), to_addrs=everyone)

    (mail,) = server.messages()
    assert mail["recipients"] == everyone
    assert mail["to"] == ", ".join(everyone)
    assert mail["headers"]["To"] == "list@example.com"


def test_the_thousand_and_first_recipient_is_refused(server: MailServer, smtp: smtplib.SMTP) -> None:
    everyone = [f"p{number}@example.com" for number in range(1001)]

    refused = smtp.send_message(a_mail(), to_addrs=everyone)

    assert refused == {"p1000@example.com": (452, b"4.5.3 Too many recipients")}
    assert len(server.messages()[0]["recipients"]) == 1000


def test_letters_of_the_whole_world_arrive(server: MailServer, smtp: smtplib.SMTP) -> None:
    smtp.send_message(a_mail("Größe 写真 🌊", to="José <josé@exämple.com>", text="šč 写真 🌊"))

    (mail,) = server.messages()
    assert mail["subject"] == "Größe 写真 🌊"
    assert mail["text"] == "šč 写真 🌊\n"
    assert mail["to"] == "josé@exämple.com"
    assert mail["headers"]["To"] == "José <josé@exämple.com>"


def test_encoded_words_in_headers_are_read(server: MailServer, smtp: smtplib.SMTP) -> None:
    smtp.send_message(a_mail("Größe写真" * 12, to="ana@example.com"))

    assert server.messages()[0]["subject"] == "Größe写真" * 12
    assert "=?utf-8?" in server.message(1)["source"]


def test_attachments_are_listed_and_not_shown_as_text(server: MailServer, smtp: smtplib.SMTP) -> None:
    mail = a_mail()
    mail.add_attachment(b"\x89PNG" * 10, maintype="image", subtype="png", filename="sea ä.png")
    mail.add_attachment("<b>report</b>", subtype="html", filename="all.html")

    smtp.send_message(mail)

    (kept,) = server.messages()
    assert (kept["text"], kept["html"]) == ("Hello Ana\n", "")
    assert kept["attachments"] == [
        {"filename": "sea ä.png", "type": "image/png", "size": 40},
        {"filename": "all.html", "type": "text/html", "size": 15},
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no headers at all",
        b"Subject: =?nonsense?q?x?=\r\n\r\nx",
        b"Subject: =?utf-8?b?A?=\r\n\r\nx",
        b"Subject: \xff\xfe\r\n\r\n\xff\xfe",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\nx",
        b"Content-Type: multipart/mixed\r\n\r\nx",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: text/html\r\n\r\n<b>",
        b'Content-Type: text/plain; charset="\r\nContent-Disposition: ;;;\r\n\r\nx',
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nx",
        b"To: \x00\r\nTo: again\r\n\r\n",
    ],
)
def test_no_mail_is_too_broken_to_keep(server: MailServer, smtp: smtplib.SMTP, raw: bytes) -> None:
    smtp.sendmail("a@example.com", ["b@example.com"], raw)

    (mail,) = server.messages()
    assert {"to", "subject", "text", "html", "headers", "received"} <= mail.keys()


def test_any_user_and_password_will_do(smtp: smtplib.SMTP) -> None:
    assert smtp.login("anybody", "anything")[0] == 235


def test_a_mail_beyond_the_size_limit_is_refused(server: MailServer, smtp: smtplib.SMTP) -> None:
    with pytest.raises(smtplib.SMTPSenderRefused) as refusal:
        smtp.sendmail("a@example.com", ["b@example.com"], b"x" * 998 + b"\r\n", ["SIZE=40000000"])

    assert refusal.value.smtp_code == 552
    assert server.messages() == []


def test_stopping_closes_open_connections(tmp_path: Path) -> None:
    with serving(MailServer(tmp_path, 0)) as server:
        host, port = server.address.split(":")
        client = socket.create_connection((host, int(port)), timeout=60)
        assert client.recv(100).startswith(b"220 ")

    with client:
        assert client.recv(100) == b""


def test_the_post_of_a_web_page_is_not_a_mail(server: MailServer) -> None:
    host, _, port = server.address.partition(":")
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1:1025\r\nContent-Type: text/plain\r\n\r\n"
    mail = (
        b"HELO x\r\nMAIL FROM:<a@x.org>\r\nRCPT TO:<b@x.org>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\nQUIT\r\n"
    )

    with socket.create_connection((host, int(port)), 10) as sock:
        sock.sendall(head + mail)
        with contextlib.suppress(ConnectionResetError):
            while sock.recv(4096):
                pass

    assert server.messages() == []
