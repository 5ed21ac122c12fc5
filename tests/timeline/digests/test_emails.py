"""The summary mail: what it says, and what nobody can make it say."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.timeline.digests.factories import NOW, a_photo, a_reader, an_email
from timeline.accounts.users import User
from timeline.digests.content import CAPTION_SHOWN, OTHERS_SHOWN, OWN_SHOWN
from timeline.digests.emails import render
from timeline.digests.periods import Kind
from timeline.errors import InvalidAccount
from timeline.photos.model import Photo

BEN, CLEO, DORA, EMIL = (a_photo(user=user) for user in ("ben", "cleo", "dora", "emil"))


@pytest.mark.parametrize(
    ("photos", "has_more", "subject"),
    [
        ([BEN], False, "1 new photo from Ben Ito"),
        ([BEN, CLEO, BEN], False, "3 new photos from Ben Ito and Cleo"),
        ([BEN, CLEO, DORA], False, "3 new photos from Ben Ito, Cleo and 1 other"),
        ([EMIL, BEN, CLEO, DORA], False, "4 new photos from Emil, Ben Ito and 2 others"),
        ([a_photo(user="ana")] * 2, False, "You posted 2 photos"),
        ([a_photo(user="ana"), BEN], False, "1 new photo from Ben Ito"),
        ([BEN] * 100, True, "100+ new photos from Ben Ito"),
        ([], False, "Nothing new"),
    ],
)
def test_the_subject_tells_how_much_is_new_and_from_whom(
    photos: list[Photo], has_more: bool, subject: str
) -> None:
    assert an_email(*photos, has_more=has_more).subject == subject


def test_text_and_html_tell_the_same() -> None:
    email = an_email(a_photo("the sea"), a_photo("my cat", user="ana"))

    for part in (email.text, email.html):
        assert part.index("Your photos") < part.rindex("my cat") < part.index("New from everyone")
        assert "the sea" in part
        assert "Ben Ito" in part
        assert "you" in part
        assert "https://photos.example/photo/0123-ben/" in part
        assert "https://photos.example/unsubscribe/t0ken" in part
        assert "https://photos.example/settings" in part


def test_the_mail_holds_exactly_this_text_and_this_html() -> None:
    email = an_email(BEN)

    mail = render(email)

    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert (text.get_content(), html.get_content()) == (email.text, email.html)


def test_a_picture_has_an_address_a_size_and_words() -> None:
    html = an_email(a_photo("a boat at sea")).html

    assert 'src="https://photos.example/image/0123-ben/medium-0123.jpg"' in html
    assert 'width="536" height="402" alt="a boat at sea"' in html


def test_a_picture_without_caption_names_who_posted_it() -> None:
    assert 'alt="A photo by Ben Ito"' in an_email(a_photo("")).html


def test_pictures_side_by_side_are_equally_high() -> None:
    html = an_email(a_photo(size=(3000, 2000)), a_photo(size=(2000, 3000))).html

    assert 'width="364" height="243"' in html
    assert 'width="162" height="243"' in html


@pytest.mark.parametrize("size", [(1, 60_000), (60_000, 1), (1, 1)])
def test_no_shape_of_a_picture_breaks_the_page(size: tuple[int, int]) -> None:
    html = an_email(a_photo(size=size)).html

    heights = [int(part.split('"')[0]) for part in html.split('height="')[1:]]
    assert all(0 < height <= 536 for height in heights)


def test_a_caption_cannot_bring_its_own_html() -> None:
    html = an_email(a_photo('<script>alert("x")</script> {name} &amp;')).html

    assert "<script" not in html
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; {name} &amp;amp;" in html


def test_a_caption_of_many_lines_is_one_line_of_the_text() -> None:
    assert "\n* one two -- three\n" in an_email(a_photo("one\ntwo\n\n-- \nthree")).text


def test_a_long_caption_is_cut() -> None:
    text = an_email(a_photo("x" * 500)).text

    assert "x" * (CAPTION_SHOWN - 1) + "…" in text
    assert "x" * CAPTION_SHOWN not in text


def test_a_long_list_is_cut_and_says_so() -> None:
    own = [a_photo("mine", user="ana")] * (OWN_SHOWN + 3)
    email = an_email(*own, *[BEN] * (OTHERS_SHOWN + 7))

    assert email.text.count("* mine") == OWN_SHOWN
    assert email.text.count("* sea") == OTHERS_SHOWN
    assert email.html.count("<img") == OWN_SHOWN + OTHERS_SHOWN
    for part in (email.text, email.html):
        assert "and 3 more" in part
        assert "and 7 more" in part


def test_the_longest_mail_stays_below_what_gmail_cuts_off() -> None:
    photos = [a_photo('"' * 500, user=user) for user in ["ana"] * OWN_SHOWN + ["ben"] * OTHERS_SHOWN]

    assert len(an_email(*photos).html) < 102_000


@pytest.mark.parametrize(
    ("timezone", "span"),
    [
        ("UTC", "Thu 19 Nov, 09:00 to Fri 20 Nov, 09:00 (UTC)"),
        ("Pacific/Honolulu", "Wed 18 Nov, 23:00 to Thu 19 Nov, 23:00 (Pacific/Honolulu)"),
        ("Pacific/Auckland", "Thu 19 Nov, 22:00 to Fri 20 Nov, 22:00 (Pacific/Auckland)"),
        ("Asia/Kathmandu", "Thu 19 Nov, 14:45 to Fri 20 Nov, 14:45 (Asia/Kathmandu)"),
    ],
)
def test_the_borders_of_the_period_are_those_of_the_readers_own_clock(timezone: str, span: str) -> None:
    email = an_email(a_photo(created=NOW), reader=a_reader(timezone=timezone))

    assert span in email.text
    assert span in email.html
    assert f"Ben Ito, {span.partition(' to ')[2].partition(' (')[0]}\n" in email.text


def test_a_time_before_the_clocks_changed_is_what_the_clock_showed_then() -> None:
    before_the_change = datetime(2026, 10, 24, 12, tzinfo=UTC)
    after_it = before_the_change + timedelta(days=1)
    photos = [a_photo(created=moment) for moment in (after_it, before_the_change)]

    text = an_email(*photos, reader=a_reader(timezone="Europe/Vienna")).text

    assert "Sat 24 Oct, 14:00" in text
    assert "Sun 25 Oct, 13:00" in text


@pytest.mark.parametrize(("kind", "since"), [("daily", "Thu 19 Nov"), ("weekly", "Fri 13 Nov")])
def test_each_kind_says_how_far_it_reaches_back(kind: Kind, since: str) -> None:
    assert f"{since}, 09:00 to Fri 20 Nov, 09:00" in an_email(BEN, kind=kind).text


def test_a_list_of_mails_shows_captions_behind_the_subject() -> None:
    html = an_email(a_photo("the sea"), a_photo("", user="cleo"), a_photo("a cat", user="ana")).html

    assert ">the sea · a cat</div>" in html


def test_with_nothing_new_the_letter_says_that_none_would_be_sent() -> None:
    email = an_email()

    assert not email.is_worth_sending
    for part in (email.text, email.html):
        assert "No email would be sent" in part


def test_the_way_out_needs_one_click() -> None:
    mail = render(an_email(BEN))

    assert mail["List-Unsubscribe"] == "<https://photos.example/unsubscribe/t0ken>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_same_summary_is_the_same_mail_whenever_it_is_written() -> None:
    first, again, other = render(an_email(BEN)), render(an_email(BEN)), render(an_email(CLEO))

    assert first["Message-ID"] == again["Message-ID"] == other["Message-ID"]
    assert first["Message-ID"] == "<daily-2026-11-20.ana@photos.example>"
    assert first["Date"] == again["Date"] == "Fri, 20 Nov 2026 09:00:00 +0000"


def test_a_mail_written_twice_is_the_same_to_the_byte() -> None:
    assert render(an_email(BEN)).as_bytes() == render(an_email(BEN)).as_bytes()
    assert render(an_email(BEN)).get_boundary() != render(an_email(BEN, kind="weekly")).get_boundary()


def test_a_name_in_any_language_arrives_as_it_is() -> None:
    mail = render(an_email(BEN, reader=a_reader("Änne 安娜")))

    assert mail["To"].addresses[0].display_name == "Änne 安娜"


@pytest.mark.parametrize("reader", [a_reader("Ana\r\nBcc: all@example.com"), a_reader("Ana\nX: y")])
def test_no_name_can_smuggle_in_a_header(reader: User) -> None:
    mail = render(an_email(BEN, reader=reader))

    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == ["ana@example.com"]


@pytest.mark.parametrize("email", ["", "ana", "änna@example.com", "ana@exämple.com", "a b@example.com", "@"])
def test_an_address_that_cannot_be_written_to_is_refused(email: str) -> None:
    with pytest.raises(InvalidAccount):
        render(an_email(BEN, reader=a_reader(email=email)))
