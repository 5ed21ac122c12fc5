"""The golden files of summary emails; `python -m tests.timeline.digests.golden_emails` writes them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.timeline.digests.factories import NOW, a_photo, a_reader, an_email
from timeline.digests.emails import SummaryEmail, render

FOLDER = Path(__file__).parent / "golden"
SHAPES = [(4032, 3024), (3024, 4032), (4000, 2250), (2000, 2000), (6000, 1500), (1, 60_000)]
CAPTIONS = [
    "The harbour before sunrise",
    "",
    '<b>bold</b> & "quoted" 🌊 안녕 مرحبا',
    "A longer caption, the kind that people write on a rainy sunday: it goes on about the weather, the "
    "soup, the neighbours and their dog, and comes back to the weather before it ends.",
    "two\nlines",
]


def emails() -> dict[str, SummaryEmail]:
    vienna = replace(a_reader("Ana Núñez"), timezone="Europe/Vienna")
    kathmandu = replace(a_reader(), summary="weekly", timezone="Asia/Kathmandu")
    own = [a_photo("my bicycle", user="ana", created=NOW - timedelta(hours=2))] * 2
    others = [
        a_photo(CAPTIONS[n % 5], user, NOW - timedelta(minutes=17 * n), SHAPES[n % 6])
        for n, user in enumerate(["ben", "cleo", "dora"] * 6)
    ]
    a_year_ago = [
        a_photo("snow in november", user="ana", created=NOW - timedelta(days=365, hours=3), size=SHAPES[1]),
        a_photo("", user="emil", created=NOW - timedelta(days=365, hours=4)),
    ]
    return {
        "daily": an_email(*own, *others, reader=vienna, a_year_ago=a_year_ago),
        "weekly-of-one": an_email(others[0], reader=kathmandu, kind="weekly"),
        "own-only": an_email(*own, own[0], reader=vienna),
        "nothing": an_email(reader=vienna),
    }


def files() -> Iterator[tuple[str, str]]:
    """Yield names and contents of the files; the headers without the boundary."""
    for name, email in emails().items():
        headers = [f"{key}: {value}" for key, value in render(email).items() if key != "Content-Type"]
        yield f"{name}.txt", email.text
        yield f"{name}.html", email.html
        yield f"{name}.headers", "\n".join(headers) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file_name, content in files():
        (FOLDER / file_name).write_text(content)
