"""Access control lists and IAM policies: their defaults, predefined lists, and what they make public."""

from collections.abc import Container, Iterable

from gaelocal.storage.service_account import EMAIL
from gaelocal.storage.state.errors import Invalid, PreconditionFailed
from gaelocal.storage.state.records import Bucket, Fields, StoredObject

PROJECT_NUMBER = "1"
OWNER_ENTITY = f"user-{EMAIL}"
BUCKET_ROLES = ("OWNER", "WRITER", "READER")
OBJECT_ROLES = ("OWNER", "READER")
PUBLIC_MEMBERS = frozenset({"allUsers", "allAuthenticatedUsers"})
ENTITY_PREFIXES = ("user-", "group-", "domain-", "project-owners-", "project-editors-", "project-viewers-")
READING_ROLES = frozenset(
    f"roles/storage.{role}"
    for role in (
        "objectViewer",
        "legacyObjectReader",
        "legacyObjectOwner",
        "objectAdmin",
        "objectUser",
        "admin",
    )
)
Acl = list[Fields]


def _grant(entity: str, role: str) -> Fields:
    return {"entity": entity, "role": role}


_OWNER = [_grant(OWNER_ENTITY, "OWNER")]
_PROJECT = [
    _grant(f"project-owners-{PROJECT_NUMBER}", "OWNER"),
    _grant(f"project-editors-{PROJECT_NUMBER}", "OWNER"),
    _grant(f"project-viewers-{PROJECT_NUMBER}", "READER"),
]
_OWNERS_OF_PROJECT = _PROJECT[:1]
_PREDEFINED: dict[str, Acl] = {
    "private": [],
    "projectPrivate": _PROJECT,
    "publicRead": [_grant("allUsers", "READER")],
    "authenticatedRead": [_grant("allAuthenticatedUsers", "READER")],
}
PREDEFINED_FOR_BUCKETS = _PREDEFINED | {"publicReadWrite": [_grant("allUsers", "WRITER")]}
PREDEFINED_FOR_OBJECTS = _PREDEFINED | {
    "bucketOwnerRead": [_grant(f"project-owners-{PROJECT_NUMBER}", "READER")],
    "bucketOwnerFullControl": _OWNERS_OF_PROJECT,
}


def predefined_bucket_acl(name: str) -> Acl:
    return _OWNERS_OF_PROJECT + [
        one for one in _predefined(PREDEFINED_FOR_BUCKETS, name) if one not in _OWNERS_OF_PROJECT
    ]


def predefined_default_acl(name: str) -> Acl:
    return _predefined(PREDEFINED_FOR_OBJECTS, name)


def predefined_object_acl(name: str) -> Acl:
    return _OWNER + _predefined(PREDEFINED_FOR_OBJECTS, name)


def bucket_acl(bucket: Bucket) -> Acl:
    return list(bucket.fields.get("acl", _PROJECT))


def default_object_acl(bucket: Bucket) -> Acl:
    return list(bucket.fields.get("defaultObjectAcl", _PROJECT))


def new_object_acl(bucket: Bucket, written: Acl | None = None) -> Acl:
    """Return the list of a new object: what its writer asked for, or the bucket's default, and its owner."""
    rest = default_object_acl(bucket) if written is None else written
    return _OWNER + [grant for grant in rest if grant["entity"] != OWNER_ENTITY]


def object_acl(found: StoredObject, bucket: Bucket) -> Acl:
    return list(found.fields.get("acl", new_object_acl(bucket)))


def checked_acl(value: object, roles: Container[str | None]) -> Acl:
    """Return the list reduced to entity and role.

    Raises:
        Invalid: it is not a list of grants.
    """
    if not isinstance(value, list):
        raise Invalid("Invalid value for acl: expected a list.")
    return [checked_grant(grant, roles) for grant in value]


def checked_grant(grant: object, roles: Container[str | None]) -> Fields:
    entity = grant.get("entity") if isinstance(grant, dict) else None
    role = str(grant.get("role")).upper() if isinstance(grant, dict) else None
    is_entity = isinstance(entity, str) and (entity in PUBLIC_MEMBERS or entity.startswith(ENTITY_PREFIXES))
    if not is_entity or role not in roles:
        raise Invalid(
            f"Invalid argument: {str(entity)[:200]!r} with the role {str(role)[:40]!r} is no grant."
        )
    return {"entity": entity, "role": role}


def with_grant(acl: Acl, grant: Fields) -> Acl:
    """Return the list with the grant in the place of the one for its entity."""
    return [one for one in acl if one["entity"] != grant["entity"]] + [grant]


def refuse_acl_if_uniform(bucket: Bucket, action: str) -> None:
    """Raise Invalid if ACLs are disabled; `action` is for example "get legacy ACL for a bucket"."""
    if bucket.is_uniform:
        raise Invalid(
            f"Cannot {action} when uniform bucket-level access is enabled. "
            "Read more at https://cloud.google.com/storage/docs/uniform-bucket-level-access"
        )


def refuse_public_if_prevented(bucket: Bucket, members: Iterable[str]) -> None:
    """Raise PreconditionFailed if public access prevention forbids one of the members."""
    if is_public_access_prevented(bucket) and PUBLIC_MEMBERS & set(members):
        raise PreconditionFailed(
            "The member bindings allUsers and allAuthenticatedUsers are not allowed "
            "since public access prevention is enforced."
        )


def is_public_access_prevented(bucket: Bucket) -> bool:
    return bool(bucket.setting("iamConfiguration", "publicAccessPrevention") == "enforced")


def is_public_bucket(bucket: Bucket) -> bool:
    """Return whether everyone may list its objects."""
    if is_public_access_prevented(bucket):
        return False
    grants = [] if bucket.is_uniform else [grant["entity"] for grant in bucket_acl(bucket)]
    return "allUsers" in grants or _is_bound_to_all(
        bucket, READING_ROLES | {"roles/storage.legacyBucketReader"}
    )


def is_public(found: StoredObject, bucket: Bucket) -> bool:
    """Return whether everyone may read the object."""
    if is_public_access_prevented(bucket):
        return False
    grants = [] if bucket.is_uniform else [grant["entity"] for grant in object_acl(found, bucket)]
    return "allUsers" in grants or _is_bound_to_all(bucket, READING_ROLES)


def _is_bound_to_all(bucket: Bucket, roles: Iterable[str]) -> bool:
    bindings = (bucket.fields.get("iam") or {}).get("bindings") or []
    return any(one.get("role") in roles and "allUsers" in one.get("members", []) for one in bindings)


def _predefined(lists: dict[str, Acl], name: str) -> Acl:
    if name not in lists:
        raise Invalid(
            f"Invalid value {name[:100]!r} for the predefined ACL: expected one of {', '.join(lists)}."
        )
    return list(lists[name])
