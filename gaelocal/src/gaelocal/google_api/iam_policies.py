"""IAM policies: kept and returned, never enforced, because a local platform has one user."""

import json
import secrets
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from gaelocal.atomic_write import write_atomically
from gaelocal.google_api.errors import ApiError, invalid
from gaelocal.http2 import Status
from gaelocal.protobuf import iam_pb2
from gaelocal.state_files import read_json


class IamPolicies:
    """The policies of one API's resources, in one file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._policies: dict[str, dict[str, Any]] = {}

    def load(self) -> None:
        self._policies = read_json(self._file, dict, {})

    def get(self, request: Any) -> Any:
        kept = self._policies.get(request.resource)
        policy = iam_pb2.Policy(version=1, etag=b"ACAB")
        return json_format.ParseDict(kept, policy) if kept else policy

    def set(self, request: Any) -> Any:
        before = self.get(request)
        if request.policy.etag and request.policy.etag != before.etag:
            raise ApiError(
                Status.ABORTED,
                "The policy was changed in the meantime: read it and apply the change again.",
            )
        _check(request.policy)
        policy = iam_pb2.Policy()
        policy.CopyFrom(request.policy)
        policy.etag = secrets.token_bytes(6)
        policy.version = policy.version or 1
        self._save({**self._policies, request.resource: json_format.MessageToDict(policy)})
        return policy

    def test(self, request: Any) -> Any:
        """Return every permission that was asked for: the caller owns the machine."""
        if any("*" in permission or "." not in permission for permission in request.permissions):
            raise invalid("Permissions must be of the form SERVICE.RESOURCE.VERB, without wildcards.")
        return iam_pb2.TestIamPermissionsResponse(permissions=request.permissions)

    def forget(self, resource: str) -> None:
        if resource in self._policies:
            self._save({name: policy for name, policy in self._policies.items() if name != resource})

    def _save(self, policies: dict[str, Any]) -> None:
        """Write the file; the policies change only if that succeeds."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._file, json.dumps(policies, indent=1))
        self._policies = policies


def _check(policy: Any) -> None:
    for binding in policy.bindings:
        if not binding.role.startswith(("roles/", "projects/", "organizations/")):
            raise invalid(f"Role {binding.role or '(empty)'} is not supported for this resource.")
        if any(
            ":" not in member and member not in ("allUsers", "allAuthenticatedUsers")
            for member in binding.members
        ):
            raise invalid(
                "Members must be of the form user:EMAIL, serviceAccount:EMAIL, group:EMAIL or domain:NAME."
            )
