"""The content of one summary: its words, numbers and links, before it becomes text or HTML."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from timeline import captions
from timeline.digests.periods import LENGTHS, Period
from timeline.digests.selection import Selection
from timeline.photos.model import Photo
from timeline.settings import Settings

OWN_SHOWN, OTHERS_SHOWN, YEAR_AGO_SHOWN = 4, 9, 2
"""An email invites to the timeline, it does not replace it. Gmail clips emails above 102 KB."""
CAPTION_SHOWN, NAME_SHOWN, NAMES_SHOWN = 100, 32, 2
LARGE_CHOICES = 4
"""The large picture is the first of these many with a shape that fills the width well, else the first."""
NARROWEST_LARGE, WIDEST_LARGE = 1.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Photos under a heading, the first one larger than the others if `has_large` is true.

    `more` says how many are not shown, and `url` links to all of them.
    """

    heading: str
    photos: Sequence[Photo]
    more: str = ""
    url: str = ""
    has_large: bool = False


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
        others, own = self.selection.from_others, self.selection.own
        if not self.has_photos:
            return "Nothing new"
        if not others:
            return f"You posted {count(own, 'photo')}"
        return f"{count(others, 'new photo', self.selection.has_more)} from {self._authors()}"

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
        """The photos of others, of the reader, and of a year before; the first one has a large picture."""
        found = [self._from_others(), self._own(), self._a_year_ago()]
        first, *rest = [section for section in found if section.photos] or [Section(heading="", photos=())]
        return [replace(first, has_large=True), *rest] if first.photos else []

    @property
    def preheader(self) -> str:
        """The text that an inbox shows after the subject."""
        photos = [photo for section in self.sections for photo in section.photos]
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
        return "you" if photo.user == self.selection.reader.handle else self._name(photo.user)

    def format_time(self, moment: datetime) -> str:
        local = moment.astimezone(ZoneInfo(self.selection.reader.timezone))
        year = "" if self.selection.until - moment < timedelta(days=180) else f" {local.year}"
        return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}{year}, {local:%H:%M}"

    @property
    def _period_name(self) -> str:
        """Name the day if the previous email was missed, or sent early."""
        since, until = self.selection.since, self.selection.until
        if abs(until - since - LENGTHS[self.period.kind]) > LENGTHS[self.period.kind] / 2:
            return f"since {self.format_time(since)}"
        return "since yesterday" if self.period.kind == "daily" else "in the last week"

    def _authors(self) -> str:
        handles = list(dict.fromkeys(photo.user for photo in self.selection.from_others))
        named = [self._unique_name(handle, handles) for handle in handles[:NAMES_SHOWN]]
        hidden = len(handles) - len(named)
        if hidden:
            plus = "+" if self.selection.has_more else ""
            named.append("1 other" if hidden == 1 and not plus else f"{hidden}{plus} others")
        return " and ".join(part for part in (", ".join(named[:-1]), named[-1]) if part)

    def _unique_name(self, handle: str, handles: Sequence[str]) -> str:
        """Add the handle if several of these users have the same display name."""
        name = self._name(handle)
        namesakes = [other for other in handles if self._name(other) == name]
        return name if len(namesakes) == 1 or name == handle else f"{name} ({handle})"

    def _name(self, handle: str) -> str:
        return one_line(self.selection.names.get(handle, ""), NAME_SHOWN) or handle

    def _from_others(self) -> Section:
        photos = self.selection.from_others
        shown = _large_first(of_different_people(photos, OTHERS_SHOWN))
        more = more_of(len(photos) - len(shown), self.selection.has_more)
        return Section(heading="New from others", photos=shown, more=more, url=self.url(""))

    def _own(self) -> Section:
        photos = self.selection.own
        more, url = more_of(len(photos) - OWN_SHOWN), self.url(f"user/{self.selection.reader.handle}/")
        return Section(heading="Your photos", photos=photos[:OWN_SHOWN], more=more, url=url)

    def _a_year_ago(self) -> Section:
        return Section(heading="A year ago", photos=self.selection.a_year_ago[:YEAR_AGO_SHOWN])


def of_different_people(photos: Sequence[Photo], limit: int) -> list[Photo]:
    """Return the newest photo of each person, then the second of each, and so on."""
    earlier: Counter[str] = Counter()
    ranks = []
    for photo in photos:
        ranks.append(earlier[photo.user])
        earlier[photo.user] += 1
    order = sorted(range(len(photos)), key=lambda number: ranks[number])
    return [photos[number] for number in order[:limit]]


def count(photos: Sequence[Photo], noun: str, has_more: bool = False) -> str:
    plus = "+" if has_more else ""
    return f"1 {noun}" if len(photos) == 1 and not plus else f"{len(photos)}{plus} {noun}s"


def more_of(hidden: int, has_more: bool = False) -> str:
    """Say how many photos are not shown; an empty text for none."""
    return f"and {hidden}{'+' if has_more else ''} more" if hidden > 0 else ""


def _large_first(photos: Sequence[Photo]) -> Sequence[Photo]:
    fitting = (number for number, photo in enumerate(photos[:LARGE_CHOICES]) if _fills_the_width(photo))
    large = next(fitting, 0)
    return [*photos[large : large + 1], *photos[:large], *photos[large + 1 :]]


def _fills_the_width(photo: Photo) -> bool:
    return NARROWEST_LARGE <= photo.width / photo.height <= WIDEST_LARGE


DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Listed here because the names that strftime returns depend on the locale of the machine."""


def one_line(text: str, max_length: int) -> str:
    """Return one line without control characters, cut to a maximum length."""
    return captions.shorten(captions.one_line(text), max_length)
