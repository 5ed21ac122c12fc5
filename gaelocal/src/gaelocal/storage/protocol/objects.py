"""The object methods of the JSON API that carry no media."""

import base64
import binascii
from typing import Any

from gaelocal.storage.protocol.calls import Call, Reply, Route
from gaelocal.storage.protocol.customer_keys import demand_key, key_of
from gaelocal.storage.protocol.new_objects import new_object_fields
from gaelocal.storage.protocol.resources import object_resource
from gaelocal.storage.state import access
from gaelocal.storage.state.conditions import Conditions
from gaelocal.storage.state.database import ALL_VERSIONS, LIVE, SOFT_DELETED
from gaelocal.storage.state.errors import Invalid, Unsupported
from gaelocal.storage.state.fields import flag, mapping, number_text, text
from gaelocal.storage.state.globs import compiled_glob
from gaelocal.storage.state.listing import MAX_RESULTS, Listing
from gaelocal.storage.state.merging import merged
from gaelocal.storage.state.names import checked_object_name
from gaelocal.storage.state.object_settings import checked_object_fields
from gaelocal.storage.state.records import Fields, StoredObject, Upload
from gaelocal.storage.state.store import Store

MOST_SOURCES = 32
# A list that silently leaves these out would be a wrong answer.
_NOT_SUPPORTED = ("filter",)
_INHERITED = (
    *("cacheControl", "contentDisposition", "contentEncoding", "contentLanguage", "contentType"),
    *("customTime", "metadata"),
)


