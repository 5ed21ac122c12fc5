"""The dedupe index: finds a user's photos by the SHA-256 of their originals.

It has one row per photo, written and deleted in the transaction of the photo. The key starts with the digest,
so an ancestor scan in key order finds equal bytes without a Datastore index.
"""

from timeline import idempotency
from timeline.interfaces import Backends, Entity, Key, Scan
from timeline.photos.model import KIND as PHOTO
from timeline.photos.model import Photo, key_of

KIND = "Original"
MAX_CANDIDATES = 5
"""There is more than one only when photos are deleted while the same bytes are posted again."""


def row_of(photo: Photo) -> Entity:
    """The photo's digest must be known."""
    return Entity(row_key(photo), {})


def row_key(photo: Photo) -> Key:
    key = key_of(photo.id)
    return (*key[:2], KIND, f"{photo.digest}-{key[3]}")


def photos_with(backends: Backends, user: str, digest: str) -> tuple[Key, ...]:
    """Return the keys of the user's newest photos with this digest; strongly consistent."""
    parent = ("User", user)
    before = (*parent, KIND, f"{digest}-")
    rows = backends.entities.scan(Scan(kind=KIND, parent=parent, after=before, limit=MAX_CANDIDATES))
    found = [row.key[3].split("-", 1) for row in rows]
    return tuple((*parent, PHOTO, key) for known, key in found if known == digest)


def claim_key(photo: Photo) -> Key:
    """Return the key of the row that two concurrent requests with equal bytes both write.

    One of the two transactions therefore runs again and finds the other's photo. The row is needed only
    for the length of a request, and is swept with the idempotency records.
    """
    return ("User", photo.user, idempotency.KIND, f"dedupe:{photo.digest}")


def claim_of(photo: Photo) -> Entity:
    values = {"photo": key_of(photo.id)[3], "created": photo.created}
    return Entity(claim_key(photo), values, frozenset({"created"}))


def claimed_by(row: Entity) -> Key:
    return (*row.key[:2], PHOTO, row.values["photo"])
