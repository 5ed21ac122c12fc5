"""Photos as whoever looks at the page may see them."""

from flask import Response, jsonify, request

from timeline.photos.model import Photo
from timeline.streams.pages import Page
from web_frontend.browser_sessions import current_visitor
from web_frontend.photo_cards import CardPage, PhotoCard


def shown(photo: Photo) -> PhotoCard:
    return PhotoCard.of(photo, _viewer())


def shown_page(page: Page) -> CardPage:
    return CardPage.of(page, _viewer())


def newest(page: Page) -> Response:
    """The ids of what there is to see on a first page; 304 while that stays the same."""
    answer = jsonify(ids=[photo.id for photo in page.photos if photo.is_ready])
    answer.add_etag()
    return answer.make_conditional(request)  # type: ignore[return-value]  # it returns itself


def _viewer() -> str:
    visitor = current_visitor()
    return visitor.handle if visitor else ""
