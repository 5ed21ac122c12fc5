"""Read a photo posted as multipart/form-data by an app or by the website's form."""

from typing import BinaryIO, cast

from flask import Flask, Request, request
from werkzeug.exceptions import RequestEntityTooLarge

from timeline.errors import ImageMissing, ImageTooLarge, InvalidRequest, RequestTooLarge, TimelineError
from timeline.photos.create import MAX_BYTES, NewPhoto
from timeline.serving.logs import current_trace
from timeline.serving.multipart import TolerantFormParser

FORM_BYTES = 256 * 1024
"""Enough for the multipart boundaries, a caption of 500 characters and an ID token."""
MAX_REQUEST_BYTES = MAX_BYTES + FORM_BYTES
TEXT_BYTES = 64 * 1024
"""Of a body without files: three times an ID token and a caption with every character escaped."""
PLATFORM_BYTES = 32 * 1024 * 1024
"""App Engine's limit for a request."""


class _Request(Request):
    form_data_parser_class = TolerantFormParser


def install(app: Flask) -> None:
    app.request_class = _Request
    app.before_request(_keep_texts_small)


def read_upload() -> NewPhoto:
    """Raises ImageMissing, ImageTooLarge, InvalidRequest, RequestTooLarge."""
    try:
        files = request.files.getlist("image")
        _check_parts(len(files))
        file = next(iter(files), None)
        caption = request.form.get("caption", "")
        dedupe = _is_true(request.form.get("dedupe", "false"))
    except RequestEntityTooLarge as error:
        _drain_request()
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


def _check_parts(images: int) -> None:
    """Refuse what would be ignored."""
    if images > 1:
        raise InvalidRequest("Send one image per request.")
    if "caption" in request.files:
        raise InvalidRequest("caption must be text, not a file.")


def _keep_texts_small() -> None:
    """Limit urlencoded forms, which Werkzeug does not, and JSON.

    Parsing 4 MB of `a=&b=&…` takes five seconds; cleaning a name of 20 MB takes four.
    """
    if request.mimetype in ("application/x-www-form-urlencoded", "application/json"):
        request.max_content_length = TEXT_BYTES


def _is_true(text: str) -> bool:
    """Accept `True` too, which generated Python clients send."""
    if text.lower() not in ("true", "false"):
        raise InvalidRequest("dedupe must be true or false.")
    return text.lower() == "true"


def _too_large() -> TimelineError:
    """Tell whether the whole request is too large, or only a text field of the form."""
    is_whole_request = (request.content_length or PLATFORM_BYTES) > MAX_REQUEST_BYTES
    return ImageTooLarge() if is_whole_request else RequestTooLarge("A text field of the form is too long.")


def _is_empty(stream: BinaryIO) -> bool:
    is_empty = not stream.read(1)
    stream.seek(0)
    return is_empty


def _drain_request() -> None:
    """Read the rest of the request: many clients read the response only after sending everything."""
    left = min(request.content_length or PLATFORM_BYTES, PLATFORM_BYTES)
    stream = request.environ["wsgi.input"]
    while left > 0 and (chunk := stream.read(min(left, 1 << 16))):
        left -= len(chunk)
