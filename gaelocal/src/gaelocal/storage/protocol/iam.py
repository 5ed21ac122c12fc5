"""IAM policies of buckets and managed folders. They are enforced for callers without credentials only."""

import base64
import hashlib
import json
from typing import Any

from gaelocal.storage.protocol.calls import Call, Reply, Route
from gaelocal.storage.state import access
from gaelocal.storage.state.errors import Invalid, PreconditionFailed
from gaelocal.storage.state.fields import fields_of, list_of, text, whole_number
from gaelocal.storage.state.records import Bucket, Fields
from gaelocal.storage.state.store import Store

CONDITIONS_VERSION = 3
_PROJECT = access.PROJECT_NUMBER
_DEFAULT_BINDINGS = [
    {
        "role": "roles/storage.legacyBucketOwner",
        "members": [f"projectEditor:{_PROJECT}", f"projectOwner:{_PROJECT}"],
    },
    {"role": "roles/storage.legacyBucketReader", "members": [f"projectViewer:{_PROJECT}"]},
]
_checked_policy = fields_of(
    {
        "version": whole_number,
        "bindings": list_of(
            fields_of(
                {
                    "role": text,
                    "members": list_of(text),
                    "condition": fields_of(
                        {"title": text, "description": text, "expression": text, "location": text}
                    ),
                }
            )
        ),
        "etag": text,
    },
    output_only=("kind", "resourceId"),
)


class IamCalls:
    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        return [
            Route("GET", "b/*/iam", self.get),
            Route("PUT", "b/*/iam", self.set),
            Route("GET", "b/*/iam/testPermissions", self.test),
            Route("GET", "b/*/o/*/iam/testPermissions", self.test_object),
        ]

    async def get(self, call: Call, name: str) -> Reply:
        bucket = self._store.bucket(name)
        return Reply(_resource(bucket, call.number("optionsRequestedPolicyVersion") or 1))

    async def set(self, call: Call, name: str) -> Reply:
        bucket = self._store.bucket(name)
        policy = _checked_policy("policy", call.json)
        _check_conditions(bucket, policy)
        if policy.get("etag") not in (None, _etag(bucket)):
            raise PreconditionFailed(
                "At least one of the pre-conditions you specified did not hold: the policy was changed."
            )
        members = [member for one in policy.get("bindings") or [] for member in one.get("members") or []]
        access.refuse_public_if_prevented(bucket, members)
        kept = {"version": policy.get("version") or 1, "bindings": policy.get("bindings") or []}
        changed = self._store.change_bucket(name, {"iam": kept})
        return Reply(_resource(changed, CONDITIONS_VERSION))

    async def test(self, call: Call, name: str) -> Reply:
        self._store.bucket(name)
        return Reply(_permissions(call))

    async def test_object(self, call: Call, bucket: str, name: str) -> Reply:
        self._store.find(bucket, name, call.number("generation"))
        return Reply(_permissions(call))


def _resource(bucket: Bucket, version: int) -> Fields:
    policy: dict[str, Any] = bucket.fields.get("iam") or {"bindings": _DEFAULT_BINDINGS}
    shown = min(int(policy.get("version") or 1), version)
    return {
        "kind": "storage#policy",
        "resourceId": f"projects/_/buckets/{bucket.name}",
        "version": max(shown, 1),
        "etag": _etag(bucket),
        "bindings": policy["bindings"],
    }


def _etag(bucket: Bucket) -> str:
    text = json.dumps(bucket.fields.get("iam") or {}, sort_keys=True)
    return base64.b64encode(hashlib.sha256(text.encode()).digest()[:6]).decode()


def _check_conditions(bucket: Bucket, policy: Fields) -> None:
    if not any(one.get("condition") for one in policy.get("bindings") or []):
        return
    if not bucket.is_uniform:
        raise PreconditionFailed(
            "To set conditional IAM bindings, you must enable uniform bucket-level access."
        )
    if (policy.get("version") or 1) < CONDITIONS_VERSION:
        raise Invalid("The specified policy version must be at least 3 to set conditional bindings.")


def _permissions(call: Call) -> Fields:
    """Return the permissions asked for: everybody who reaches the emulator has all of them."""
    return {"kind": "storage#testIamPermissionsResponse", "permissions": call.all_values("permissions")}
