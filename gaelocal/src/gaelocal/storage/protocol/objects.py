"""The object calls of the JSON API that carry no media."""

import base64
import binascii

from gaelocal.storage.protocol.calls import Call, Reply, Route
from gaelocal.storage.protocol.resources import access_list, object_resource, writable
from gaelocal.storage.state.conditions import Conditions
from gaelocal.storage.state.listing import MAX_RESULTS, Wanted
from gaelocal.storage.state.merging import merged
from gaelocal.storage.state.names import checked_object_name
from gaelocal.storage.state.records import Fields, StoredObject, Upload
from gaelocal.storage.state.refusals import Invalid, NotOffered
from gaelocal.storage.state.store import Store

MOST_SOURCES = 32
# A list that silently leaves these out would be a wrong answer.
_NOT_OFFERED = ("matchGlob", "softDeleted", "filter")


class ObjectCalls:
    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        return [
            Route("GET", "b/*/o", self.list),
            Route("GET", "b/*/o/*", self.get),
            Route("PATCH", "b/*/o/*", self.patch),
            Route("PUT", "b/*/o/*", self.update),
            Route("DELETE", "b/*/o/*", self.delete),
            Route("GET", "b/*/o/*/acl", self.get_access),
            Route("POST", "b/*/o/*/copyTo/b/*/o/*", self.copy),
            Route("POST", "b/*/o/*/rewriteTo/b/*/o/*", self.rewrite),
            Route("POST", "b/*/o/*/moveTo/o/*", self.move),
            Route("POST", "b/*/o/*/compose", self.compose),
        ]

    async def list(self, call: Call, bucket: str) -> Reply:
        if refused := [name for name in _NOT_OFFERED if call.query.get(name)]:
            raise NotOffered(f"gaelocal's storage does not know {refused[0]}.")
        page = self._store.list(bucket, _wanted(call))
        answer: Fields = {"kind": "storage#objects"}
        answer["items"] = [object_resource(one, call.origin) for one in page.objects]
        answer["prefixes"] = page.prefixes
        answer["nextPageToken"] = page.next_after and _page_token(page.next_after)
        return Reply({name: value for name, value in answer.items() if value})

    async def get(self, call: Call, bucket: str, name: str) -> Reply:
        found = self._store.find(bucket, name, call.number("generation"))
        call.conditions.demand_read(found)
        return self._reply(call, found)

    async def patch(self, call: Call, bucket: str, name: str) -> Reply:
        found = self._store.find(bucket, name, call.number("generation"))
        return self._changed(call, found, merged(found.fields, writable(call.json)))

    async def update(self, call: Call, bucket: str, name: str) -> Reply:
        found = self._store.find(bucket, name, call.number("generation"))
        kept = {"acl": found.fields.get("acl")}
        return self._changed(call, found, merged({}, kept | writable(call.json)))

    async def delete(self, call: Call, bucket: str, name: str) -> Reply:
        self._store.delete(bucket, name, call.number("generation"), call.conditions)
        return Reply(status=204)

    async def get_access(self, call: Call, bucket: str, name: str) -> Reply:
        found = self._store.find(bucket, name, call.number("generation"))
        return Reply({"kind": "storage#objectAccessControls", "items": found.fields.get("acl") or []})

    async def copy(self, call: Call, *names: str) -> Reply:
        return self._reply(call, self._copied(call, *names))

    async def rewrite(self, call: Call, *names: str) -> Reply:
        made = self._copied(call, *names)
        size = str(made.content.size)
        written: Fields = {"totalBytesRewritten": size, "objectSize": size, "done": True}
        resource = object_resource(made, call.origin)
        return Reply({"kind": "storage#rewriteResponse", **written, "resource": resource})

    async def move(self, call: Call, bucket: str, name: str, new_name: str) -> Reply:
        source = self._source(call, bucket, name)
        return self._reply(call, self._store.move(source, checked_object_name(new_name), call.conditions))

    async def compose(self, call: Call, bucket: str, name: str) -> Reply:
        self._store.demand(bucket, name, call.conditions)
        sources = [self._part(bucket, part) for part in _parts(call.json)]
        content = await self._store.contents.joined(source.content.id for source in sources)
        fields = writable(call.json.get("destination") or {}) | access_list(
            call.query.get("destinationPredefinedAcl")
        )
        new = Upload(
            id=content.id,
            bucket=bucket,
            name=name,
            created=self._store.clock(),
            total=content.size,
            fields={"contentType": sources[0].content_type} | fields,
            conditions=call.condition_texts,
        )
        try:
            return self._reply(call, self._store.add(new, content))
        finally:
            self._store.contents.discard(content.id)

    def _copied(self, call: Call, bucket: str, name: str, to_bucket: str, to_name: str) -> StoredObject:
        source = self._source(call, bucket, name)
        fields = writable(call.json) or {key: text for key, text in source.fields.items() if key != "acl"}
        granted = access_list(call.query.get("destinationPredefinedAcl"))
        return self._store.copy(source, (to_bucket, to_name), fields | granted, call.conditions)

    def _source(self, call: Call, bucket: str, name: str) -> StoredObject:
        source = self._store.find(bucket, name, call.number("sourceGeneration"))
        Conditions.of(call.query, source=True).demand(source)
        return source

    def _part(self, bucket: str, part: Fields) -> StoredObject:
        generation = part.get("generation")
        source = self._store.find(bucket, str(part.get("name")), int(generation) if generation else None)
        Conditions.of(part.get("objectPreconditions") or {}).demand(source)
        return source

    def _changed(self, call: Call, found: StoredObject, fields: Fields) -> Reply:
        granted = access_list(call.query.get("predefinedAcl"))
        return self._reply(call, self._store.change_object(found, fields | granted, call.conditions))

    def _reply(self, call: Call, found: StoredObject) -> Reply:
        return Reply(object_resource(found, call.origin))


def _wanted(call: Call) -> Wanted:
    asked = call.query
    return Wanted(
        prefix=asked.get("prefix", ""),
        delimiter=asked.get("delimiter", ""),
        start=asked.get("startOffset", ""),
        end=asked.get("endOffset", ""),
        after=_name_in(asked.get("pageToken", "")),
        limit=min(call.number("maxResults") or MAX_RESULTS, MAX_RESULTS),
        objects_of_folders=call.flag("includeTrailingDelimiter"),
    )


def _page_token(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode()


def _name_in(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise Invalid(f"Invalid argument: pageToken {token!r}") from None


def _parts(body: Fields) -> list[Fields]:
    parts = body.get("sourceObjects")
    if not isinstance(parts, list) or not parts:
        raise Invalid("You must provide at least one source component.")
    if len(parts) > MOST_SOURCES:
        raise Invalid("The number of source components provided exceeds the maximum (32).")
    return parts
