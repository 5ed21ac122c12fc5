"""The fields of a bucket that can be written, and the types of their values."""

import re
from typing import Any

from gaelocal.storage.state import access
from gaelocal.storage.state.errors import Invalid
from gaelocal.storage.state.fields import (
    Check,
    dictionary_of,
    fields_of,
    flag,
    header_text,
    list_of,
    number_text,
    one_of,
    text,
    time_text,
    whole_number,
)

STORAGE_CLASSES = (
    "STANDARD",
    "NEARLINE",
    "COLDLINE",
    "ARCHIVE",
    "MULTI_REGIONAL",
    "REGIONAL",
    "DURABLE_REDUCED_AVAILABILITY",
)
INTERNAL = frozenset({"iam", "generation"})
OUTPUT_ONLY = frozenset(
    (
        *(
            "kind",
            "id",
            "name",
            "selfLink",
            "projectNumber",
            "metageneration",
            "timeCreated",
            "updated",
            "etag",
        ),
        *(
            "locationType",
            "owner",
            "satisfiesPZS",
            "satisfiesPZI",
            "generation",
            "softDeleteTime",
            "hardDeleteTime",
        ),
    )
)
_METHOD = re.compile(r"[A-Z*]{1,20}")
_RESTRICTION = fields_of(
    {"restrictionMode": one_of("NotRestricted", "FullyRestricted")}, output_only=("effectiveTime",)
)
ENFORCEMENTS = tuple(
    f"{kind}EncryptionEnforcementConfig" for kind in ("googleManaged", "customerManaged", "customerSupplied")
)
_UNIFORM = fields_of({"enabled": flag}, output_only=("lockedTime",))
_RULE = fields_of(
    {
        "action": fields_of(
            {
                "type": one_of("Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"),
                "storageClass": one_of(*STORAGE_CLASSES),
            }
        ),
        "condition": fields_of(
            {
                "age": whole_number,
                "createdBefore": time_text,
                "customTimeBefore": time_text,
                "daysSinceCustomTime": whole_number,
                "daysSinceNoncurrentTime": whole_number,
                "isLive": flag,
                "matchesPrefix": list_of(text),
                "matchesStorageClass": list_of(text),
                "matchesSuffix": list_of(text),
                "noncurrentTimeBefore": time_text,
                "numNewerVersions": whole_number,
            }
        ),
    }
)


def _method(name: str, value: Any) -> str:
    found = header_text(name, value)
    if not _METHOD.fullmatch(found):
        raise Invalid(f"Invalid value for {name}: {found[:40]!r} is no HTTP method.")
    return found


def _location(name: str, value: Any) -> str:
    return text(name, value).upper()


_CHECKS: dict[str, Check] = {
    "acl": lambda _, value: access.checked_acl(value, access.BUCKET_ROLES),
    "autoclass": fields_of(
        {"enabled": flag, "terminalStorageClass": one_of("NEARLINE", "ARCHIVE")},
        output_only=("toggleTime", "terminalStorageClassUpdateTime"),
    ),
    "billing": fields_of({"requesterPays": flag}),
    "cors": list_of(
        fields_of(
            {
                "origin": list_of(header_text),
                "method": list_of(_method),
                "responseHeader": list_of(header_text),
                "maxAgeSeconds": whole_number,
            }
        )
    ),
    "customPlacementConfig": fields_of({"dataLocations": list_of(_location)}),
    "defaultEventBasedHold": flag,
    "defaultObjectAcl": lambda _, value: access.checked_acl(value, access.OBJECT_ROLES),
    "encryption": fields_of({"defaultKmsKeyName": text, **dict.fromkeys(ENFORCEMENTS, _RESTRICTION)}),
    "hierarchicalNamespace": fields_of({"enabled": flag}),
    "iamConfiguration": fields_of(
        {
            "uniformBucketLevelAccess": _UNIFORM,
            "bucketPolicyOnly": _UNIFORM,
            "publicAccessPrevention": one_of("inherited", "enforced", "unspecified"),
        }
    ),
    "ipFilter": fields_of(
        {
            "mode": one_of("Disabled", "Enabled"),
            "publicNetworkSource": fields_of({"allowedIpCidrRanges": list_of(text)}),
            "vpcNetworkSources": list_of(fields_of({"network": text, "allowedIpCidrRanges": list_of(text)})),
            "allowCrossOrgVpcs": flag,
            "allowAllServiceAgentAccess": flag,
        }
    ),
    "labels": dictionary_of(lambda name, value: None if value is None else text(name, value)),
    "lifecycle": fields_of({"rule": list_of(_RULE)}),
    "location": _location,
    "logging": fields_of({"logBucket": text, "logObjectPrefix": text}),
    "objectRetention": fields_of({"mode": one_of("Enabled")}),
    "retentionPolicy": fields_of({"retentionPeriod": number_text}, output_only=("effectiveTime", "isLocked")),
    "rpo": one_of("DEFAULT", "ASYNC_TURBO"),
    "softDeletePolicy": fields_of({"retentionDurationSeconds": number_text}, output_only=("effectiveTime",)),
    "storageClass": one_of(*STORAGE_CLASSES),
    "versioning": fields_of({"enabled": flag}),
    "website": fields_of({"mainPageSuffix": text, "notFoundPage": text}),
}
checked_bucket_fields = fields_of(_CHECKS, OUTPUT_ONLY)
