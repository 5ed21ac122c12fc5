"""`/BUCKET/OBJECT`, the paths of the XML API: public files and signed links."""

from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from gaelocal.storage.protocol.calls import Call
from gaelocal.storage.protocol.downloads import media_headers, send
from gaelocal.storage.protocol.resources import access_list, is_public
from gaelocal.storage.protocol.signatures import SignedRequest, Verify
from gaelocal.storage.protocol.uploads import UploadCalls
from gaelocal.storage.state.conditions import Conditions
from gaelocal.storage.state.records import Fields, StoredObject
from gaelocal.storage.state.refusals import Forbidden, Invalid, NotOffered
from gaelocal.storage.state.store import Store

_HEADERS = {
    "Cache-Control": "cacheControl",
    "Content-Disposition": "contentDisposition",
    "Content-Encoding": "contentEncoding",
    "Content-Language": "contentLanguage",
    "Content-Type": "contentType",
}
_CHOSEN_BY_LINK = {
    "response-content-type": "Content-Type",
    "response-content-disposition": "Content-Disposition",
}
_CONDITIONS = {
    "x-goog-if-generation-match": "ifGenerationMatch",
    "x-goog-if-metageneration-match": "ifMetagenerationMatch",
}


class XmlCalls:
    def __init__(self, store: Store, uploads: UploadCalls, verify: Verify) -> None:
        self._store = store
        self._uploads = uploads
        self._verify = verify

    async def answer(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        bucket, name = call.path[0], "/".join(call.path[1:])
        if not name:
            raise NotOffered("gaelocal's storage lists buckets by the JSON API only.")
        self._store.bucket(bucket)
        is_known = self._is_signed(call) or "Authorization" in call.headers
        if call.method in ("GET", "HEAD"):
            return await self._send(request, call, self._readable(bucket, name, call, is_known))
        if not is_known:
            raise _anonymous("storage.objects.create", bucket, name)
        return await self._write(request, call, bucket, name)

    def _is_signed(self, call: Call) -> bool:
        path = "/" + "/".join(call.path)
        signed = SignedRequest(method=call.method, path=path, query=call.query, headers=call.headers)
        if signed.is_signed:
            signed.demand(self._verify, self._store.clock())
        return signed.is_signed

    def _readable(self, bucket: str, name: str, call: Call, is_known: bool) -> StoredObject:
        """Find the object; to a stranger one that is missing looks like one that is private."""
        row = self._store.catalog.object(bucket, name)
        if not is_known and (row is None or not is_public(row, self._store.bucket(bucket))):
            raise _anonymous("storage.objects.get", bucket, name)
        return self._store.find(bucket, name, call.number("generation"))

    async def _send(self, request: web.BaseRequest, call: Call, found: StoredObject) -> web.StreamResponse:
        call.conditions.demand_read(found)
        chosen = {header: call.query[name] for name, header in _CHOSEN_BY_LINK.items() if name in call.query}
        return await send(request, self._store.contents, found, chosen)

    async def _write(
        self, request: web.BaseRequest, call: Call, bucket: str, name: str
    ) -> web.StreamResponse:
        conditions = _conditions(call.headers)
        if call.method == "DELETE":
            self._store.delete(bucket, name, call.number("generation"), Conditions.of(conditions))
            return web.Response(status=204)
        planned = self._uploads.planned(
            replace(call, path=("b", bucket, "o"), query=conditions, headers={}), name, _fields(call.headers)
        )
        if call.method == "PUT":
            made = await self._uploads.store_body(request, planned)
            kept = ("ETag", "X-Goog-Generation", "X-Goog-Metageneration", "X-Goog-Hash")
            return web.Response(headers={header: media_headers(made)[header] for header in kept})
        if call.method == "POST" and call.headers.get("x-goog-resumable") == "start":
            begun = self._uploads.session(request, call, planned, {})
            begun.set_status(201)
            return begun
        raise Invalid(f"{call.method} is not understood here.")


def _conditions(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[header] for header, name in _CONDITIONS.items() if header in headers}


def _fields(headers: Mapping[str, str]) -> Fields:
    fields: Fields = {name: headers[header] for header, name in _HEADERS.items() if header in headers}
    own = {key[12:].lower(): text for key, text in headers.items() if key.lower().startswith("x-goog-meta-")}
    granted = access_list("publicRead" if headers.get("x-goog-acl") == "public-read" else None)
    return fields | ({"metadata": own} if own else {}) | granted


def _anonymous(permission: str, bucket: str, name: str) -> Forbidden:
    return Forbidden(
        f"Access denied. Anonymous caller does not have {permission} access to the Google Cloud Storage "
        f"object {bucket}/{name}, or it may not exist."
    )
