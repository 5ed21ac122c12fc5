"""Which photos have which bytes: a row per photo, found by the SHA-256 of its original.

A posted picture can thus be recognised without an index on Photo: the rows of one digest lie side by side in
key order, and each comes and goes in the transaction of its photo.
"""

from timeline import idempotency
from timeline.interfaces import Backends, Entity, Key, Scan
from timeline.photos.model import KIND as PHOTO
from timeline.photos.model import Photo, key_of

KIND = "Original"
LOOKED_AT = 5
"""More than one only where photos are deleted while somebody posts their bytes again."""


def row_of(photo: Photo) -> Entity:
    """Only for a photo whose digest is known."""
    return Entity(row_key(photo), {})


def row_key(photo: Photo) -> Key:
    key = key_of(photo.id)
    return (*key[:2], KIND, f"{photo.digest}-{key[3]}")


def photos_with(backends: Backends, user: str, digest: str) -> tuple[Key, ...]:
    """The keys of the newest photos of these bytes; strongly consistent."""
    parent = ("User", user)
    before = (*parent, KIND, f"{digest}-")
    rows = backends.entities.scan(Scan(kind=KIND, parent=parent, after=before, limit=LOOKED_AT))
    found = [row.key[3].split("-", 1) for row in rows]
    return tuple((*parent, PHOTO, key) for known, key in found if known == digest)


def claim_key(photo: Photo) -> Key:
    """Of the row that parts twins: both write it, so one of their transactions sees what the other posted.

    It is needed for as long as a request takes, and is swept with the idempotency keys: in effect it is one.
    """
    return ("User", photo.user, idempotency.KIND, f"dedupe:{photo.digest}")


def claim_of(photo: Photo) -> Entity:
    values = {"photo": key_of(photo.id)[3], "created": photo.created}
    return Entity(claim_key(photo), values, frozenset({"created"}))


def claimed_by(row: Entity) -> Key:
    return (*row.key[:2], PHOTO, row.values["photo"])
