"""The pictures themselves: renditions for everyone, forever; originals for their owner only."""

from flask import Blueprint, Response, render_template, request

from timeline.errors import NotFound
from timeline.photos.model import Photo
from timeline.photos.read import PhotoFile, get_photo, link_to_large_original, read_file
from timeline.pictures.encoder import JPEG
from timeline.serving import caller_if_signed_in, current_backends, public
from web_frontend.photo_cards import PhotoCard
from web_frontend.storage_links import redirect_to_storage

A_YEAR = 365 * 24 * 60 * 60
A_MINUTE = 60
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A picture opened by its own address must not be able to do anything, whatever its bytes say it is."""

images = Blueprint("images", __name__)


@images.get("/<photo_id>/")
@public
def picture(photo_id: str) -> Response:
    if "original" in request.args:
        return original(photo_id)
    photo = get_photo(current_backends(), photo_id)
    if photo.status == "processing":
        return _not_yet(photo)
    name = _largest(photo)
    response = _open(read_file(current_backends(), photo_id, name), name)
    response.cache_control.max_age = A_MINUTE
    return response


@images.get("/<photo_id>/original")
@public
def original(photo_id: str) -> Response:
    """To anyone but the owner there is nothing here."""
    photo = get_photo(current_backends(), photo_id)
    caller = caller_if_signed_in()
    if caller is None or caller.handle != photo.user:
        raise NotFound
    link = link_to_large_original(current_backends(), photo)
    if link is not None:
        return redirect_to_storage(link)
    response = _picture(read_file(current_backends(), photo_id))
    response.headers["Content-Disposition"] = "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@images.get("/<photo_id>/<file_name>")
@public
def rendition(photo_id: str, file_name: str) -> Response:
    response = _open(read_file(current_backends(), photo_id, file_name), file_name)
    response.cache_control.max_age = A_YEAR
    response.cache_control.immutable = True
    return response


def _open(found: PhotoFile, name: str) -> Response:
    """The name holds the hash of the bytes, so it serves as the ETag."""
    response = _picture(found)
    response.cache_control.public = True
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(name)
    return response.make_conditional(request)  # type: ignore[return-value]  # it returns itself


def _picture(found: PhotoFile) -> Response:
    return Response(found.content, mimetype=found.content_type, headers={"Content-Security-Policy": POLICY})


def _largest(photo: Photo) -> str:
    """As everybody can read it. Raises NotFound for a photo that could not be read."""
    if not photo.renditions:
        raise NotFound("There is no picture: the file that was posted could not be read.")
    readable = [each for each in photo.renditions if each.type == JPEG] or photo.renditions
    return max(readable, key=lambda each: each.width * each.height).file_name


def _not_yet(photo: Photo) -> Response:
    """Accepted, and not ready: a neutral box of the right shape until then."""
    drawing = render_template("placeholder.svg", photo=PhotoCard.of(photo))
    response = Response(drawing, 202, mimetype="image/svg+xml", headers={"Content-Security-Policy": POLICY})
    response.headers["Retry-After"] = "1"
    response.cache_control.no_store = True
    return response
