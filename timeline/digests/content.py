"""The content of one summary: its words, numbers and links, before it becomes text or HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from timeline.digests.periods import Period
from timeline.digests.selection import Selection
from timeline.photos.model import Photo
from timeline.settings import Settings

OWN_SHOWN, OTHERS_SHOWN = 4, 12
"""An email invites to the timeline, it does not replace it. Gmail clips emails above 102 KB."""
CAPTION_SHOWN, NAME_SHOWN, NAMES_SHOWN = 100, 32, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Photos under a heading. `more` says how many are not shown, and `url` links to all of them."""

    heading: str
    photos: Sequence[Photo]
    more: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One summary for one reader. `token` is part of the unsubscribe link."""

    settings: Settings
    selection: Selection
    period: Period
    token: str

    @property
    def has_photos(self) -> bool:
        return bool(self.selection.photos)

    @property
    def headline(self) -> str:
        """One line, whatever names the authors have."""
        if not self.has_photos:
            return "Nothing new"
        if not self.selection.from_others:
            return f"You posted {self.count(self.selection.own, 'photo')}"
        return f"{self.count(self.selection.from_others, 'new photo')} from {self._authors()}"

    @property
    def greeting(self) -> str:
        return f"Hello {one_line(self.selection.reader.display_name, NAME_SHOWN)},"

    @property
    def introduction(self) -> str:
        if not self.has_photos:
            return "Nobody posted a photo in this time. No email would be sent."
        return f"This is what happened on your photo timeline {self._period_name}."

    @property
    def time_range(self) -> str:
        """The start and end of the period in the reader's time zone."""
        start, end = self.format_time(self.selection.since), self.format_time(self.selection.until)
        return f"{start} to {end} ({self.selection.reader.timezone})"

    @property
    def sections(self) -> Sequence[Section]:
        reader = self.selection.reader.handle
        own = self._section("Your photos", self.selection.own, OWN_SHOWN, f"user/{reader}/")
        others = self._section("New from everyone", self.selection.from_others, OTHERS_SHOWN, "")
        return [section for section in (own, others) if section.photos]

    @property
    def preheader(self) -> str:
        """The text that an inbox shows after the subject."""
        photos = [photo for section in reversed(self.sections) for photo in section.photos]
        captions = [caption for caption in map(self.caption, photos) if caption]
        return " · ".join(captions[:3]) or self.time_range

    @property
    def unsubscribe_url(self) -> str:
        return self.url(f"unsubscribe/{self.token}")

    def url(self, path: str) -> str:
        return f"{self.settings.public_url.rstrip('/')}/{path}"

    def photo_url(self, photo: Photo) -> str:
        return self.url(f"photo/{photo.id}/")

    def caption(self, photo: Photo) -> str:
        return one_line(photo.caption, CAPTION_SHOWN)

    def author(self, photo: Photo) -> str:
        if photo.user == self.selection.reader.handle:
            return "you"
        return one_line(self.selection.names.get(photo.user, ""), NAME_SHOWN) or photo.user

    def format_time(self, moment: datetime) -> str:
        local = moment.astimezone(ZoneInfo(self.selection.reader.timezone))
        return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}, {local:%H:%M}"

    def count(self, photos: Sequence[Photo], noun: str) -> str:
        plus = "+" if self.selection.has_more else ""
        return f"1 {noun}" if len(photos) == 1 and not plus else f"{len(photos)}{plus} {noun}s"

    @property
    def _period_name(self) -> str:
        return "since yesterday" if self.period.kind == "daily" else "in the last week"

    def _authors(self) -> str:
        names = list(dict.fromkeys(self.author(photo) for photo in self.selection.from_others))
        hidden = len(names) - NAMES_SHOWN
        if hidden > 0:
            names = [*names[:NAMES_SHOWN], "1 other" if hidden == 1 else f"{hidden} others"]
        return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)

    def _section(self, heading: str, photos: Sequence[Photo], limit: int, path: str) -> Section:
        hidden = len(photos) - limit
        more = f"and {hidden}{'+' if self.selection.has_more else ''} more" if hidden > 0 else ""
        return Section(heading=heading, photos=photos[:limit], more=more, url=self.url(path))


DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Listed here because the names that strftime returns depend on the locale of the machine."""


def one_line(text: str, max_length: int) -> str:
    """Return one line of printable characters, cut to a maximum length."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    line = " ".join(printable.split())
    return line if len(line) <= max_length else line[: max_length - 1].rstrip() + "…"
