"""The methods of the JSON API for a project: its service agent and HMAC keys. Notifications are refused."""

import base64
import hashlib
import secrets
from typing import NoReturn

from gaelocal.storage.protocol.calls import Call, Reply, Route
from gaelocal.storage.protocol.resources import service_account_resource
from gaelocal.storage.state.errors import Invalid, NotFound, PreconditionFailed, Unsupported
from gaelocal.storage.state.fields import fields_of, one_of, text
from gaelocal.storage.state.records import Fields, moment
from gaelocal.storage.state.store import Store

SECRET_BYTES = 30  # 40 characters in base64
MOST_ACTIVE_KEYS = 10
ACTIVE, INACTIVE, DELETED = "ACTIVE", "INACTIVE", "DELETED"
_checked_change = fields_of(
    {"state": one_of(ACTIVE, INACTIVE), "etag": text},
    ("kind", "id", "selfLink", "accessId", "projectId", "serviceAccountEmail", "timeCreated", "updated"),
)


class ProjectCalls:
    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        return [
            Route("GET", "projects/*/serviceAccount", self.service_account),
            Route("GET", "projects/*/hmacKeys", self.list_keys),
            Route("POST", "projects/*/hmacKeys", self.create_key),
            Route("GET", "projects/*/hmacKeys/*", self.get_key),
            Route("PUT", "projects/*/hmacKeys/*", self.update_key),
            Route("DELETE", "projects/*/hmacKeys/*", self.delete_key),
            Route("GET", "b/*/notificationConfigs", self.list_notifications),
            Route("POST", "b/*/notificationConfigs", self.create_notification),
            Route("GET", "b/*/notificationConfigs/*", self.get_notification),
            Route("DELETE", "b/*/notificationConfigs/*", self.get_notification),
            Route("POST", "b/*/o/watch", self.create_notification),
        ]

    async def service_account(self, _call: Call, _project: str) -> Reply:
        return Reply(service_account_resource())

    async def list_keys(self, call: Call, project: str) -> Reply:
        email, with_deleted = call.query.get("serviceAccountEmail"), call.flag("showDeletedKeys")
        found = [
            _shown(key, call.origin)
            for key in self._store.database.hmac_keys()
            if key["projectId"] == project
            and email in (None, key["serviceAccountEmail"])
            and (with_deleted or key["state"] != DELETED)
        ]
        return Reply({"kind": "storage#hmacKeysMetadata", **({"items": found} if found else {})})

    async def create_key(self, call: Call, project: str) -> Reply:
        email = call.query.get("serviceAccountEmail")
        if not email or "@" not in email:
            raise Invalid("Required parameter: serviceAccountEmail", reason="required")
        existing = [one for one in self._store.database.hmac_keys() if one["serviceAccountEmail"] == email]
        if sum(one["state"] != DELETED for one in existing) >= MOST_ACTIVE_KEYS:
            raise PreconditionFailed("A service account can have at most 10 HMAC keys.")
        now = moment(self._store.clock())
        access_id = f"GOOG1{base64.b32encode(secrets.token_bytes(35)).decode()}"
        secret = base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
        key: Fields = {
            "accessId": access_id,
            "projectId": project,
            "serviceAccountEmail": email,
            "state": ACTIVE,
            "timeCreated": now,
            "updated": now,
        }
        self._put(key | {"secret": secret})
        return Reply({"kind": "storage#hmacKey", "metadata": _shown(key, call.origin), "secret": secret})

    async def get_key(self, call: Call, project: str, access_id: str) -> Reply:
        return Reply(_shown(self._key(project, access_id), call.origin))

    async def update_key(self, call: Call, project: str, access_id: str) -> Reply:
        key, change = self._key(project, access_id), _checked_change("", call.json)
        if key["state"] == DELETED:
            raise Invalid("A deleted HMAC key cannot be changed.")
        if change.get("etag") not in (None, _etag(key)):
            raise PreconditionFailed
        changed = key | {"state": change.get("state") or key["state"], "updated": moment(self._store.clock())}
        self._put(changed)
        return Reply(_shown(changed, call.origin))

    async def delete_key(self, _call: Call, project: str, access_id: str) -> Reply:
        key = self._key(project, access_id)
        if key["state"] == ACTIVE:
            raise Invalid("Cannot delete keys in 'ACTIVE' state.")
        self._put(key | {"state": DELETED, "updated": moment(self._store.clock())})
        return Reply(status=204)

    async def list_notifications(self, _call: Call, bucket: str) -> Reply:
        self._store.bucket(bucket)
        return Reply({"kind": "storage#notifications"})

    async def create_notification(self, _call: Call, bucket: str) -> NoReturn:
        self._store.bucket(bucket)
        raise Unsupported("gaelocal has no Pub/Sub: notifications and watched buckets are not supported.")

    async def get_notification(self, _call: Call, bucket: str, _number: str) -> NoReturn:
        self._store.bucket(bucket)
        raise NotFound("The specified notification does not exist.")

    def _key(self, project: str, access_id: str) -> Fields:
        for key in self._store.database.hmac_keys():
            if (key["projectId"], key["accessId"]) == (project, access_id):
                return key
        raise NotFound("Access ID not found in project.")

    def _put(self, key: Fields) -> None:
        with self._store.change():
            self._store.database.put_hmac_key(key["accessId"], key)


def _shown(key: Fields, origin: str) -> Fields:
    path = f"projects/{key['projectId']}/hmacKeys/{key['accessId']}"
    metadata = {name: value for name, value in key.items() if name != "secret"}
    return {
        "kind": "storage#hmacKeyMetadata",
        "id": f"{key['projectId']}/{key['accessId']}",
        "selfLink": f"{origin}/storage/v1/{path}",
        "etag": _etag(key),
        **metadata,
    }


def _etag(key: Fields) -> str:
    return hashlib.sha256(f"{key['state']}{key['updated']}".encode()).hexdigest()[:16]
