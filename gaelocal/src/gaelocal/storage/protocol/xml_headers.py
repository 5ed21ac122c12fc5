"""The headers of the XML API that say how an object is written."""

from collections.abc import Mapping
from dataclasses import replace

from gaelocal.storage.protocol.calls import Call
from gaelocal.storage.protocol.uploads import UploadCalls
from gaelocal.storage.state.errors import Invalid, Unsupported
from gaelocal.storage.state.records import Fields, Upload

_HEADERS = {
    "Cache-Control": "cacheControl",
    "Content-Disposition": "contentDisposition",
    "Content-Encoding": "contentEncoding",
    "Content-Language": "contentLanguage",
    "Content-Type": "contentType",
    "x-goog-custom-time": "customTime",
    "x-goog-storage-class": "storageClass",
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


def planned_from_headers(
    uploads: UploadCalls, call: Call, bucket: str, name: str, base: Fields | None = None
) -> Upload:
    """Return what the headers of a request are to create; `base` are fields that they may replace."""
    query = conditions_in(call.headers)
    if acl := call.headers.get("x-goog-acl"):
        if acl not in _ACLS:
            raise Invalid(f"Invalid argument: x-goog-acl {acl[:60]!r}")
        query["predefinedAcl"] = _ACLS[acl]
    if kms := call.headers.get("x-goog-encryption-kms-key-name"):
        query["kmsKeyName"] = kms
    as_json = replace(call, path=("b", bucket, "o"), query=query, headers=_without_etags(call.headers))
    return uploads.planned(as_json, name, (base or {}) | _fields(call.headers))


def conditions_in(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[header] for header, name in _CONDITIONS.items() if header in headers}


def _fields(headers: Mapping[str, str]) -> Fields:
    fields: Fields = {name: headers[header] for header, name in _HEADERS.items() if header in headers}
    own = {key[12:].lower(): text for key, text in headers.items() if key.lower().startswith("x-goog-meta-")}
    return fields | ({"metadata": own} if own else {})


def inherited_fields(fields: Fields) -> Fields:
    names = (
        "cacheControl",
        "contentDisposition",
        "contentEncoding",
        "contentLanguage",
        "contentType",
        "metadata",
    )
    return {name: fields[name] for name in names if name in fields}


def refuse_unknown_headers(headers: Mapping[str, str]) -> None:
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


def length_range(headers: Mapping[str, str]) -> tuple[int, int | None]:
    """Parse `x-goog-content-length-range: LEAST,MOST`, which a signed URL may demand."""
    text = headers.get("x-goog-content-length-range")
    if text is None:
        return 0, None
    least, _, most = text.partition(",")
    try:
        return int(least[:18]), int(most[:18])
    except ValueError:
        raise Invalid("Invalid argument: x-goog-content-length-range must be two numbers.") from None
