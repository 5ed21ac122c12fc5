"""Erase orphaned blobs: originals whose commit failed, and renditions of deleted photos."""

from datetime import timedelta

from timeline.interfaces import Backends, Blob, Entity, Key
from timeline.photos import tombstones

PREFIXES = ("originals/", "renditions/", "exports/", "uploads/")
GRACE = timedelta(hours=1)
"""Longer than any request or task may take: the row of a younger blob may still be committed."""
BATCH = 300
"""Blobs per prefix and sweep; the next sweep continues where this one stopped."""
STATE = ("Sweep", "orphans")


def erase(backends: Backends) -> int:
    """Check the next blobs of each prefix, erase the orphans among them, and return their number."""
    (state,) = backends.entities.get(STATE)
    starts = dict(state.values) if state else {}
    erased = 0
    for prefix in PREFIXES:
        blobs = backends.blobs.list(prefix, BATCH, str(starts.get(prefix, "")))
        starts[prefix] = blobs[-1].name if len(blobs) == BATCH else ""
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
    deleted = {key for key in keys if key not in present and tombstones.is_gone(backends, key)}
    orphaned = [name for name, owner in owners.items() if owner in deleted]
    backends.blobs.delete(orphaned)
    return len(orphaned)


def _owner_of(name: str) -> Key:
    """Return the key of the owner of a blob such as originals/HANDLE/KEY or renditions/HANDLE/KEY/FILE."""
    parts = [*name.split("/"), "", ""]
    if parts[0] == "uploads":
        return ("User", parts[1] or "-", "Upload", parts[2] or "-")
    if parts[0] == "exports":
        return ("User", parts[1] or "-", "Export", "latest")
    return ("User", parts[1] or "-", "Photo", parts[2] or "-")
