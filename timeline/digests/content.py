"""What a summary tells, in words and numbers, before it becomes text or HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from timeline.digests.periods import Period
from timeline.digests.selection import Selection
from timeline.photos.model import Photo
from timeline.settings import Settings

OWN_SHOWN, OTHERS_SHOWN = 4, 12
"""A mail is a reason to look, not the timeline itself; Gmail cuts off behind 102 KB."""
CAPTION_SHOWN, NAME_SHOWN, NAMES_SHOWN = 100, 32, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Some photos under a heading; `rest` says how many are not shown and `all_of_it` links to them."""

    heading: str
    photos: Sequence[Photo]
    rest: str
    all_of_it: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One summary for one reader; `token` is what the unsubscribe link carries."""

    settings: Settings
    news: Selection
    period: Period
    token: str

    @property
    def is_worth_telling(self) -> bool:
        return bool(self.news.photos)

    @property
    def headline(self) -> str:
        """In one line, whatever people call themselves."""
        if not self.is_worth_telling:
            return "Nothing new"
        if not self.news.from_others:
            return f"You posted {self.count(self.news.own, 'photo')}"
        return f"{self.count(self.news.from_others, 'new photo')} from {self._authors()}"

    @property
    def greeting(self) -> str:
        return f"Hello {one_line(self.news.reader.display_name, NAME_SHOWN)},"

    @property
    def introduction(self) -> str:
        if not self.is_worth_telling:
            return "nobody posted a photo in this time: there is nothing to tell, so no mail would be sent."
        return f"this is what happened in your photo timeline {self._in_the_time}."

    @property
    def span(self) -> str:
        """The borders of the period, as the reader's own clock showed them."""
        zone = self.news.reader.timezone
        return f"{self.when(self.news.since)} to {self.when(self.news.until)} ({zone})"

    @property
    def sections(self) -> Sequence[Section]:
        reader = self.news.reader.handle
        own = self._section("Your photos", self.news.own, OWN_SHOWN, f"user/{reader}/")
        others = self._section("New from everyone", self.news.from_others, OTHERS_SHOWN, "")
        return [section for section in (own, others) if section.photos]

    @property
    def teaser(self) -> str:
        """What a list of mails shows behind the subject."""
        shown = [photo for section in reversed(self.sections) for photo in section.photos]
        captions = [caption for caption in map(self.caption, shown) if caption]
        return " · ".join(captions[:3]) or self.span

    @property
    def way_out(self) -> str:
        return self.link(f"unsubscribe/{self.token}")

    def link(self, path: str) -> str:
        return f"{self.settings.public_url.rstrip('/')}/{path}"

    def page_of(self, photo: Photo) -> str:
        return self.link(f"photo/{photo.id}/")

    def caption(self, photo: Photo) -> str:
        return one_line(photo.caption, CAPTION_SHOWN)

    def who(self, photo: Photo) -> str:
        if photo.user == self.news.reader.handle:
            return "you"
        return one_line(self.news.names.get(photo.user, ""), NAME_SHOWN) or photo.user

    def when(self, moment: datetime) -> str:
        local = moment.astimezone(ZoneInfo(self.news.reader.timezone))
        return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}, {local:%H:%M}"

    def count(self, photos: Sequence[Photo], noun: str) -> str:
        many = "+" if self.news.has_more else ""
        return f"1 {noun}" if len(photos) == 1 and not many else f"{len(photos)}{many} {noun}s"

    @property
    def _in_the_time(self) -> str:
        return "since yesterday" if self.period.kind == "daily" else "in the last week"

    def _authors(self) -> str:
        names = list(dict.fromkeys(self.who(photo) for photo in self.news.from_others))
        hidden = len(names) - NAMES_SHOWN
        if hidden > 0:
            names = [*names[:NAMES_SHOWN], "1 other" if hidden == 1 else f"{hidden} others"]
        return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)

    def _section(self, heading: str, photos: Sequence[Photo], shown: int, path: str) -> Section:
        hidden = len(photos) - shown
        rest = f"and {hidden}{'+' if self.news.has_more else ''} more" if hidden > 0 else ""
        return Section(heading=heading, photos=photos[:shown], rest=rest, all_of_it=self.link(path))


DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Spelled here, because strftime speaks the language of the machine."""


def one_line(text: str, longest: int) -> str:
    """Lay out as one line of printable characters, cut to a length."""
    kept = "".join(sign if sign.isprintable() else " " for sign in text)
    tidy = " ".join(kept.split())
    return tidy if len(tidy) <= longest else tidy[: longest - 1].rstrip() + "…"
