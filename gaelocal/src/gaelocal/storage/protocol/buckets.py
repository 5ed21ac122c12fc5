"""The bucket calls of the JSON API."""

from gaelocal.storage.protocol.calls import Call, Reply, Route
from gaelocal.storage.protocol.resources import BUCKET_READ_ONLY, access_list, bucket_resource
from gaelocal.storage.state.listing import MAX_RESULTS
from gaelocal.storage.state.merging import without
from gaelocal.storage.state.records import Fields
from gaelocal.storage.state.refusals import Invalid
from gaelocal.storage.state.store import Store


class BucketCalls:
    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        return [
            Route("GET", "b", self.list),
            Route("POST", "b", self.create),
            Route("GET", "b/*", self.get),
            Route("PATCH", "b/*", self.patch),
            Route("PUT", "b/*", self.update),
            Route("DELETE", "b/*", self.delete),
            Route("GET", "b/*/iam", self.get_policy),
            Route("PUT", "b/*/iam", self.set_policy),
            Route("GET", "b/*/acl", self.get_access),
            Route("GET", "b/*/defaultObjectAcl", self.get_object_access),
        ]

    async def list(self, call: Call) -> Reply:
        limit = min(call.number("maxResults") or MAX_RESULTS, MAX_RESULTS)
        prefix, after = call.query.get("prefix", ""), call.query.get("pageToken", "")
        found = self._store.catalog.buckets(prefix, after, limit + 1)
        items = [bucket_resource(bucket, call.origin) for bucket in found[:limit]]
        more = {"nextPageToken": found[limit - 1].name} if len(found) > limit else {}
        return Reply({"kind": "storage#buckets", "items": items, **more})

    async def create(self, call: Call) -> Reply:
        body = call.json
        if not isinstance(body.get("name"), str):
            raise Invalid("Required parameter: name")
        created = self._store.create_bucket(body["name"], self._fields(call, body))
        return Reply(bucket_resource(created, call.origin))

    async def get(self, call: Call, name: str) -> Reply:
        bucket = self._store.bucket(name)
        call.conditions.demand_read(bucket)
        return Reply(bucket_resource(bucket, call.origin))

    async def patch(self, call: Call, name: str) -> Reply:
        changes = self._fields(call, call.json)
        return Reply(bucket_resource(self._store.change_bucket(name, changes, call.conditions), call.origin))

    async def update(self, call: Call, name: str) -> Reply:
        kept = ("iam", "acl", "defaultObjectAcl")
        gone = dict.fromkeys(without(self._store.bucket(name).fields, kept))
        changes = gone | self._fields(call, call.json)
        return Reply(bucket_resource(self._store.change_bucket(name, changes, call.conditions), call.origin))

    async def delete(self, call: Call, name: str) -> Reply:
        self._store.delete_bucket(name, call.conditions)
        return Reply(status=204)

    async def get_policy(self, _call: Call, name: str) -> Reply:
        policy = self._store.bucket(name).fields.get("iam") or {"bindings": []}
        return Reply({"kind": "storage#policy", "version": 1, "etag": "CAE=", **policy})

    async def set_policy(self, call: Call, name: str) -> Reply:
        self._store.change_bucket(name, {"iam": call.json})
        return await self.get_policy(call, name)

    async def get_access(self, _call: Call, name: str) -> Reply:
        return Reply({"items": self._store.bucket(name).fields.get("acl") or []})

    async def get_object_access(self, _call: Call, name: str) -> Reply:
        return Reply({"items": self._store.bucket(name).fields.get("defaultObjectAcl") or []})

    def _fields(self, call: Call, body: Fields) -> Fields:
        objects = access_list(call.query.get("predefinedDefaultObjectAcl"))
        default = {"defaultObjectAcl": objects["acl"]} if objects else {}
        return without(body, BUCKET_READ_ONLY) | access_list(call.query.get("predefinedAcl")) | default
