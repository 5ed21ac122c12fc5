"""The summary as plain text, for those who read mail that way."""

from collections.abc import Iterator

from timeline.digests.content import Content, Section
from timeline.photos.model import Photo


def text_of(story: Content) -> str:
    return "\n".join(_lines(story))


def _lines(story: Content) -> Iterator[str]:
    yield from (story.headline, story.span, "", story.greeting, "", story.introduction, "")
    for section in story.sections:
        yield from _section(story, section)
    yield from (f"Open the timeline: {story.link('')}", "", "-- ", _why(story), "")
    yield from ("How often, or never:", story.link("settings"), "No more summaries, in one click:")
    yield from (story.way_out, "")


def _section(story: Content, section: Section) -> Iterator[str]:
    yield from (section.heading, "=" * len(section.heading), "")
    for photo in section.photos:
        yield from _photo(story, photo)
    if section.rest:
        yield from (f"… {section.rest}: {section.all_of_it}", "")


def _photo(story: Content, photo: Photo) -> Iterator[str]:
    yield f"* {story.caption(photo) or '(no caption)'}"
    yield f"  {story.who(photo)}, {story.when(photo.created)}"
    yield from (f"  {story.page_of(photo)}", "")


def _why(story: Content) -> str:
    return f"You get this {story.period.kind} summary because you asked for it."
