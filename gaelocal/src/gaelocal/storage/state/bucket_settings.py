"""The rules about the settings of a bucket, and the times that the server adds to them."""

import re
from collections.abc import Callable

from gaelocal.storage.state import access
from gaelocal.storage.state.bucket_fields import ENFORCEMENTS
from gaelocal.storage.state.errors import Forbidden, Invalid, PreconditionFailed, Unsupported
from gaelocal.storage.state.records import Bucket, Fields, moment

MULTI_REGIONS = ("US", "EU", "ASIA")
DUAL_REGIONS = ("NAM4", "EUR4", "EUR5", "EUR7", "EUR8", "ASIA1")
DAY = 24 * 3600
LOCKED_AFTER = 90 * DAY
SOFT_DELETE_DAYS = (7, 90)
MOST_LABELS = 64
MOST_RETENTION = 100 * 366 * DAY
_LABEL = re.compile(r"[a-z0-9_-]{0,63}|[^\x00-\x7f]+")


def settled(new: Fields, old: Bucket | None, now: float) -> Fields:
    """Return the settings as they are stored.

    Raises:
        StorageError: a setting contradicts another one, may not be changed any more, or is not supported.
    """
    before = old.fields if old else {}
    fields = {key: value for key, value in new.items() if value not in (None, {})}
    for settle in _SETTLERS:
        settle(fields, before, now)
    _refuse_contradictions(fields, old)
    return fields


def location_type(bucket: Bucket) -> str:
    location = bucket.fields.get("location", "US")
    if bucket.setting("customPlacementConfig", "dataLocations") or location in DUAL_REGIONS:
        return "dual-region"
    return "multi-region" if location in MULTI_REGIONS else "region"


def _settle_place(fields: Fields, before: Fields, _now: float) -> None:
    """Location, placement and namespace cannot be changed after the bucket was created."""
    if not before:
        fields.setdefault("location", "US")
        return
    for name in ("location", "customPlacementConfig", "hierarchicalNamespace"):
        if name not in fields and name in before:
            fields[name] = before[name]
        if fields.get(name) != before.get(name):
            raise Invalid(f"The {name} of a bucket cannot be changed.")


def _settle_access(fields: Fields, before: Fields, now: float) -> None:
    access_settings = fields.get("iamConfiguration") or {}
    alias = access_settings.pop("bucketPolicyOnly", None)
    uniform = access_settings.setdefault("uniformBucketLevelAccess", alias or {"enabled": False})
    was = (before.get("iamConfiguration") or {}).get("uniformBucketLevelAccess") or {}
    if alias is not None and alias.get("enabled") != was.get("enabled", False):
        uniform["enabled"] = bool(alias.get("enabled"))
    uniform.setdefault("enabled", False)
    if access_settings.get("publicAccessPrevention") in (None, "unspecified"):
        access_settings["publicAccessPrevention"] = "inherited"
    if not uniform["enabled"]:
        uniform.pop("lockedTime", None)
    elif was.get("enabled"):
        uniform["lockedTime"] = was.get("lockedTime") or moment(now + LOCKED_AFTER)
    else:
        uniform["lockedTime"] = moment(now + LOCKED_AFTER)
    is_locked = was.get("enabled") and (was.get("lockedTime") or "9") <= moment(now)
    if is_locked and not uniform["enabled"]:
        raise PreconditionFailed(
            "Uniform bucket-level access cannot be disabled more than 90 days after it was enabled."
        )
    fields["iamConfiguration"] = access_settings


def _settle_retention(fields: Fields, before: Fields, now: float) -> None:
    old, new = before.get("retentionPolicy") or {}, fields.get("retentionPolicy") or {}
    period, was = int(new.get("retentionPeriod") or 0), int(old.get("retentionPeriod") or 0)
    if old.get("isLocked") and period < was:
        raise Forbidden("Cannot reduce or remove the retention period of a locked retention policy.")
    if not period:
        fields.pop("retentionPolicy", None)
        return
    if period > MOST_RETENTION:
        raise Invalid("Invalid value for retentionPolicy.retentionPeriod: it is more than 100 years.")
    since = old.get("effectiveTime") if period == was else moment(now)
    locked = {"isLocked": True} if old.get("isLocked") else {}
    fields["retentionPolicy"] = {"retentionPeriod": str(period), "effectiveTime": since, **locked}


def _settle_soft_delete(fields: Fields, before: Fields, now: float) -> None:
    new, old = fields.get("softDeletePolicy"), before.get("softDeletePolicy") or {}
    if new is None:
        return
    seconds = int(new.get("retentionDurationSeconds") or 0)
    least, most = (days * DAY for days in SOFT_DELETE_DAYS)
    if seconds and not least <= seconds <= most:
        raise Invalid("The softDeletePolicy.retentionDurationSeconds must be 0, or between 7 and 90 days.")
    is_same = new.get("retentionDurationSeconds") == old.get("retentionDurationSeconds")
    since = old.get("effectiveTime") if is_same else moment(now)
    fields["softDeletePolicy"] = {"retentionDurationSeconds": str(seconds), "effectiveTime": since}


