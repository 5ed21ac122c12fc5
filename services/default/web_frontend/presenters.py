"""Convert photos to the view models for the current visitor."""

from zoneinfo import ZoneInfo

from flask import Response, jsonify, request

from timeline.accounts.users import get_user, timezones
from timeline.photos.model import Photo
from timeline.serving import current_backends
from timeline.serving.revalidation import revalidated
from timeline.streams.pages import Page
from web_frontend.browser_sessions import current_visitor
from web_frontend.photo_cards import CardPage, PhotoCard, Reader

TIMEZONE_COOKIE = "timezone"
"""Set by the page's script; it contains no personal data beyond the name of a time zone."""
DEFAULT_TIMEZONE = "UTC"


def card_of(photo: Photo) -> PhotoCard:
    owner = get_user(current_backends(), photo.user)
    return PhotoCard.of(photo, current_reader(), {photo.user: owner.display_name})


def card_page_of(page: Page) -> CardPage:
    return CardPage.of(page, current_reader())


def newest(page: Page) -> Response:
    """Respond with the IDs of the ready photos of a first page, or 304 if they are unchanged."""
    response = jsonify(ids=[photo.id for photo in page.photos if photo.is_ready])
    response.add_etag()
    return revalidated(response)


def current_reader() -> Reader:
    visitor = current_visitor()
    return Reader(handle=visitor.handle if visitor else "", zone=ZoneInfo(reader_timezone()))


def reader_timezone() -> str:
    """Return the time zone of the reader's browser, or UTC on the first visit."""
    name = request.cookies.get(TIMEZONE_COOKIE, DEFAULT_TIMEZONE)
    return name if name in timezones() else DEFAULT_TIMEZONE
