"""A picture posted as multipart/form-data, by a phone or by the form of the website."""

from typing import BinaryIO, cast

from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge

from timeline.errors import ImageMissing, ImageTooLarge, InvalidRequest, RequestTooLarge, TimelineError
from timeline.photos.create import MAX_BYTES, NewPhoto
from timeline.serving.logs import current_trace

FORM_BYTES = 256 * 1024
"""The boundaries, a caption of 500 characters and an ID token around the picture, with room to spare."""
MAX_REQUEST_BYTES = MAX_BYTES + FORM_BYTES
TEXT_FORM_BYTES = 64 * 1024
"""An ID token and a caption, every letter of it escaped, fit three times."""
PLATFORM_BYTES = 32 * 1024 * 1024
"""App Engine lets nothing larger through."""


def install(app: Flask) -> None:
    app.before_request(_keep_text_forms_small)


def read_upload() -> NewPhoto:
    """Raises ImageMissing, ImageTooLarge, InvalidRequest, RequestTooLarge.

    Werkzeug keeps files above 500 KB on disk.
    """
    try:
        file = request.files.get("image")
        caption = request.form.get("caption", "")
        dedupe = _is_true(request.form.get("dedupe", "false"))
    except RequestEntityTooLarge as error:
        _read_to_the_end()
        raise _too_large() from error
    if file is None or _is_empty(cast("BinaryIO", file.stream)):
        raise ImageMissing
    key = request.headers.get("Idempotency-Key")
    return NewPhoto(
        image=cast("BinaryIO", file.stream),
        caption=caption,
        idempotency_key=key,
        trace=current_trace(),
        dedupe=dedupe,
    )


def _keep_text_forms_small() -> None:
    """Werkzeug bounds multipart forms only: 4 MB of `a=&b=&…` are five seconds of a processor."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = TEXT_FORM_BYTES


def _is_true(text: str) -> bool:
    if text not in ("true", "false"):
        raise InvalidRequest("dedupe is true or false.")
    return text == "true"


def _too_large() -> TimelineError:
    """Either all of it is, or one of the texts around a picture that would have passed."""
    is_all_of_it = (request.content_length or PLATFORM_BYTES) > MAX_REQUEST_BYTES
    return ImageTooLarge() if is_all_of_it else RequestTooLarge("A text of the form is too long.")


def _is_empty(stream: BinaryIO) -> bool:
    is_empty = not stream.read(1)
    stream.seek(0)
    return is_empty


def _read_to_the_end() -> None:
    """A client hears our answer only when it could finish talking."""
    left = min(request.content_length or PLATFORM_BYTES, PLATFORM_BYTES)
    stream = request.environ["wsgi.input"]
    while left > 0 and (chunk := stream.read(min(left, 1 << 16))):
        left -= len(chunk)
