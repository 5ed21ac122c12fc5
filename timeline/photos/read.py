"""Read one photo, or the bytes of its original or of a rendition."""

from dataclasses import dataclass

from timeline.accounts.users import user_of
from timeline.errors import NotFound
from timeline.interfaces import Backends
from timeline.photos.model import Photo, key_of, original_name, photo_of, rendition_name

LARGEST_ANSWER = (32 << 20) - (64 << 10)
"""App Engine sends at most 32 MB, headers included; an upload in pieces may have up to 50 MB."""
LINK_SECONDS = 600
"""Long enough for a slow connection to begin; a download that has begun goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFile:
    """The bytes of an original or of a rendition."""

    content: bytes
    content_type: str
    is_private: bool


def get_photo(backends: Backends, photo_id: str) -> Photo:
    """Raises NotFound, also when the owner's account was deleted. One read for both rows."""
    photo, owner = backends.entities.get(key_of(photo_id), key_of(photo_id)[:2])
    user_of(owner)
    return photo_of(photo)


def read_file(backends: Backends, photo_id: str, file_name: str | None = None) -> PhotoFile:
    """Return a rendition by its file name; without a name the original, which is private to its owner.

    Raises NotFound for an unknown photo, an unknown rendition, and erased files.
    """
    photo = get_photo(backends, photo_id)
    if file_name is None:
        content = backends.blobs.read(original_name(photo_id))
        return PhotoFile(content=content, content_type=photo.content_type, is_private=True)
    for rendition in photo.renditions:
        if rendition.file_name == file_name:
            content = backends.blobs.read(rendition_name(photo_id, rendition))
            return PhotoFile(content=content, content_type=rendition.type, is_private=False)
    raise NotFound


def link_to_large_original(backends: Backends, photo: Photo) -> str | None:
    """A link to Cloud Storage for an original that is too large for one answer; hand it to its owner alone.

    None for a smaller one. Raises NotFound for bytes already erased.
    """
    name = original_name(photo.id)
    blob = backends.blobs.find(name)
    if blob is None:
        raise NotFound
    if blob.size <= LARGEST_ANSWER:
        return None
    return backends.blobs.link(name, LINK_SECONDS, photo.download_name)