class ObjectCalls:
    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        return [
            Route("GET", "b/*/o", self.list_all),
            Route("GET", "b/*/o/*", self.get),
            Route("PATCH", "b/*/o/*", self.patch),
            Route("PUT", "b/*/o/*", self.update),
            Route("DELETE", "b/*/o/*", self.delete),
            Route("POST", "b/*/o/*/restore", self.restore),
            Route("POST", "b/*/o/*/copyTo/b/*/o/*", self.copy),
            Route("POST", "b/*/o/*/rewriteTo/b/*/o/*", self.rewrite),
            Route("POST", "b/*/o/*/moveTo/o/*", self.move),
            Route("POST", "b/*/o/*/compose", self.compose),
        ]

    async def list_all(self, call: Call, bucket_name: str) -> Reply:
        if refused := [name for name in _NOT_SUPPORTED if call.query.get(name)]:
            raise Unsupported(f"gaelocal's Cloud Storage does not support the parameter {refused[0]}.")
        bucket = self._store.bucket(bucket_name)
        page = self._store.list(bucket_name, self._listing(call, bucket_name))
        full = call.query.get("projection") == "full"
        reply: Fields = {"kind": "storage#objects"}
        reply["items"] = [object_resource(one, bucket, call.origin, full=full) for one in page.objects]
        reply["prefixes"] = page.prefixes
        reply["nextPageToken"] = page.next_after and page_token(page.next_after)
        return Reply({name: value for name, value in reply.items() if value})

    async def get(self, call: Call, bucket: str, name: str) -> Reply:
        found = self._store.find(
            bucket, name, call.number("generation"), soft_deleted=call.flag("softDeleted")
        )
        call.conditions.demand_read(found)
        if call.customer_key is not None:
            demand_key(found, call.customer_key)
        return self._reply(call, found)

    async def patch(self, call: Call, bucket: str, name: str) -> Reply:
        found = self._store.find(bucket, name, call.number("generation"))
        return self._changed(call, found, merged(found.fields, self._written(call, found)))

    async def update(self, call: Call, bucket: str, name: str) -> Reply:
        found = self._store.find(bucket, name, call.number("generation"))
        fixed = (
            "acl",
            "storageClass",
            "kmsKeyName",
            "customerEncryption",
            "heldUntil",
            "retention",
            "lastRead",
        )
        kept = {key: found.fields[key] for key in fixed if key in found.fields}
        return self._changed(call, found, merged(kept, self._written(call, found)))

    async def delete(self, call: Call, bucket: str, name: str) -> Reply:
        self._store.delete(bucket, name, call.number("generation"), call.conditions)
        return Reply(status=204)

    async def restore(self, call: Call, bucket: str, name: str) -> Reply:
        generation = call.number("generation")
        if generation is None:
            raise Invalid("Required parameter: generation", reason="required")
        return self._reply(call, self._store.restore(bucket, name, generation, call.conditions))

    async def copy(self, call: Call, *names: str) -> Reply:
        return self._reply(call, self._copied(call, *names))

    async def rewrite(self, call: Call, *names: str) -> Reply:
        if call.query.get("rewriteToken"):
            # Every rewrite here is done in one call, so that no token is ever given out.
            raise Invalid("Invalid rewrite token.", location="rewriteToken")
        made = self._copied(call, *names)
        size = str(made.blob.size)
        written: Fields = {"totalBytesRewritten": size, "objectSize": size, "done": True}
        return Reply({"kind": "storage#rewriteResponse", **written, "resource": self._resource(call, made)})

    async def move(self, call: Call, bucket: str, name: str, new_name: str) -> Reply:
        source = self._source(call, bucket, name)
        return self._reply(call, self._store.move(source, checked_object_name(new_name), call.conditions))

    async def compose(self, call: Call, bucket_name: str, name: str) -> Reply:
        self._store.demand(bucket_name, name, call.conditions)
        bucket, body = self._store.bucket(bucket_name), call.json
        sources = [self._part(bucket_name, part) for part in _parts(body)]
        for source in sources:
            demand_key(source, call.customer_key)
        written = checked_object_fields("destination", body.get("destination") or {})
        fields = new_object_fields(
            bucket, call, written, dict(call.query) | _kms_of_destination(call), prefix="destination"
        )
        blob = await self._store.blobs.joined(source.blob.id for source in sources)
        new = Upload(
            id=blob.id,
            bucket=bucket_name,
            name=name,
            created=self._store.clock(),
            total=blob.size,
            fields=fields,
            conditions=call.condition_texts,
        )
        used_up = sources if flag("deleteSourceObjects", body.get("deleteSourceObjects") or False) else []
        try:
            return self._reply(call, self._store.add(new, blob, used_up))
        finally:
            self._store.blobs.discard(blob.id)

    def _copied(self, call: Call, bucket: str, name: str, to_bucket: str, to_name: str) -> StoredObject:
        source, to = self._source(call, bucket, name), self._store.bucket(to_bucket)
        demand_key(source, call.source_customer_key)
        written = checked_object_fields("", call.json)
        if set(written) <= {"storageClass", "kmsKeyName"}:
            written = {key: source.fields[key] for key in _INHERITED if key in source.fields} | written
            if "retention" in source.fields and (bucket, name) == (to_bucket, to_name):
                written["retention"] = source.fields["retention"]
        fields = new_object_fields(to, call, written, call.query, prefix="destination")
        return self._store.copy(source, (to_bucket, to_name), fields, call.conditions)

    def _source(self, call: Call, bucket: str, name: str) -> StoredObject:
        source = self._store.find(bucket, name, call.number("sourceGeneration"))
        Conditions.of(call.query, source=True).demand(source)
        return source

    def _part(self, bucket: str, part: Any) -> StoredObject:
        fields = mapping("sourceObjects", part)
        generation, name = fields.get("generation"), text("sourceObjects.name", fields.get("name"))
        number = int(number_text("sourceObjects.generation", generation)) if generation else None
        source = self._store.find(bucket, name, number)
        Conditions.of(mapping("objectPreconditions", fields.get("objectPreconditions") or {})).demand(source)
        return source

    def _written(self, call: Call, found: StoredObject) -> Fields:
        written = checked_object_fields("", call.json)
        if written.get("storageClass") not in (None, found.fields.get("storageClass", "STANDARD")):
            raise Invalid("The storage class of an object is changed by rewriting it.")
        if written.get("kmsKeyName") not in (None, found.fields.get("kmsKeyName")):
            raise Invalid("The key of an object is changed by rewriting it.")
        bucket, predefined = self._store.bucket(found.bucket), call.query.get("predefinedAcl")
        if written.get("acl") is not None or predefined:
            access.refuse_acl_if_uniform(bucket, "use ACL API to update object policy")
        if predefined:
            written["acl"] = access.predefined_object_acl(predefined)
        access.refuse_public_if_prevented(bucket, [grant["entity"] for grant in written.get("acl") or []])
        return written

    def _changed(self, call: Call, found: StoredObject, fields: Fields) -> Reply:
        changed = self._store.change_object(
            found, fields, call.conditions, override_unlocked=call.flag("overrideUnlockedRetention")
        )
        return self._reply(call, changed)

    def _reply(self, call: Call, found: StoredObject) -> Reply:
        return Reply(self._resource(call, found))

    def _resource(self, call: Call, found: StoredObject) -> Fields:
        full = call.query.get("projection") == "full"
        bucket = self._store.bucket(found.bucket)
        key = call.customer_key if call.method == "GET" else key_of(found)
        return object_resource(found, bucket, call.origin, full=full, key=key)

    def _listing(self, call: Call, bucket: str) -> Listing:
        asked = call.query
        glob = compiled_glob(asked["matchGlob"]) if asked.get("matchGlob") else None
        folders: tuple[str, ...] = ()
        if call.flag("includeFoldersAsPrefixes"):
            found = self._store.database.folders(bucket, prefix=asked.get("prefix", ""))
            folders = tuple(folder.name for folder in found)
        if (glob or folders) and asked.get("delimiter") not in (None, "", "/"):
            raise Invalid("The delimiter must be / together with matchGlob or includeFoldersAsPrefixes.")
        return Listing(
            prefix=asked.get("prefix", ""),
            delimiter=asked.get("delimiter", ""),
            start=asked.get("startOffset", ""),
            end=asked.get("endOffset", ""),
            after=position_in(asked.get("pageToken", "")),
            limit=min(call.number("maxResults") or MAX_RESULTS, MAX_RESULTS),
            includes_trailing_delimiter=call.flag("includeTrailingDelimiter"),
            glob=glob,
            source=_source_of(call),
            folders=folders,
        )


