"""Atom feeds (RFC 4287) of the newest photos."""

import re
from datetime import UTC, datetime

from flask import Response, render_template

from timeline.photos.model import Photo, Rendition
from timeline.pictures.sizes import JPEG, SIZES
from timeline.serving import current_backends
from timeline.serving.revalidation import revalidated
from timeline.streams.pages import Page

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
A_MINUTE = 60
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, 2.2: these characters are not allowed, even escaped."""


def feed_of(title: str, path: str, page: Page) -> Response:
    """Respond with the ready photos of a page, or 304 if they are unchanged."""
    photos = [photo for photo in page.photos if photo.is_ready]
    content = render_template(
        "feed.xml",
        title=title,
        path=path,
        site=current_backends().settings.public_url.rstrip("/"),
        photos=photos,
        names=page.names,
        updated=max((photo.created for photo in photos), default=NEVER),
        picture_of=_picture_of,
    )
    response = Response(NOT_IN_XML.sub("", content), mimetype="application/atom+xml")
    response.cache_control.public = True
    response.cache_control.max_age = A_MINUTE
    response.add_etag()
    return revalidated(response)


def _picture_of(photo: Photo) -> Rendition:
    """Return the JPEG that is as large as a feed reader shows it."""
    made = sorted((each for each in photo.renditions if each.type == JPEG), key=lambda each: each.width)
    return next((each for each in made if max(each.width, each.height) >= SIZES["wide"]), made[-1])
