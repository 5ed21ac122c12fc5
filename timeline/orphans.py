"""Bytes that nobody owns: an upload whose commit never came, a rendition of a photo deleted meanwhile."""

from datetime import timedelta

from timeline.interfaces import Backends, Blob, Entity, Key
from timeline.photos import tombstones

OWNED = ("originals/", "renditions/", "exports/", "uploads/")
GRACE = timedelta(hours=1)
"""Longer than any request or task may take: bytes younger than this may still get their row."""
LOOKED_AT = 300
"""Blobs per folder and sweep; the next sweep goes on where this one stopped."""
STATE = ("Sweep", "orphans")


def erase(backends: Backends) -> int:
    """Look at the next blobs of each folder and erase the orphans among them; tell how many."""
    (state,) = backends.entities.get(STATE)
    starts = dict(state.values) if state else {}
    erased = 0
    for prefix in OWNED:
        blobs = backends.blobs.list(prefix, LOOKED_AT, str(starts.get(prefix, "")))
        starts[prefix] = blobs[-1].name if len(blobs) == LOOKED_AT else ""
        erased += _erase_orphans(backends, [blob for blob in blobs if _is_old(backends, blob)])
    backends.entities.put(Entity(STATE, starts))
    return erased


def _is_old(backends: Backends, blob: Blob) -> bool:
    return backends.clock.now() - blob.created > GRACE


def _erase_orphans(backends: Backends, blobs: list[Blob]) -> int:
    owners = {blob.name: _owner_of(blob.name) for blob in blobs}
    keys = sorted(set(owners.values()))
    rows = backends.entities.get(*keys) if keys else []
    present = {row.key for row in rows if row is not None}
    gone = {key for key in keys if key not in present and tombstones.is_gone(backends, key)}
    orphaned = [name for name, owner in owners.items() if owner in gone]
    backends.blobs.delete(orphaned)
    return len(orphaned)


def _owner_of(name: str) -> Key:
    """originals/HANDLE/KEY and renditions/HANDLE/KEY/FILE belong to the photo KEY of HANDLE."""
    parts = [*name.split("/"), "", ""]
    if parts[0] == "uploads":
        return ("User", parts[1] or "-", "Upload", parts[2] or "-")
    if parts[0] == "exports":
        return ("User", parts[1] or "-", "Export", "latest")
    return ("User", parts[1] or "-", "Photo", parts[2] or "-")
