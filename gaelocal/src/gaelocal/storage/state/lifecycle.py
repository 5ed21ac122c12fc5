"""Apply lifecycle rules and Autoclass, as Cloud Storage does some time after an object qualifies."""

from collections.abc import Callable, Iterator
from typing import Any

from gaelocal.storage.state import retention
from gaelocal.storage.state.errors import StorageError
from gaelocal.storage.state.records import Bucket, Fields, StoredObject, seconds_of
from gaelocal.storage.state.store import Store

DAY = 24 * 3600
AUTOCLASS_DAYS = (("ARCHIVE", 365), ("COLDLINE", 90), ("NEARLINE", 30))


def apply_lifecycle(store: Store) -> None:
    """Delete what the rules of every bucket say, and change storage classes."""
    for bucket in store.database.buckets():
        rules = bucket.setting("lifecycle", "rule") or []
        if rules:
            _abort_uploads(store, bucket, rules)
        if rules or bucket.setting("autoclass", "enabled"):
            _apply_to_objects(store, bucket, rules)


def _apply_to_objects(store: Store, bucket: Bucket, rules: list[Fields]) -> None:
    for found, newer in _with_newer_versions(store, bucket):
        actions = [
            rule["action"] for rule in rules if _matches(rule["condition"], found, newer, store.clock())
        ]
        try:
            if any(action["type"] == "Delete" for action in actions):
                _delete(store, bucket, found)
            else:
                _set_class(store, bucket, found, actions)
        except StorageError:
            continue  # held or retained: it is deleted when that ends


def _delete(store: Store, bucket: Bucket, found: StoredObject) -> None:
    retention.demand_deletable(found, bucket, store.clock())
    by_name_only = found.is_live and bucket.is_versioned
    store.delete(found.bucket, found.name, None if by_name_only else found.generation)


def _set_class(store: Store, bucket: Bucket, found: StoredObject, actions: list[Fields]) -> None:
    wanted = next((one["storageClass"] for one in actions if one["type"] == "SetStorageClass"), None)
    if bucket.setting("autoclass", "enabled"):
        wanted = _autoclass(bucket, found, store.clock())
    if wanted and wanted != found.fields.get("storageClass", "STANDARD"):
        store.change_object(found, found.fields | {"storageClass": wanted})


def _autoclass(bucket: Bucket, found: StoredObject, now: float) -> str | None:
    """Return the class of an object by the time since it was written or last read."""
    last_read = found.fields.get("lastRead")
    days = (now - (seconds_of(last_read) if last_read else found.created)) / DAY
    is_archived = bucket.setting("autoclass", "terminalStorageClass") == "ARCHIVE"
    for name, least in AUTOCLASS_DAYS:
        if days >= least and (is_archived or name == "NEARLINE"):
            return name
    return None


def _abort_uploads(store: Store, bucket: Bucket, rules: list[Fields]) -> None:
    for rule in rules:
        if rule["action"]["type"] != "AbortIncompleteMultipartUpload":
            continue
        for upload in store.database.multipart_uploads(bucket.name):
            if _matches_upload(rule["condition"], upload.name, upload.created, store.clock()):
                with store.change():
                    store.database.delete_multipart_upload(upload.id)


def _with_newer_versions(store: Store, bucket: Bucket) -> Iterator[tuple[StoredObject, int]]:
    """Yield each version of each object with the number of newer versions it has."""
    versions: list[StoredObject] = []
    for found in store.all_versions(bucket.name):
        if versions and versions[0].name != found.name:
            yield from ((one, len(versions) - 1 - at) for at, one in enumerate(versions))
            versions = []
        versions.append(found)
    yield from ((one, len(versions) - 1 - at) for at, one in enumerate(versions))


def _matches(condition: Fields, found: StoredObject, newer: int, now: float) -> bool:
    custom = found.fields.get("customTime")
    custom_time = seconds_of(custom) if custom else None
    storage_class = str(found.fields.get("storageClass", "STANDARD"))
    checks: dict[str, Callable[[Any], bool]] = {
        "age": lambda days: now - found.created >= days * DAY,
        "createdBefore": lambda date: found.created < seconds_of(date),
        "customTimeBefore": lambda date: custom_time is not None and custom_time < seconds_of(date),
        "daysSinceCustomTime": lambda days: custom_time is not None and now - custom_time >= days * DAY,
        "daysSinceNoncurrentTime": lambda days: (
            found.deleted is not None and now - found.deleted >= days * DAY
        ),
        "isLive": lambda wanted: found.is_live == wanted,
        "matchesPrefix": lambda prefixes: found.name.startswith(tuple(prefixes)),
        "matchesStorageClass": lambda classes: storage_class in classes,
        "matchesSuffix": lambda suffixes: found.name.endswith(tuple(suffixes)),
        "noncurrentTimeBefore": lambda date: found.deleted is not None and found.deleted < seconds_of(date),
        "numNewerVersions": lambda least: newer >= least,
    }
    return all(checks[name](value) for name, value in condition.items() if value is not None)


def _matches_upload(condition: Fields, name: str, created: float, now: float) -> bool:
    prefixes, suffixes = condition.get("matchesPrefix"), condition.get("matchesSuffix")
    return (
        now - created >= (condition.get("age") or 0) * DAY
        and (not prefixes or name.startswith(tuple(prefixes)))
        and (not suffixes or name.endswith(tuple(suffixes)))
    )
