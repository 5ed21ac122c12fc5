"""Buckets and objects as the JSON API writes them (cloud.google.com/storage/docs/json_api/v1)."""

from urllib.parse import quote

from gaelocal.storage.state import access, retention
from gaelocal.storage.state.bucket_settings import location_type
from gaelocal.storage.state.merging import without
from gaelocal.storage.state.records import Bucket, Fields, Folder, StoredObject, moment

_NOT_SHOWN = ("acl", "heldUntil", "lastRead")
_HASHES = ("md5Hash", "crc32c")


def bucket_resource(bucket: Bucket, origin: str, *, full: bool = False) -> Fields:
    """Return the resource; `full` adds access lists and owner (`projection=full`)."""
    kind = location_type(bucket)
    return {
        "storageClass": "STANDARD",
        **({"rpo": "DEFAULT"} if kind != "region" else {}),
        **without(bucket.fields, ("iam", "acl", "defaultObjectAcl")),
        "kind": "storage#bucket",
        "id": bucket.name,
        "name": bucket.name,
        "selfLink": f"{origin}/storage/v1/b/{bucket.name}",
        "projectNumber": access.PROJECT_NUMBER,
        "location": bucket.fields.get("location", "US"),
        "locationType": kind,
        "metageneration": str(bucket.metageneration),
        "timeCreated": moment(bucket.created),
        "updated": moment(bucket.updated),
        "etag": bucket.etag,
        **(_bucket_access(bucket, origin) if full and not bucket.is_uniform else {}),
        "iamConfiguration": _access_settings(bucket),
    }


def object_resource(
    found: StoredObject, bucket: Bucket, origin: str, *, full: bool = False, key: str | None = None
) -> Fields:
    """Return the resource; the hashes of an object with a customer-supplied key are shown with that key."""
    path = f"b/{found.bucket}/o/{quote(found.name, safe='')}"
    written = moment(found.created)
    resource = {
        "storageClass": "STANDARD",
        **without(found.fields, _NOT_SHOWN),
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
        **_times(found, bucket),
    }
    if full and not bucket.is_uniform:
        resource["acl"] = object_access_controls(found, bucket, origin)
        resource["owner"] = {"entity": access.OWNER_ENTITY}
    has_key = key == (found.fields.get("customerEncryption") or {}).get("keySha256")
    return resource if has_key else without(resource, _HASHES)


def folder_resource(folder: Folder, origin: str) -> Fields:
    kind = {"managedFolders": "managedFolder", "folders": "folder"}[folder.kind]
    path = f"b/{folder.bucket}/{folder.kind}/{quote(folder.name, safe='')}"
    return {
        "kind": f"storage#{kind}",
        "id": f"{folder.bucket}/{folder.name}",
        "selfLink": f"{origin}/storage/v1/{path}",
        "bucket": folder.bucket,
        "name": folder.name,
        "metageneration": str(folder.metageneration),
        "createTime": moment(folder.created),
        "updateTime": moment(folder.updated),
    }


def bucket_access_controls(bucket: Bucket, origin: str) -> list[Fields]:
    return [bucket_access_control(bucket, grant, origin) for grant in access.bucket_acl(bucket)]


def default_access_controls(bucket: Bucket) -> list[Fields]:
    return [default_access_control(grant) for grant in access.default_object_acl(bucket)]


def object_access_controls(found: StoredObject, bucket: Bucket, origin: str) -> list[Fields]:
    return [object_access_control(found, grant, origin) for grant in access.object_acl(found, bucket)]


def bucket_access_control(bucket: Bucket, grant: Fields, origin: str) -> Fields:
    return {
        "kind": "storage#bucketAccessControl",
        "id": f"{bucket.name}/{grant['entity']}",
        "selfLink": f"{origin}/storage/v1/b/{bucket.name}/acl/{quote(grant['entity'], safe='')}",
        "bucket": bucket.name,
        **_grantee(grant),
    }


def default_access_control(grant: Fields) -> Fields:
    return {"kind": "storage#objectAccessControl", **_grantee(grant)}


def object_access_control(found: StoredObject, grant: Fields, origin: str) -> Fields:
    path = f"b/{found.bucket}/o/{quote(found.name, safe='')}/acl/{quote(grant['entity'], safe='')}"
    return {
        "kind": "storage#objectAccessControl",
        "id": f"{found.bucket}/{found.name}/{found.generation}/{grant['entity']}",
        "selfLink": f"{origin}/storage/v1/{path}",
        "bucket": found.bucket,
        "object": found.name,
        "generation": str(found.generation),
        **_grantee(grant),
    }


def service_account_resource() -> Fields:
    """Return the agent that acts for the project within Cloud Storage."""
    email = f"service-{access.PROJECT_NUMBER}@gs-project-accounts.iam.gserviceaccount.com"
    return {"kind": "storage#serviceAccount", "email_address": email}


def _bucket_access(bucket: Bucket, origin: str) -> Fields:
    return {
        "acl": bucket_access_controls(bucket, origin),
        "defaultObjectAcl": default_access_controls(bucket),
        "owner": {"entity": f"project-owners-{access.PROJECT_NUMBER}"},
    }


def _access_settings(bucket: Bucket) -> Fields:
    settings = bucket.fields.get("iamConfiguration") or {}
    uniform = settings.get("uniformBucketLevelAccess") or {"enabled": False}
    prevention = {"publicAccessPrevention": settings.get("publicAccessPrevention", "inherited")}
    return {"uniformBucketLevelAccess": uniform, "bucketPolicyOnly": uniform, **prevention}


def _grantee(grant: Fields) -> Fields:
    entity, role = grant["entity"], grant["role"]
    kind, _, rest = entity.partition("-")
    details: Fields = {}
    if kind in ("user", "group"):
        details = {"email": rest}
    elif kind == "domain":
        details = {"domain": rest}
    elif kind == "project":
        team, _, number = rest.partition("-")
        details = {"projectTeam": {"projectNumber": number, "team": team}}
    return {"entity": entity, "role": role, **details, "etag": "CAE="}


def _times(found: StoredObject, bucket: Bucket) -> Fields:
    times: Fields = {}
    until = retention.expiration(found, bucket)
    if until is not None:
        times["retentionExpirationTime"] = moment(until)
    if found.deleted is not None and found.kept_until is None:
        times["timeDeleted"] = moment(found.deleted)
    if found.deleted is not None and found.kept_until is not None:
        times |= {"softDeleteTime": moment(found.deleted), "hardDeleteTime": moment(found.kept_until)}
    return times


def _measured(found: StoredObject) -> Fields:
    blob = found.blob
    measured: Fields = {"size": str(blob.size), "crc32c": blob.crc32c, "md5Hash": blob.md5}
    measured["componentCount"] = blob.parts
    return {name: value for name, value in measured.items() if value is not None}
