"""The XML API, `/BUCKET/OBJECT`: signed URLs, public files, lists, forms and multipart uploads."""

from urllib.parse import unquote

from aiohttp import web

from gaelocal.storage.protocol.calls import Call
from gaelocal.storage.protocol.customer_keys import demand_key
from gaelocal.storage.protocol.downloads import demand_dates, media_headers, send
from gaelocal.storage.protocol.post_forms import FormCalls
from gaelocal.storage.protocol.signatures import SignedRequest, Verify, not_signed
from gaelocal.storage.protocol.uploads import UploadCalls
from gaelocal.storage.protocol.xml_headers import (
    conditions_in,
    inherited_fields,
    length_range,
    planned_from_headers,
    refuse_unknown_headers,
)
from gaelocal.storage.protocol.xml_listing import buckets_xml, document, objects_xml
from gaelocal.storage.protocol.xml_multipart import XML, MultipartCalls
from gaelocal.storage.state.access import is_public, is_public_bucket
from gaelocal.storage.state.conditions import Conditions
from gaelocal.storage.state.errors import Forbidden, Invalid, MethodNotAllowed, Unauthenticated, Unsupported
from gaelocal.storage.state.records import StoredObject, moment
from gaelocal.storage.state.store import Store

# Google's client libraries leave credentials out where STORAGE_EMULATOR_HOST is set, but name themselves.
_CREDENTIALS = ("Authorization", "x-goog-api-client")
_CHOSEN_BY_URL = {
    "response-cache-control": "Cache-Control",
    "response-content-type": "Content-Type",
    "response-content-disposition": "Content-Disposition",
}
# Parameters that name something else than the object or the bucket itself.
_SUBRESOURCES = (
    *(
        "accelerate",
        "acl",
        "analytics",
        "billing",
        "compose",
        "cors",
        "defaultObjectAcl",
        "delete",
        "encryption",
    ),
    *(
        "labels",
        "legal-hold",
        "lifecycle",
        "logging",
        "notification",
        "object-lock",
        "policy",
        "publicAccessBlock",
    ),
    *(
        "replication",
        "requestPayment",
        "restore",
        "retention",
        "select",
        "storageClass",
        "tagging",
        "torrent",
    ),
    *("versioning", "website", "ownershipControls", "inventory", "metrics", "encryptionConfig", "softDelete"),
)


