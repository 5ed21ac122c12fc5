"""Serve image files: renditions to everyone, originals to their owner."""

from flask import Blueprint, Response, render_template, request

from timeline.errors import NotFound
from timeline.photos.model import Photo
from timeline.photos.read import PhotoFile, get_photo, link_to_large_original, read_file
from timeline.pictures.sizes import JPEG
from timeline.serving import caller_if_signed_in, current_backends, public
from timeline.serving.revalidation import revalidated
from web_frontend.photo_cards import PhotoCard
from web_frontend.storage_links import redirect_to_storage

A_YEAR = 365 * 24 * 60 * 60
A_DAY = 24 * 60 * 60
"""The picture of a deleted account is not kept by browsers for much longer."""
A_MINUTE = 60
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""An image opened in its own tab must not run scripts, whatever its bytes are."""

images = Blueprint("images", __name__)


@images.get("/<photo_id>/")
@public
def picture(photo_id: str) -> Response:
    if "original" in request.args:
        return original(photo_id)
    photo = get_photo(current_backends(), photo_id)
    if photo.status == "processing":
        return _placeholder(photo)
    name = _largest(photo)
    response = _public_image(read_file(current_backends(), photo_id, name), name)
    response.cache_control.max_age = A_MINUTE
    return response


@images.get("/<photo_id>/original")
@public
def original(photo_id: str) -> Response:
    """Raises NotFound for everyone but the owner."""
    photo = get_photo(current_backends(), photo_id)
    caller = caller_if_signed_in()
    if caller is None or caller.handle != photo.user:
        raise NotFound
    link = link_to_large_original(current_backends(), photo)
    if link is not None:
        return redirect_to_storage(link)
    response = _image(read_file(current_backends(), photo_id))
    response.headers.set("Content-Disposition", "attachment", filename=photo.download_name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@images.get("/<photo_id>/<file_name>")
@public
def rendition(photo_id: str, file_name: str) -> Response:
    response = _public_image(read_file(current_backends(), photo_id, file_name), file_name)
    response.cache_control.max_age = A_YEAR
    response.cache_control.immutable = True
    return response


def jpeg_of(content: bytes, name: str) -> Response:
    """Respond with a JPEG whose name contains the hash of its bytes."""
    response = _public_image(PhotoFile(content=content, content_type=JPEG, is_private=False), name)
    response.cache_control.max_age = A_DAY
    return response


def _public_image(file: PhotoFile, name: str) -> Response:
    """Use the name, which contains the hash of the bytes, as the ETag."""
    response = _image(file)
    response.cache_control.public = True
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(name)
    return revalidated(response)


def _image(file: PhotoFile) -> Response:
    return Response(file.content, mimetype=file.content_type, headers={"Content-Security-Policy": POLICY})


def _largest(photo: Photo) -> str:
    """Return the largest JPEG, which every browser shows. Raises NotFound for a failed photo."""
    if not photo.renditions:
        raise NotFound("This photo has no image, because the posted file could not be read.")
    readable = [each for each in photo.renditions if each.type == JPEG] or photo.renditions
    return max(readable, key=lambda each: each.width * each.height).file_name


def _placeholder(photo: Photo) -> Response:
    """Respond with 202 and a box of the photo's shape until its renditions are ready."""
    drawing = render_template("placeholder.svg", photo=PhotoCard.of(photo))
    response = Response(drawing, 202, mimetype="image/svg+xml", headers={"Content-Security-Policy": POLICY})
    response.headers["Retry-After"] = "1"
    response.cache_control.no_store = True
    return response
