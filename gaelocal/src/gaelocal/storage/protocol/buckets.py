"""The bucket methods of the JSON API."""

from gaelocal.storage.protocol.calls import Call, Reply, Route
from gaelocal.storage.protocol.resources import bucket_resource
from gaelocal.storage.state import access
from gaelocal.storage.state.bucket_fields import INTERNAL, checked_bucket_fields
from gaelocal.storage.state.errors import Invalid
from gaelocal.storage.state.listing import MAX_RESULTS
from gaelocal.storage.state.merging import without
from gaelocal.storage.state.records import Bucket, Fields, moment
from gaelocal.storage.state.store import Store

_ACCESS_FIELDS = ("acl", "defaultObjectAcl")


class BucketCalls:
    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        return [
            Route("GET", "b", self.list_all),
            Route("POST", "b", self.create),
            Route("GET", "b/*", self.get),
            Route("PATCH", "b/*", self.patch),
            Route("PUT", "b/*", self.update),
            Route("DELETE", "b/*", self.delete),
            Route("POST", "b/*/restore", self.restore),
            Route("POST", "b/*/lockRetentionPolicy", self.lock_retention),
            Route("GET", "b/*/storageLayout", self.storage_layout),
        ]

    async def list_all(self, call: Call) -> Reply:
        limit = min(call.number("maxResults") or MAX_RESULTS, MAX_RESULTS)
        prefix, after = call.query.get("prefix", ""), call.query.get("pageToken", "")
        if call.flag("softDeleted"):
            return Reply({"kind": "storage#buckets", "items": self._deleted(call, prefix)})
        found = self._store.database.buckets(prefix, after, limit + 1)
        items = [self._resource(call, bucket) for bucket in found[:limit]]
        more = {"nextPageToken": found[limit - 1].name} if len(found) > limit else {}
        return Reply({"kind": "storage#buckets", **({"items": items} if items else {}), **more})

    async def create(self, call: Call) -> Reply:
        body = call.json
        if not isinstance(body.get("name"), str):
            raise Invalid("Required parameter: name", reason="required")
        fields: Fields = {"location": "US", "storageClass": "STANDARD"} | self._fields(call, None)
        if call.flag("enableObjectRetention"):
            fields["objectRetention"] = {"mode": "Enabled"}
        return Reply(self._resource(call, self._store.create_bucket(body["name"], fields)))

    async def get(self, call: Call, name: str) -> Reply:
        if call.flag("softDeleted"):
            return Reply(self._deleted_resource(call, name))
        bucket = self._store.bucket(name)
        call.conditions.demand_read(bucket)
        return Reply(self._resource(call, bucket))

    async def patch(self, call: Call, name: str) -> Reply:
        changes = self._fields(call, self._store.bucket(name))
        return Reply(self._resource(call, self._store.change_bucket(name, changes, call.conditions)))

    async def update(self, call: Call, name: str) -> Reply:
        old = self._store.bucket(name)
        fixed = {key: old.fields[key] for key in ("location", "storageClass") if key in old.fields}
        fields = fixed | self._fields(call, old)
        changed = self._store.change_bucket(name, fields, call.conditions, replaces=True)
        return Reply(self._resource(call, changed))

    async def delete(self, call: Call, name: str) -> Reply:
        self._store.delete_bucket(name, call.conditions)
        return Reply(status=204)

    async def restore(self, call: Call, name: str) -> Reply:
        generation = call.number("generation")
        if generation is None:
            raise Invalid("Required parameter: generation", reason="required")
        return Reply(self._resource(call, self._store.restore_bucket(name, generation)))

    async def lock_retention(self, call: Call, name: str) -> Reply:
        if call.number("ifMetagenerationMatch") is None:
            raise Invalid("Required parameter: ifMetagenerationMatch", reason="required")
        return Reply(self._resource(call, self._store.lock_retention(name, call.conditions)))

    async def storage_layout(self, _call: Call, name: str) -> Reply:
        bucket = self._store.bucket(name)
        shown = bucket_resource(bucket, "")
        layout: Fields = {
            key: shown[key]
            for key in ("location", "locationType", "customPlacementConfig", "hierarchicalNamespace")
            if key in shown
        }
        return Reply({"kind": "storage#storageLayout", "bucket": name, **layout})

    def _resource(self, call: Call, bucket: Bucket) -> Fields:
        full = call.query.get("projection") == "full"
        return bucket_resource(bucket, call.origin, full=full)

    def _deleted_resource(self, call: Call, name: str) -> Fields:
        generation = call.number("generation")
        if generation is None:
            raise Invalid("Required parameter: generation", reason="required")
        bucket, deleted, until = self._store.deleted_bucket(name, generation)
        return self._resource(call, bucket) | {
            "softDeleteTime": moment(deleted),
            "hardDeleteTime": moment(until),
        }

    def _deleted(self, call: Call, prefix: str) -> list[Fields]:
        return [
            self._resource(call, bucket)
            | {"softDeleteTime": moment(deleted), "hardDeleteTime": moment(until)}
            for bucket, _, deleted, until in self._store.database.deleted_buckets()
            if bucket.name.startswith(prefix) and until > self._store.clock()
        ]

    def _fields(self, call: Call, bucket: Bucket | None) -> Fields:
        """Return the settings that a body and the predefined access lists ask for."""
        body = without(call.json, INTERNAL)
        fields = checked_bucket_fields("", body)
        if call.query.get("predefinedAcl"):
            fields["acl"] = access.predefined_bucket_acl(call.query["predefinedAcl"])
        if call.query.get("predefinedDefaultObjectAcl"):
            fields["defaultObjectAcl"] = access.predefined_default_acl(
                call.query["predefinedDefaultObjectAcl"]
            )
        if bucket and any(fields.get(name) is not None for name in _ACCESS_FIELDS):
            access.refuse_acl_if_uniform(bucket, "use ACL API to update bucket policy")
        return fields
