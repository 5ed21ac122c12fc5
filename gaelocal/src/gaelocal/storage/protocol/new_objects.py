"""The fields, encryption and access list of the object that an upload, a copy or a compose creates."""

from collections.abc import Mapping

from gaelocal.storage.protocol.calls import Call
from gaelocal.storage.protocol.customer_keys import encryption_fields
from gaelocal.storage.state import access
from gaelocal.storage.state.errors import Invalid, PreconditionFailed
from gaelocal.storage.state.names import checked_object_name
from gaelocal.storage.state.object_settings import checked_object_fields
from gaelocal.storage.state.records import Bucket, Fields, Upload
from gaelocal.storage.state.store import Store

_KEY_VERSION = "/cryptoKeyVersions/1"
_ENFORCEMENT = {
    "googleManaged": "Google-managed",
    "customerManaged": "customer-managed",
    "customerSupplied": "customer-supplied",
}


def planned_upload(store: Store, call: Call, bucket_name: str, name: object, body: Fields) -> Upload:
    """Return what an upload is to create, and refuse now what would be refused at its end."""
    if not isinstance(name, str):
        raise Invalid("Required parameter: name", reason="required")
    bucket = store.bucket(bucket_name)
    store.demand(bucket.name, checked_object_name(name), call.conditions)
    written = {key: value for key, value in body.items() if value is not None}
    if call.query.get("contentEncoding"):
        written["contentEncoding"] = call.query["contentEncoding"]
    fields = new_object_fields(bucket, call, checked_object_fields("", written), call.query)
    if fields.get("retention") and bucket.setting("objectRetention", "mode") != "Enabled":
        raise Invalid("Object retention is not enabled for this bucket (enableObjectRetention).")
    return Upload(
        id="",
        bucket=bucket.name,
        name=name,
        created=store.clock(),
        total=None,
        fields=fields,
        conditions=call.condition_texts,
    )


def new_object_fields(
    bucket: Bucket, call: Call, written: Fields, query: Mapping[str, str], *, prefix: str = ""
) -> Fields:
    """Add to the written fields what the bucket, the query and the headers say.

    `prefix` begins the names of parameters about the destination of a copy.
    """
    fields = {key: value for key, value in written.items() if value is not None and key != "kmsKeyName"}
    fields.setdefault("storageClass", bucket.fields.get("storageClass", "STANDARD"))
    if bucket.fields.get("defaultEventBasedHold"):
        fields.setdefault("eventBasedHold", True)
    predefined = query.get("destinationPredefinedAcl" if prefix else "predefinedAcl")
    fields |= _acl(bucket, fields.pop("acl", None), predefined)
    key = call.customer_key
    kms = query.get("destinationKmsKeyName" if prefix else "kmsKeyName") or written.get("kmsKeyName")
    return fields | _encryption(bucket, key, kms)


def _acl(bucket: Bucket, written: access.Acl | None, predefined: str | None) -> Fields:
    if written is not None or predefined:
        access.refuse_acl_if_uniform(bucket, "insert legacy ACL for an object")
    if predefined:
        return {"acl": access.predefined_object_acl(predefined)}
    return {} if bucket.is_uniform else {"acl": access.new_object_acl(bucket, written)}


def _encryption(bucket: Bucket, key: str | None, kms: str | None) -> Fields:
    if key:
        if kms:
            raise Invalid("A customer-supplied key and a Cloud KMS key cannot be used together.")
        _demand_permitted(bucket, "customerSupplied")
        return encryption_fields(key)
    name = kms or bucket.setting("encryption", "defaultKmsKeyName")
    if not name:
        _demand_permitted(bucket, "googleManaged")
        return {}
    _demand_permitted(bucket, "customerManaged")
    return {"kmsKeyName": f"{name.partition('/cryptoKeyVersions/')[0]}{_KEY_VERSION}"}


def _demand_permitted(bucket: Bucket, kind: str) -> None:
    mode = bucket.setting("encryption", f"{kind}EncryptionEnforcementConfig", "restrictionMode")
    if mode == "FullyRestricted":
        raise PreconditionFailed(f"The bucket restricts new objects with {_ENFORCEMENT[kind]} encryption.")
