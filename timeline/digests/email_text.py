"""Render a summary as plain text."""

from collections.abc import Iterator
from textwrap import TextWrapper

from timeline.digests.content import Content, Section
from timeline.photos.model import Photo

LINE_WIDTH = 78
"""RFC 5322, 2.1.1: the recommended length of a line."""
LINES = TextWrapper(
    LINE_WIDTH, initial_indent="* ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
)


def text_of(content: Content) -> str:
    return "\n".join(_lines(content))


def _lines(content: Content) -> Iterator[str]:
    yield from (content.headline, content.time_range, "", content.greeting, "", content.introduction, "")
    for section in content.sections:
        yield from _section(content, section)
    yield from (f"Open the timeline: {content.url('')}", "", "-- ", _reason(content), "")
    yield from ("Change how often you get it:", content.url("settings"), "Unsubscribe:")
    yield from (content.unsubscribe_url, "")


def _section(content: Content, section: Section) -> Iterator[str]:
    yield from (section.heading, "=" * len(section.heading), "")
    for photo in section.photos:
        yield from _photo(content, photo)
    if section.more:
        yield from (f"… {section.more}: {section.url}", "")


def _photo(content: Content, photo: Photo) -> Iterator[str]:
    caption = content.caption(photo) or "(no caption)"
    yield from LINES.wrap(caption)
    yield f"  {content.author(photo)}, {content.format_time(photo.created)}"
    yield from (f"  {content.photo_url(photo)}", "")


def _reason(content: Content) -> str:
    return f"You receive this {content.period.kind} summary because you turned it on in your settings."
