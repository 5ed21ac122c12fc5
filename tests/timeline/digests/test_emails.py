"""The content and the headers of summary emails."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.timeline.digests.factories import NOW, a_photo, a_reader, an_email
from timeline.accounts.users import User
from timeline.digests.content import CAPTION_SHOWN, OTHERS_SHOWN, OWN_SHOWN
from timeline.digests.email_html import NARROWEST, WIDEST
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
        ([BEN] * 400, True, "400+ new photos from Ben Ito"),
        ([BEN] * 400, False, "400 new photos from Ben Ito"),
        ([BEN, CLEO, DORA] * 100, True, "300+ new photos from Ben Ito, Cleo and 1+ others"),
        ([a_photo(user="ana")] * 100, True, "You posted 100 photos"),
        ([], False, "Nothing new"),
    ],
)
def test_the_subject_has_the_number_of_photos_and_the_authors(
    photos: list[Photo], has_more: bool, subject: str
) -> None:
    assert an_email(*photos, has_more=has_more).subject == subject


def test_text_and_html_have_the_same_content() -> None:
    email = an_email(a_photo("the sea"), a_photo("my cat", user="ana"))

    for part in (email.text, email.html):
        assert part.index("New from others") < part.rindex("the sea") < part.index("Your photos")
        assert part.index("Your photos") < part.rindex("my cat")
        assert "the sea" in part
        assert "Ben Ito" in part
        assert "you" in part
        assert "https://photos.example/photo/0123-ben/" in part
        assert "https://photos.example/unsubscribe/t0ken" in part
        assert "https://photos.example/settings" in part


def test_the_message_has_this_text_and_html() -> None:
    email = an_email(BEN)

    mail = render(email)

    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert (text.get_content(), html.get_content()) == (email.text, email.html)


def test_an_image_has_a_url_a_size_and_an_alternative_text() -> None:
    html = an_email(a_photo("a boat at sea")).html

    assert 'src="https://photos.example/image/0123-ben/large-0123.jpg"' in html
    assert 'width="536" alt="a boat at sea"' in html


def test_an_image_without_caption_names_the_author() -> None:
    assert 'alt="A photo by Ben Ito"' in an_email(a_photo("")).html


@pytest.mark.parametrize(
    ("kind", "days", "words"),
    [
        ("daily", 1, "since yesterday"),
        ("daily", 1.4, "since yesterday"),
        ("daily", 2, "since Wed 18 Nov, 09:00"),
        ("weekly", 7, "in the last week"),
        ("weekly", 13, "since Sat 7 Nov, 09:00"),
        ("weekly", 0.25, "since Fri 20 Nov, 03:00"),
    ],
)
def test_the_introduction_is_true_for_unusual_periods(kind: Kind, days: float, words: str) -> None:
    content = an_email(BEN, kind=kind).content
    unusual = replace(content, selection=replace(content.selection, since=NOW - timedelta(days=days)))

    assert unusual.introduction == f"This is what happened on your photo timeline {words}."


def test_photos_of_different_people_come_before_more_of_one() -> None:
    many = [a_photo(f"ben {number}") for number in range(OTHERS_SHOWN + 5)]
    text = an_email(*many, a_photo("one of cleo", user="cleo"), a_photo("one of dora", user="dora")).text

    captions = [line.removeprefix("* ") for line in text.splitlines() if line.startswith("* ")]
    assert captions[:4] == ["ben 0", "one of cleo", "one of dora", "ben 1"]
    assert len(captions) == OTHERS_SHOWN


def test_the_large_picture_has_a_shape_that_fills_the_width() -> None:
    tall = a_photo("tall", size=(1000, 4000))
    html = an_email(tall, a_photo("wide enough", user="cleo")).html

    assert 'width="536" alt="wide enough"' in html
    assert 'width="260" alt="tall"' in html


def test_people_with_the_same_name_are_told_apart() -> None:
    names = {"ben": "Sam", "cleo": "Sam", "dora": "Dora"}

    assert an_email(BEN, CLEO, names=names).subject == "2 new photos from Sam (ben) and Sam (cleo)"
    assert an_email(BEN, DORA, names=names).subject == "2 new photos from Sam and Dora"


def test_photos_of_a_year_ago_have_a_section_with_their_year() -> None:
    older = a_photo("snow", created=NOW - timedelta(days=365))
    email = an_email(BEN, a_year_ago=[older])

    for part in (email.text, email.html):
        assert part.index("A year ago") < part.rindex("snow") < part.index("Thu 20 Nov 2025, 09:00")


def test_photos_of_a_year_ago_are_no_reason_for_an_email() -> None:
    assert not an_email(a_year_ago=[BEN]).is_worth_sending


@pytest.mark.parametrize("size", [(1, 60_000), (60_000, 1), (1, 1)])
def test_no_aspect_ratio_breaks_the_layout(size: tuple[int, int]) -> None:
    html = an_email(a_photo(size=size)).html

    (ratio,) = [float(part.split(";")[0]) for part in html.split("aspect-ratio:")[1:]]
    assert NARROWEST <= ratio <= WIDEST


def test_captions_are_escaped_in_html() -> None:
    html = an_email(a_photo('<script>alert("x")</script> {name} &amp;')).html

    assert "<script" not in html
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; {name} &amp;amp;" in html


def test_a_multiline_caption_becomes_one_line() -> None:
    assert "\n* one two -- three\n" in an_email(a_photo("one\ntwo\n\n-- \nthree")).text


@pytest.mark.parametrize(
    "caption",
    [
        "👨\u200d👩\u200d👧 at sea",
        "\u0645\u06cc\u200c\u062e\u0648",
        "क\u094d\u200dष",
        "\U0001faff",
        "soft\u00adhyphen",
    ],
    ids=ascii,
)
def test_joiners_and_new_emoji_of_captions_are_kept(caption: str) -> None:
    email = an_email(a_photo(caption))

    assert f"* {caption}\n" in email.text
    assert f">{caption}</div>" in email.html


def test_joiners_in_names_are_kept() -> None:
    assert an_email(BEN, names={"ben": "Ben 👨\u200d🍳"}).subject == "1 new photo from Ben 👨\u200d🍳"


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


def test_the_longest_email_is_not_clipped_by_gmail() -> None:
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
def test_the_time_range_is_in_the_readers_time_zone(timezone: str, span: str) -> None:
    email = an_email(a_photo(created=NOW), reader=a_reader(timezone=timezone))

    assert span in email.text
    assert span in email.html
    assert f"Ben Ito, {span.partition(' to ')[2].partition(' (')[0]}\n" in email.text


def test_times_respect_daylight_saving_time() -> None:
    before_the_change = datetime(2026, 10, 24, 12, tzinfo=UTC)
    after_it = before_the_change + timedelta(days=1)
    photos = [a_photo(created=moment) for moment in (after_it, before_the_change)]

    text = an_email(*photos, reader=a_reader(timezone="Europe/Vienna")).text

    assert "Sat 24 Oct, 14:00" in text
    assert "Sun 25 Oct, 13:00" in text


@pytest.mark.parametrize(("kind", "since"), [("daily", "Thu 19 Nov"), ("weekly", "Fri 13 Nov")])
def test_each_kind_shows_its_time_range(kind: Kind, since: str) -> None:
    assert f"{since}, 09:00 to Fri 20 Nov, 09:00" in an_email(BEN, kind=kind).text


def test_the_preheader_has_the_captions() -> None:
    html = an_email(a_photo("the sea"), a_photo("", user="cleo"), a_photo("a cat", user="ana")).html

    assert ">the sea · a cat</div>" in html


def test_without_photos_the_email_says_that_none_is_sent() -> None:
    email = an_email()

    assert not email.is_worth_sending
    for part in (email.text, email.html):
        assert "No email would be sent" in part


def test_unsubscribing_needs_one_click() -> None:
    mail = render(an_email(BEN))

    assert mail["List-Unsubscribe"] == "<https://photos.example/unsubscribe/t0ken>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_summary_always_has_the_same_message_id() -> None:
    first, again, other = render(an_email(BEN)), render(an_email(BEN)), render(an_email(CLEO))

    assert first["Message-ID"] == again["Message-ID"] == other["Message-ID"]
    assert first["Message-ID"] == "<daily-2026-11-20.ana@photos.example>"
    assert first["Date"] == again["Date"] == "Fri, 20 Nov 2026 09:00:00 +0000"


def test_rendering_twice_gives_the_same_bytes() -> None:
    assert render(an_email(BEN)).as_bytes() == render(an_email(BEN)).as_bytes()
    assert render(an_email(BEN)).get_boundary() != render(an_email(BEN, kind="weekly")).get_boundary()


def test_names_in_any_language_are_kept() -> None:
    mail = render(an_email(BEN, reader=a_reader("Änne 安娜")))

    assert mail["To"].addresses[0].display_name == "Änne 安娜"


@pytest.mark.parametrize("reader", [a_reader("Ana\r\nBcc: all@example.com"), a_reader("Ana\nX: y")])
def test_a_name_cannot_inject_a_header(reader: User) -> None:
    mail = render(an_email(BEN, reader=reader))

    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == ["ana@example.com"]


@pytest.mark.parametrize("email", ["", "ana", "änna@example.com", "ana@exämple.com", "a b@example.com", "@"])
def test_an_undeliverable_address_is_refused(email: str) -> None:
    with pytest.raises(InvalidAccount):
        render(an_email(BEN, reader=a_reader(email=email)))
