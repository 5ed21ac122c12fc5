"""Uploads by HTML forms, which are accepted with a signed policy."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDict

from gaelocal.storage.protocol.bodies import fill_from_part, limited
from gaelocal.storage.protocol.calls import Call
from gaelocal.storage.protocol.post_policies import demand_policy
from gaelocal.storage.protocol.signatures import Verify
from gaelocal.storage.protocol.uploads import UploadCalls
from gaelocal.storage.protocol.xml_headers import planned_from_headers
from gaelocal.storage.protocol.xml_listing import document
from gaelocal.storage.protocol.xml_multipart import XML
from gaelocal.storage.state.errors import Invalid, MethodNotAllowed
from gaelocal.storage.state.names import checked_object_name
from gaelocal.storage.state.records import StoredObject
from gaelocal.storage.state.store import Store

MOST_FORM_FIELD = 64 * 1024
MOST_FORM_FIELDS = 100
_STORED_FIELDS = frozenset(
    (
        *("cache-control", "content-type", "content-disposition", "content-encoding", "content-language"),
        *("x-goog-acl", "x-goog-custom-time", "x-goog-storage-class"),
    )
)


class FormCalls:
    def __init__(self, store: Store, uploads: UploadCalls, verify: Verify) -> None:
        self._store = store
        self._uploads = uploads
        self._verify = verify

    async def answer(self, request: web.BaseRequest, call: Call, bucket: str) -> web.StreamResponse:
        """Store the file of a form; its fields must come before the file."""
        if not request.headers.get("Content-Type", "").lower().startswith("multipart/form-data"):
            raise MethodNotAllowed("The specified method is not allowed against this resource.")
        row = self._store.bucket(bucket)
        form: dict[str, str] = {}
        try:
            reader = await request.multipart()
            while (part := await reader.next()) is not None:
                if not isinstance(part, BodyPartReader):
                    raise Invalid("Malformed form: a field has parts.", code="MalformedPOSTRequest")
                field = str(part.name or "").lower()
                if field == "file":
                    break
                if len(form) >= MOST_FORM_FIELDS:
                    raise Invalid("The form has too many fields.")
                form[field] = (await limited(part, MOST_FORM_FIELD)).decode()
        except (ValueError, AssertionError, KeyError, HttpProcessingError):
            raise Invalid("Malformed form.", code="MalformedPOSTRequest") from None
        if part is None or "key" not in form:
            raise Invalid("The form needs the fields key and file.", code="InvalidArgument")
        sizes = demand_policy(form, bucket, self._verify, self._store.clock())
        name = checked_object_name(form["key"].replace("${filename}", part.filename or ""))
        as_put = replace(call, method="PUT", query={}, headers=_headers_of(form, call.headers))
        planned = planned_from_headers(self._uploads, as_put, row.name, name)
        with self._store.blobs.drafted() as draft:
            await fill_from_part(draft, part, most=sizes.most)
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
        name: text for name, text in form.items() if name in _STORED_FIELDS or name.startswith("x-goog-meta-")
    }
    if "acl" in form:
        known["x-goog-acl"] = form["acl"]
    return CIMultiDict(known | {"Host": request.get("Host", "")})