def _settle_autoclass(fields: Fields, before: Fields, now: float) -> None:
    new, old = fields.get("autoclass"), before.get("autoclass") or {}
    if new is None:
        return
    is_same = bool(new.get("enabled")) == bool(old.get("enabled")) and bool(old)
    settings = {
        "enabled": bool(new.get("enabled")),
        "toggleTime": old["toggleTime"] if is_same else moment(now),
    }
    if settings["enabled"]:
        terminal = new.get("terminalStorageClass") or "NEARLINE"
        unchanged = old.get("enabled") and terminal == old.get("terminalStorageClass")
        since = old["terminalStorageClassUpdateTime"] if unchanged else moment(now)
        settings |= {"terminalStorageClass": terminal, "terminalStorageClassUpdateTime": since}
    fields["autoclass"] = settings


def _settle_encryption(fields: Fields, before: Fields, now: float) -> None:
    new, old = fields.get("encryption") or {}, before.get("encryption") or {}
    settings = {key: value for key, value in new.items() if value not in (None, {})}
    for name in ENFORCEMENTS:
        if name not in settings:
            continue
        mode, was = settings[name].get("restrictionMode"), old.get(name) or {}
        since = was.get("effectiveTime") if was.get("restrictionMode") == mode else moment(now)
        restricted = {"effectiveTime": since} if mode == "FullyRestricted" else {}
        settings[name] = {"restrictionMode": mode, **restricted}
    fields.pop("encryption", None)
    if settings:
        fields["encryption"] = settings


def _settle_labels(fields: Fields, _before: Fields, _now: float) -> None:
    labels = {key: value for key, value in (fields.get("labels") or {}).items() if value is not None}
    fields.pop("labels", None)
    if len(labels) > MOST_LABELS:
        raise Invalid(f"A bucket can have at most {MOST_LABELS} labels.")
    for key, value in labels.items():
        if not key or not _LABEL.fullmatch(key) or not _LABEL.fullmatch(value):
            raise Invalid(
                f"Invalid label {key[:63]!r}: lower-case letters, digits, _ and -, at most 63 characters."
            )
    if labels:
        fields["labels"] = labels


def _settle_lifecycle(fields: Fields, _before: Fields, _now: float) -> None:
    for rule in (fields.get("lifecycle") or {}).get("rule") or []:
        action, condition = rule.get("action") or {}, rule.get("condition") or {}
        if not action.get("type") or not condition:
            raise Invalid("A lifecycle rule needs an action and a condition.")
        if action["type"] == "SetStorageClass" and not action.get("storageClass"):
            raise Invalid("The lifecycle action SetStorageClass needs a storageClass.")
    if not (fields.get("lifecycle") or {}).get("rule"):
        fields.pop("lifecycle", None)


_SETTLERS: tuple[Callable[[Fields, Fields, float], None], ...] = (
    _settle_place,
    _settle_access,
    _settle_retention,
    _settle_soft_delete,
    _settle_autoclass,
    _settle_encryption,
    _settle_labels,
    _settle_lifecycle,
)


def _refuse_contradictions(fields: Fields, old: Bucket | None) -> None:
    bucket = Bucket(name="", metageneration=0, created=0, updated=0, fields=fields)
    if (fields.get("ipFilter") or {}).get("mode") == "Enabled":
        raise Unsupported(
            "gaelocal's Cloud Storage does not enforce an ipFilter: its mode can only be Disabled."
        )
    if bucket.setting("hierarchicalNamespace", "enabled") and not bucket.is_uniform:
        raise Invalid("Hierarchical namespace requires uniform bucket-level access to be enabled.")
    if bucket.setting("hierarchicalNamespace", "enabled") and bucket.is_versioned:
        raise Invalid("Object versioning is not supported by buckets with a hierarchical namespace.")
    if fields.get("rpo") == "ASYNC_TURBO" and location_type(bucket) != "dual-region":
        raise Invalid("Turbo replication (rpo ASYNC_TURBO) requires a dual-region bucket.")
    if old and old.fields.get("objectRetention") and not fields.get("objectRetention"):
        raise Invalid("Object retention cannot be disabled once it is enabled.")
    changed = [
        name
        for name in ("acl", "defaultObjectAcl")
        if name in fields and (not old or fields[name] != old.fields.get(name))
    ]
    for name in changed:
        access.refuse_public_if_prevented(bucket, [grant["entity"] for grant in fields[name]])
