"""The fields of an object that its owner may write, and the rules about them."""

from typing import Any

from gaelocal.storage.state import access
from gaelocal.storage.state.bucket_fields import STORAGE_CLASSES
from gaelocal.storage.state.errors import Forbidden, Invalid, PreconditionFailed
from gaelocal.storage.state.fields import (
    dictionary_of,
    fields_of,
    flag,
    header_text,
    one_of,
    text,
    time_text,
)
from gaelocal.storage.state.records import Bucket, Fields, moment, seconds_of

MOST_METADATA = 8 * 1024
OUTPUT_ONLY = frozenset(
    (
        *(
            "kind",
            "id",
            "name",
            "bucket",
            "selfLink",
            "mediaLink",
            "generation",
            "metageneration",
            "etag",
            "size",
        ),
        *(
            "crc32c",
            "md5Hash",
            "timeCreated",
            "updated",
            "timeDeleted",
            "timeStorageClassUpdated",
            "timeFinalized",
        ),
        *("componentCount", "owner", "customerEncryption", "retentionExpirationTime", "softDeleteTime"),
        *("hardDeleteTime", "restoreToken"),
    )
)


def _metadata_value(name: str, value: Any) -> Any:
    """Values are text; numbers and booleans are turned into it, as Cloud Storage does."""
    if value is None:
        return None
    if isinstance(value, dict | list):
        raise Invalid(f"Invalid value for {name}: metadata values are text.")
    return text(
        name,
        value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value),
    )


checked_object_fields = fields_of(
    {
        "acl": lambda _, value: access.checked_acl(value, access.OBJECT_ROLES),
        "cacheControl": header_text,
        "contentDisposition": header_text,
        "contentEncoding": header_text,
        "contentLanguage": header_text,
        "contentType": header_text,
        "customTime": time_text,
        "eventBasedHold": flag,
        "kmsKeyName": text,
        "metadata": dictionary_of(_metadata_value),
        "retention": fields_of(
            {"mode": one_of("Locked", "Unlocked"), "retainUntilTime": time_text},
            output_only=("retentionExpirationTime",),
        ),
        "storageClass": one_of(*STORAGE_CLASSES),
        "temporaryHold": flag,
    },
    OUTPUT_ONLY,
)


def settled(
    new: Fields, old: Fields, bucket: Bucket, now: float, *, override_unlocked: bool = False
) -> Fields:
    """Return the fields as they are stored.

    Raises:
        StorageError: a field contradicts a setting of the bucket, or may not be changed any more.
    """
    fields = {key: value for key, value in new.items() if value not in (None, {})}
    _check_custom_time(fields, old)
    _settle_retention(fields, old, bucket, now, override_unlocked)
    if old.get("eventBasedHold") and not fields.get("eventBasedHold"):
        fields["heldUntil"] = moment(now)  # the retention period of the bucket counts from here
    size = sum(
        len(key.encode()) + len(value.encode()) for key, value in (fields.get("metadata") or {}).items()
    )
    if size > MOST_METADATA:
        raise Invalid(f"The metadata of an object can have at most {MOST_METADATA} bytes.")
    if "acl" in fields and fields["acl"] != old.get("acl"):
        access.refuse_public_if_prevented(bucket, [grant["entity"] for grant in fields["acl"]])
    return fields


def _check_custom_time(fields: Fields, old: Fields) -> None:
    if not old.get("customTime"):
        return
    if not fields.get("customTime") or seconds_of(fields["customTime"]) < seconds_of(old["customTime"]):
        raise Invalid("The customTime of an object cannot be removed or set to an earlier time.")


def _settle_retention(fields: Fields, old: Fields, bucket: Bucket, now: float, override: bool) -> None:
    retention = {
        key: value for key, value in (fields.pop("retention", None) or {}).items() if value is not None
    }
    before = old.get("retention") or {}
    if retention == before:
        fields |= {"retention": retention} if retention else {}
        return
    if bucket.setting("objectRetention", "mode") != "Enabled":
        raise Invalid("Object retention is not enabled for this bucket (enableObjectRetention).")
    if retention and set(retention) != {"mode", "retainUntilTime"}:
        raise Invalid("A retention needs both mode and retainUntilTime.")
    is_reduced = bool(before) and (
        not retention
        or seconds_of(retention["retainUntilTime"]) < seconds_of(before["retainUntilTime"])
        or (before["mode"] == "Locked" and retention["mode"] != "Locked")
    )
    if is_reduced and before["mode"] == "Locked":
        raise Forbidden("A locked retention cannot be removed or shortened.")
    if is_reduced and not override:
        raise PreconditionFailed(
            "An unlocked retention is only shortened with overrideUnlockedRetention=true."
        )
    if retention and seconds_of(retention["retainUntilTime"]) <= now and not is_reduced:
        raise Invalid("The retainUntilTime must be in the future.")
    if retention:
        fields["retention"] = retention
