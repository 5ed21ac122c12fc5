"""Buckets and objects as the JSON API writes them (cloud.google.com/storage/docs/json_api/v1)."""

from urllib.parse import quote

from gaelocal.storage.state.merging import without
from gaelocal.storage.state.records import Bucket, Fields, StoredObject, moment

WRITABLE = frozenset(
    (
        *("acl", "cacheControl", "contentDisposition", "contentEncoding", "contentLanguage", "contentType"),
        *(
            "customTime",
            "eventBasedHold",
            "kmsKeyName",
            "metadata",
            "retention",
            "storageClass",
            "temporaryHold",
        ),
    )
)
BUCKET_READ_ONLY = frozenset(
    (
        *("kind", "id", "name", "selfLink", "projectNumber", "metageneration", "timeCreated", "updated"),
        *("etag", "locationType", "iam"),
    )
)
_BUCKET_DEFAULTS: Fields = {
    "location": "US",
    "storageClass": "STANDARD",
    "iamConfiguration": {
        "uniformBucketLevelAccess": {"enabled": False},
        "publicAccessPrevention": "inherited",
    },
}
PUBLIC_READ: Fields = {"entity": "allUsers", "role": "READER"}


def bucket_resource(bucket: Bucket, origin: str) -> Fields:
    return {
        **_BUCKET_DEFAULTS,
        **without(bucket.fields, ("iam", "acl", "defaultObjectAcl")),
        "kind": "storage#bucket",
        "id": bucket.name,
        "name": bucket.name,
        "selfLink": f"{origin}/storage/v1/b/{bucket.name}",
        "projectNumber": "1",
        "locationType": "multi-region",
        "metageneration": str(bucket.metageneration),
        "timeCreated": moment(bucket.created),
        "updated": moment(bucket.updated),
        "etag": bucket.etag,
    }


def object_resource(found: StoredObject, origin: str) -> Fields:
    path = f"b/{found.bucket}/o/{quote(found.name, safe='')}"
    written = moment(found.created)
    return {
        "storageClass": "STANDARD",
        **found.fields,
        **_measured(found),
        "kind": "storage#object",
        "id": f"{found.bucket}/{found.name}/{found.generation}",
        "selfLink": f"{origin}/storage/v1/{path}",
        "mediaLink": f"{origin}/download/storage/v1/{path}?generation={found.generation}&alt=media",
        "name": found.name,
        "bucket": found.bucket,
        "generation": str(found.generation),
        "metageneration": str(found.metageneration),
        "etag": found.etag,
        "timeCreated": written,
        "updated": moment(found.updated),
        "timeStorageClassUpdated": written,
        "timeFinalized": written,
    }


def writable(body: Fields) -> Fields:
    """Keep what an owner may write; values of the metadata are text, as Cloud Storage keeps them."""
    fields = {key: value for key, value in body.items() if key in WRITABLE}
    if isinstance(fields.get("metadata"), dict):
        fields["metadata"] = {k: v if v is None else str(v) for k, v in fields["metadata"].items()}
    return fields


def access_list(predefined: str | None) -> Fields:
    """Give the access list behind a predefined name; only what it says about the public matters here."""
    return {"acl": [PUBLIC_READ]} if predefined in ("publicRead", "publicReadWrite") else {}


def is_public(found: StoredObject, bucket: Bucket) -> bool:
    """Say whether somebody nobody knows may read it."""
    grants = [grant.get("entity") for grant in found.fields.get("acl") or []]
    bindings = (bucket.fields.get("iam") or {}).get("bindings") or []
    readers = [one for one in bindings if one.get("role") in _READING_ROLES]
    return "allUsers" in grants or any("allUsers" in one.get("members", []) for one in readers)


_READING_ROLES = frozenset(
    f"roles/storage.{role}"
    for role in ("objectViewer", "legacyObjectReader", "objectAdmin", "objectUser", "admin")
)


def _measured(found: StoredObject) -> Fields:
    content = found.content
    measured: Fields = {"size": str(content.size), "crc32c": content.crc32c, "md5Hash": content.md5}
    measured["componentCount"] = content.parts
    return {name: value for name, value in measured.items() if value is not None}