def _source_of(call: Call) -> str:
    if call.flag("softDeleted"):
        if call.flag("versions"):
            raise Invalid("The parameters versions and softDeleted cannot be used together.")
        return SOFT_DELETED
    return ALL_VERSIONS if call.flag("versions") else LIVE


def page_token(position: tuple[str, int]) -> str:
    name, generation = position
    return base64.urlsafe_b64encode(f"{generation}/{name}".encode()).decode()


def position_in(token: str) -> tuple[str, int]:
    """Return the name and generation after which a page begins."""
    if not token:
        return "", 0
    try:
        generation, slash, name = (
            base64.b64decode(token, altchars=b"-_", validate=True).decode().partition("/")
        )
    except (binascii.Error, ValueError):
        raise Invalid(f"Invalid argument: pageToken {token[:100]!r}") from None
    if not slash or not generation.isascii() or not generation.isdecimal() or len(generation) > 19:  # noqa: PLR2004
        raise Invalid(f"Invalid argument: pageToken {token[:100]!r}")
    return name, min(int(generation), 2**63 - 1)


def _kms_of_destination(call: Call) -> dict[str, str]:
    return {"destinationKmsKeyName": call.query["kmsKeyName"]} if call.query.get("kmsKeyName") else {}


def _parts(body: Fields) -> list[Any]:
    parts = body.get("sourceObjects")
    if not isinstance(parts, list) or not parts:
        raise Invalid("You must provide at least one source component.")
    if len(parts) > MOST_SOURCES:
        raise Invalid("The number of source components provided exceeds the maximum (32).")
    return parts
