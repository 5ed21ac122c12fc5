"""Erase orphaned blobs: originals whose commit failed, renditions of deleted photos, unused pictures."""

from datetime import timedelta

from timeline.interfaces import Backends, Blob, Entity, Key, Scan
from timeline.photos import avatars, tombstones

GRACE = timedelta(hours=1)
"""Longer than any request or task may take: the row of a younger blob may still be committed."""
BATCHES = {"originals/": 1_000, "renditions/": 3_000, "exports/": 300, "uploads/": 300, "avatars/": 300}
"""Blobs per sweep, every five minutes; the next sweep continues where this one stopped. With 100,000 photos
and six renditions of each, a round takes 17 hours. Cloud Storage lists 1,000 blobs in one call."""
RANGE = 3_000
"""Keys that one query returns, at most."""
STATE = ("Sweep", "orphans")


def erase(backends: Backends) -> int:
    """Check the next blobs of each prefix, erase the orphans among them, and return their number."""
    (state,) = backends.entities.get(STATE)
    starts = dict(state.values) if state else {}
    erased = 0
    for prefix, batch in BATCHES.items():
        blobs = backends.blobs.list(prefix, batch, str(starts.get(prefix, "")))
        starts[prefix] = blobs[-1].name if len(blobs) == batch else ""
        find = _unused_pictures if prefix == "avatars/" else _orphans
        names = find(backends, [blob.name for blob in blobs if _is_old(backends, blob)])
        backends.blobs.delete(names)
        erased += len(names)
    backends.entities.put(Entity(STATE, starts))
    return erased


def _is_old(backends: Backends, blob: Blob) -> bool:
    return backends.clock.now() - blob.created > GRACE


def _orphans(backends: Backends, names: list[str]) -> list[str]:
    owners = {name: _owner_of(name) for name in names}
    keys = sorted(set(owners.values()))
    missing = sorted(set(keys) - _listed(backends, keys))
    rows = backends.entities.get(*missing) if missing else []
    present = {row.key for row in rows if row is not None}
    deleted = {key for key in missing if key not in present and tombstones.is_gone(backends, key)}
    return [name for name, owner in owners.items() if owner in deleted]


def _unused_pictures(backends: Backends, names: list[str]) -> list[str]:
    """Return the files of users' pictures that neither are shown nor wait for their rendering."""
    keys = sorted({("User", name.split("/")[1] or "-") for name in names})
    rows = backends.entities.get(*keys) if keys else []
    used = {
        f"{avatars.folder_of(key[1])}{file}"
        for key, row in zip(keys, rows, strict=True)
        for file in avatars.files_in_use(row)
    }
    return [name for name in names if name not in used]


def _listed(backends: Backends, keys: list[Key]) -> set[Key]:
    """Return those of the sorted keys that a query for keys finds, which costs far less than reading rows.

    Names of blobs and keys have nearly the same order, so the keys of a batch are neighbours. The query may
    be outdated, and other rows may use up its limit: the caller reads the rows of all other keys.
    """
    if not keys:
        return set()
    before = (*keys[0][:3], keys[0][3][:-1] or "-")
    limit = min(RANGE, 2 * len(keys))
    scan = Scan(kind=keys[0][2], after=before, until=keys[-1], limit=limit, keys_only=True)
    return {row.key for row in backends.entities.scan(scan)} & set(keys)


def _owner_of(name: str) -> Key:
    """Return the key of the owner of a blob such as originals/HANDLE/KEY or renditions/HANDLE/KEY/FILE."""
    parts = [*name.split("/"), "", ""]
    if parts[0] == "uploads":
        return ("User", parts[1] or "-", "Upload", parts[2] or "-")
    if parts[0] == "exports":
        return ("User", parts[1] or "-", "Export", "latest")
    return ("User", parts[1] or "-", "Photo", parts[2] or "-")
