"""The XML API, `/BUCKET/OBJECT`: signed URLs, public files, lists, forms and multipart uploads."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import unquote, urlencode

from aiohttp import web
from multidict import CIMultiDict

from gaelocal.storage.protocol.bodies import fill_from_part, limited
from gaelocal.storage.protocol.calls import Call
from gaelocal.storage.protocol.customer_keys import demand_key
from gaelocal.storage.protocol.downloads import media_headers, send
from gaelocal.storage.protocol.post_policies import demand_policy
from gaelocal.storage.protocol.signatures import SignedRequest, Verify
from gaelocal.storage.protocol.uploads import UploadCalls
from gaelocal.storage.protocol.xml_listing import buckets_xml, document, objects_xml
from gaelocal.storage.protocol.xml_multipart import XML, MultipartCalls
from gaelocal.storage.state.access import is_public, is_public_bucket
from gaelocal.storage.state.conditions import Conditions
from gaelocal.storage.state.errors import Forbidden, Invalid, MethodNotAllowed, Unauthenticated, Unsupported
from gaelocal.storage.state.names import checked_object_name
from gaelocal.storage.state.records import Fields, StoredObject, Upload
from gaelocal.storage.state.store import Store

_HEADERS = {
    "Cache-Control": "cacheControl",
    "Content-Disposition": "contentDisposition",
    "Content-Encoding": "contentEncoding",
    "Content-Language": "contentLanguage",
    "Content-Type": "contentType",
    "x-goog-custom-time": "customTime",
    "x-goog-storage-class": "storageClass",
}
_CHOSEN_BY_URL = {
    "response-cache-control": "Cache-Control",
    "response-content-type": "Content-Type",
    "response-content-disposition": "Content-Disposition",
}
_CONDITIONS = {
    "x-goog-if-generation-match": "ifGenerationMatch",
    "x-goog-if-metageneration-match": "ifMetagenerationMatch",
}
_ACLS = {
    "private": "private",
    "project-private": "projectPrivate",
    "public-read": "publicRead",
    "authenticated-read": "authenticatedRead",
    "bucket-owner-read": "bucketOwnerRead",
    "bucket-owner-full-control": "bucketOwnerFullControl",
}
# Headers without an effect on what is stored.
_WITHOUT_EFFECT = (
    *("x-goog-api-client", "x-goog-user-project", "x-goog-request-params", "x-goog-date", "x-goog-algorithm"),
    *("x-goog-content-sha256", "x-goog-gcs-idempotency-token", "x-goog-resumable", "x-goog-hash"),
    *("x-goog-security-token", "x-goog-credential", "x-goog-signature", "x-goog-signedheaders"),
)
_WITH_EFFECT = (
    *_HEADERS,
    *_CONDITIONS,
    *("x-goog-acl", "x-goog-content-length-range", "x-goog-copy-source", "x-goog-metadata-directive"),
    *("x-goog-encryption-algorithm", "x-goog-encryption-key", "x-goog-encryption-key-sha256"),
    *(f"x-goog-copy-source-encryption-{name}" for name in ("algorithm", "key", "key-sha256")),
    "x-goog-encryption-kms-key-name",
)
_KNOWN_HEADERS = frozenset(name.lower() for name in (*_WITHOUT_EFFECT, *_WITH_EFFECT))
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
MOST_FORM_FIELD = 64 * 1024
MOST_FORM_FIELDS = 100


class XmlCalls:
    def __init__(self, store: Store, uploads: UploadCalls, verify: Verify) -> None:
        self._store = store
        self._uploads = uploads
        self._multipart = MultipartCalls(store)
        self._verify = verify

    async def answer(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        bucket, name = call.path[0], "/".join(call.path[1:])
        if refused := [one for one in _SUBRESOURCES if one in call.query]:
            raise Unsupported(
                f"gaelocal's Cloud Storage does not support ?{refused[0]} of the XML API; use the JSON API."
            )
        is_known = self._is_signed(call) or "Authorization" in call.headers
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
            return await self._post_form(request, call, bucket)
        if call.method not in ("GET", "HEAD"):
            raise Unsupported("gaelocal's Cloud Storage creates and deletes buckets by the JSON API only.")
        row = self._store.bucket(bucket)
        if not is_known and not is_public_bucket(row):
            raise _anonymous("storage.objects.list", bucket, "")
        if call.method == "HEAD":
            return web.Response(headers={"X-Goog-Metageneration": str(row.metageneration)})
        if "uploads" in call.query:
            return self._multipart.list(bucket)
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
        Conditions.of(dict(call.condition_texts) | _conditions(call.headers)).demand_read(found)
        chosen = {
            header: _header(call.query[name]) for name, header in _CHOSEN_BY_URL.items() if name in call.query
        }
        return await send(request, self._store.blobs, found, chosen)

    async def _write(
        self, request: web.BaseRequest, call: Call, bucket: str, name: str
    ) -> web.StreamResponse:
        _refuse_unknown_headers(call.headers)
        if "uploadId" in call.query:
            return await self._multipart.answer(request, call, bucket, name)
        if call.method == "DELETE":
            conditions = Conditions.of(_conditions(call.headers))
            self._store.delete(bucket, name, call.number("generation"), conditions)
            return web.Response(status=204)
        if call.method == "PUT" and "x-goog-copy-source" in call.headers:
            return self._copy(call, bucket, name)
        if call.method == "PUT" and call.headers.get("x-goog-resumable") != "start":
            least, most = _length_range(call.headers)
            made = await self._uploads.store_body(
                request, self._planned(call, bucket, name), least=least, most=most
            )
            return web.Response(headers=_written_headers(made))
        if call.method == "POST" and "uploads" in call.query:
            return self._multipart.begin(self._planned(call, bucket, name))
        if call.method in ("POST", "PUT") and call.headers.get("x-goog-resumable") == "start":
            begun = self._uploads.session(request, call, self._planned(call, bucket, name), {})
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
        planned = self._planned(call, bucket, name, {} if replaced else _inherited(source.fields))
        made = self._store.copy(source, (bucket, name), planned.fields, Conditions.of(planned.conditions))
        elements = {"LastModified": "", "ETag": f'"{made.etag}"'}
        return web.Response(
            text=document("CopyObjectResult", elements), content_type=XML, headers=_written_headers(made)
        )

    def _planned(self, call: Call, bucket: str, name: str, base: Fields | None = None) -> Upload:
        query = _conditions(call.headers)
        if acl := call.headers.get("x-goog-acl"):
            if acl not in _ACLS:
                raise Invalid(f"Invalid argument: x-goog-acl {acl[:60]!r}")
            query["predefinedAcl"] = _ACLS[acl]
        if kms := call.headers.get("x-goog-encryption-kms-key-name"):
            query["kmsKeyName"] = kms
        as_json = replace(call, path=("b", bucket, "o"), query=query, headers=_without_etags(call.headers))
        return self._uploads.planned(as_json, name, (base or {}) | _fields(call.headers))

    async def _post_form(self, request: web.BaseRequest, call: Call, bucket: str) -> web.StreamResponse:
        """Store the file of a form; its fields must come before the file."""
        if not request.headers.get("Content-Type", "").lower().startswith("multipart/form-data"):
            raise MethodNotAllowed("The specified method is not allowed against this resource.")
        row = self._store.bucket(bucket)
        form: dict[str, str] = {}
        try:
            reader = await request.multipart()
            while (part := await reader.next()) is not None:
                field = str(getattr(part, "name", "") or "").lower()
                if field == "file":
                    break
                if len(form) >= MOST_FORM_FIELDS:
                    raise Invalid("The form has too many fields.")
                form[field] = (await limited(part, MOST_FORM_FIELD)).decode()  # type: ignore[arg-type]
        except (ValueError, AssertionError, KeyError):
            raise Invalid("Malformed form.", code="MalformedPOSTRequest") from None
        if part is None or "key" not in form:
            raise Invalid("The form needs the fields key and file.", code="InvalidArgument")
        sizes = demand_policy(form, bucket, self._verify, self._store.clock())
        name = checked_object_name(form["key"].replace("${filename}", getattr(part, "filename", "") or ""))
        as_put = replace(call, method="PUT", query={}, headers=_headers_of(form, call.headers))
        planned = self._planned(as_put, row.name, name)
        with self._store.blobs.drafted() as draft:
            await fill_from_part(draft, part, most=sizes.most)  # type: ignore[arg-type]
            if draft.size < sizes.least:
                raise Invalid(
                    "Your proposed upload is smaller than the minimum allowed size.", code="EntityTooSmall"
                )
            made = self._uploads.finish(draft, planned, {})
        return _posted(form, made, call)


def _posted(form: Mapping[str, str], made: StoredObject, call: Call) -> web.Response:
    etag = f'"{made.etag}"'
    redirect = form.get("success_action_redirect", "")
    if redirect.startswith(("http://", "https://")) and "\n" not in redirect and "\r" not in redirect:
        mark = "&" if "?" in redirect else "?"
        query = urlencode({"bucket": made.bucket, "key": made.name, "etag": etag})
        return web.Response(status=303, headers={"Location": f"{redirect}{mark}{query}", "ETag": etag})
    status = form.get("success_action_status")
    if status == "201":
        elements = {
            "Location": f"{call.origin}/{made.bucket}/{made.name}",
            "Bucket": made.bucket,
            "Key": made.name,
            "ETag": etag,
        }
        return web.Response(text=document("PostResponse", elements), content_type=XML, status=201)
    return web.Response(status=200 if status == "200" else 204, headers={"ETag": etag})


def _headers_of(form: Mapping[str, str], request: Mapping[str, str]) -> Mapping[str, str]:
    """Return the fields of a form as the headers that a PUT would have."""
    known = {
        name: text
        for name, text in form.items()
        if name
        in (
            "cache-control",
            "content-type",
            "content-disposition",
            "content-encoding",
            "content-language",
            "x-goog-acl",
            "x-goog-custom-time",
            "x-goog-storage-class",
        )
        or name.startswith("x-goog-meta-")
    }
    if "acl" in form:
        known["x-goog-acl"] = form["acl"]
    return CIMultiDict(known | {"Host": request.get("Host", "")})


def _conditions(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[header] for header, name in _CONDITIONS.items() if header in headers}


def _fields(headers: Mapping[str, str]) -> Fields:
    fields: Fields = {name: headers[header] for header, name in _HEADERS.items() if header in headers}
    own = {key[12:].lower(): text for key, text in headers.items() if key.lower().startswith("x-goog-meta-")}
    return fields | ({"metadata": own} if own else {})


def _inherited(fields: Fields) -> Fields:
    names = (
        "cacheControl",
        "contentDisposition",
        "contentEncoding",
        "contentLanguage",
        "contentType",
        "metadata",
    )
    return {name: fields[name] for name in names if name in fields}


def _refuse_unknown_headers(headers: Mapping[str, str]) -> None:
    for name in headers:
        lower = name.lower()
        is_free = lower.startswith("x-goog-meta-") or not lower.startswith("x-goog-")
        if not is_free and lower not in _KNOWN_HEADERS:
            raise Unsupported(f"gaelocal's Cloud Storage does not support the header {lower[:80]}.")


def _without_etags(headers: Mapping[str, str]) -> Mapping[str, str]:
    kept = headers.copy()  # type: ignore[attr-defined]
    for name in ("If-Match", "If-None-Match"):
        kept.pop(name, None)
    return kept  # type: ignore[no-any-return]


def _length_range(headers: Mapping[str, str]) -> tuple[int, int | None]:
    """Parse `x-goog-content-length-range: LEAST,MOST`, which a signed URL may demand."""
    text = headers.get("x-goog-content-length-range")
    if text is None:
        return 0, None
    least, _, most = text.partition(",")
    try:
        return int(least[:18]), int(most[:18])
    except ValueError:
        raise Invalid("Invalid argument: x-goog-content-length-range must be two numbers.") from None


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
