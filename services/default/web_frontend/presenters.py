"""Convert photos to the view models for the current visitor."""

from flask import Response, jsonify, request

from timeline.photos.model import Photo
from timeline.streams.pages import Page
from web_frontend.browser_sessions import current_visitor
from web_frontend.photo_cards import CardPage, PhotoCard


def card_of(photo: Photo) -> PhotoCard:
    return PhotoCard.of(photo, _viewer())


def card_page_of(page: Page) -> CardPage:
    return CardPage.of(page, _viewer())


def newest(page: Page) -> Response:
    """Respond with the IDs of the ready photos of a first page, or 304 if they are unchanged."""
    response = jsonify(ids=[photo.id for photo in page.photos if photo.is_ready])
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]  # it returns itself


def _viewer() -> str:
    visitor = current_visitor()
    return visitor.handle if visitor else ""
