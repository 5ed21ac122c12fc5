"""Edit the caption of a photo."""

from collections.abc import Collection
from dataclasses import replace

from timeline import captions
from timeline.interfaces import Backends, Transaction
from timeline.photos.model import Photo
from timeline.photos.writes import check_owner, photo_within, put_if_changed, write


def change_caption(
    backends: Backends, photo_id: str, caption: str, by: str, if_match: Collection[str] | None = None
) -> Photo:
    """Change the caption of the owner's photo. `if_match` lists the revisions that may be changed."""
    cleaned = captions.clean(caption)

    def work(transaction: Transaction) -> Photo:
        photo = photo_within(transaction, photo_id)
        check_owner(photo, by, if_match)
        return put_if_changed(transaction, photo, replace(photo, caption=cleaned))

    return write(backends, photo_id, work)