class XmlCalls:
    def __init__(self, store: Store, uploads: UploadCalls, verify: Verify) -> None:
        self._store = store
        self._uploads = uploads
        self._multipart = MultipartCalls(store)
        self._forms = FormCalls(store, uploads, verify)
        self._verify = verify

    async def answer(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        bucket, name = call.path[0], "/".join(call.path[1:])
        if refused := [one for one in _SUBRESOURCES if one in call.query]:
            raise Unsupported(
                f"gaelocal's Cloud Storage does not support ?{refused[0]} of the XML API; use the JSON API."
            )
        is_known = self._is_signed(call) or any(name in call.headers for name in _CREDENTIALS)
        if not bucket:
            return self._list_buckets(call, is_known)
        if not name:
            return await self._answer_bucket(request, call, bucket, is_known)
        self._demand_user_project(bucket, call, is_known)
        if call.method in ("GET", "HEAD") and "uploadId" not in call.query:
            return await self._send(request, call, self._readable(bucket, name, call, is_known))
        if not is_known:
            raise _anonymous("storage.objects.create", bucket, name)
        return await self._write(request, call, bucket, name)

    def _list_buckets(self, call: Call, is_known: bool) -> web.Response:
        if not is_known or call.method != "GET":
            raise Unauthenticated("Authentication required to list buckets.")
        return _xml(buckets_xml(self._store.database.buckets()))

    async def _answer_bucket(
        self, request: web.BaseRequest, call: Call, bucket: str, is_known: bool
    ) -> web.StreamResponse:
        if call.method == "POST":
            return await self._forms.answer(request, call, bucket)
        if call.method not in ("GET", "HEAD"):
            raise Unsupported("gaelocal's Cloud Storage creates and deletes buckets by the JSON API only.")
        row = self._store.bucket(bucket)
        if not is_known and not is_public_bucket(row):
            raise _anonymous("storage.objects.list", bucket, "")
        if call.method == "HEAD":
            return web.Response(headers={"X-Goog-Metageneration": str(row.metageneration)})
        if "uploads" in call.query:
            return self._multipart.list(bucket, call)
        if "location" in call.query:
            return _xml(document("LocationConstraint", {"Location": row.fields.get("location", "US")}))
        return _xml(objects_xml(self._store, bucket, call))

    def _is_signed(self, call: Call) -> bool:
        signed = SignedRequest(
            method=call.method,
            path="/" + "/".join(call.path),
            raw_path=call.raw_path,
            query=call.query,
            headers=call.headers,
        )
        if signed.is_signed:
            if len({name.lower() for name, _ in call.pairs}) < len(call.pairs):
                raise not_signed()
            signed.demand(self._verify, self._store.clock())
        return signed.is_signed

    def _demand_user_project(self, bucket: str, call: Call, is_known: bool) -> None:
        row = self._store.bucket(bucket)
        named = call.query.get("userProject") or call.headers.get("x-goog-user-project")
        if row.setting("billing", "requesterPays") and not is_known and not named:
            raise Invalid(
                "Bucket is a requester pays bucket but no user project provided.", code="UserProjectMissing"
            )

    def _readable(self, bucket: str, name: str, call: Call, is_known: bool) -> StoredObject:
        """Return the object; without credentials a missing object looks like a private one."""
        row = self._store.database.object(bucket, name)
        if not is_known and (row is None or not is_public(row, self._store.bucket(bucket))):
            raise _anonymous("storage.objects.get", bucket, name)
        return self._store.find(bucket, name, call.number("generation"))

    async def _send(self, request: web.BaseRequest, call: Call, found: StoredObject) -> web.StreamResponse:
        demand_key(found, call.customer_key)
        Conditions.of(dict(call.condition_texts) | conditions_in(call.headers)).demand_read(found)
        demand_dates(call.headers, found)
        chosen = {
            header: _header(call.query[name]) for name, header in _CHOSEN_BY_URL.items() if name in call.query
        }
        return await send(request, self._store.blobs, found, chosen)

    async def _write(
        self, request: web.BaseRequest, call: Call, bucket: str, name: str
    ) -> web.StreamResponse:
        refuse_unknown_headers(call.headers)
        if "uploadId" in call.query:
            return await self._multipart.answer(request, call, bucket, name)
        if call.method == "DELETE":
            conditions = Conditions.of(conditions_in(call.headers))
            self._store.delete(bucket, name, call.number("generation"), conditions)
            return web.Response(status=204)
        if call.method == "PUT" and "x-goog-copy-source" in call.headers:
            return self._copy(call, bucket, name)
        if call.method == "PUT" and call.headers.get("x-goog-resumable") != "start":
            least, most = length_range(call.headers)
            made = await self._uploads.store_body(
                request, planned_from_headers(self._uploads, call, bucket, name), least=least, most=most
            )
            return web.Response(headers=_written_headers(made))
        if call.method == "POST" and "uploads" in call.query:
            return self._multipart.begin(planned_from_headers(self._uploads, call, bucket, name))
        if call.method in ("POST", "PUT") and call.headers.get("x-goog-resumable") == "start":
            begun = self._uploads.session(
                request, call, planned_from_headers(self._uploads, call, bucket, name), {}
            )
            begun.set_status(201)
            return begun
        raise MethodNotAllowed("The specified method is not allowed against this resource.")

    def _copy(self, call: Call, bucket: str, name: str) -> web.Response:
        source_bucket, _, source_name = (
            unquote(call.headers["x-goog-copy-source"]).removeprefix("/").partition("/")
        )
        source = self._store.find(source_bucket, source_name)
        demand_key(source, call.source_customer_key)
        replaced = call.headers.get("x-goog-metadata-directive", "COPY").upper() == "REPLACE"
        planned = planned_from_headers(
            self._uploads, call, bucket, name, {} if replaced else inherited_fields(source.fields)
        )
        made = self._store.copy(source, (bucket, name), planned.fields, Conditions.of(planned.conditions))
        elements = {"LastModified": moment(made.updated), "ETag": f'"{made.etag}"'}
        return web.Response(
            text=document("CopyObjectResult", elements), content_type=XML, headers=_written_headers(made)
        )


def _written_headers(made: StoredObject) -> dict[str, str]:
    kept = ("ETag", "X-Goog-Generation", "X-Goog-Metageneration", "X-Goog-Hash", "X-Goog-Storage-Class")
    headers = media_headers(made)
    return {header: headers[header] for header in kept}


def _header(text: str) -> str:
    if any(one in text for one in "\r\n\0"):
        raise Invalid("Invalid argument: line breaks are not allowed.")
    return text


def _xml(text: str) -> web.Response:
    return web.Response(text=text, content_type=XML)


def _anonymous(permission: str, bucket: str, name: str) -> Forbidden:
    return Forbidden(
        f"Access denied. Anonymous caller does not have {permission} access to the Google Cloud Storage "
        f"object {bucket}/{name}, or it may not exist."
    )
