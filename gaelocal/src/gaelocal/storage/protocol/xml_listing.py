"""Lists of the XML API: buckets, objects (versions 1 and 2), multipart uploads and their parts."""

from collections.abc import Iterable
from urllib.parse import quote
from xml.sax.saxutils import escape

from gaelocal.storage.protocol.calls import Call
from gaelocal.storage.protocol.objects import page_token, position_in
from gaelocal.storage.state.database import ALL_VERSIONS, LIVE
from gaelocal.storage.state.listing import MAX_RESULTS, Listing
from gaelocal.storage.state.multipart_uploads import part_etag
from gaelocal.storage.state.records import Bucket, MultipartUpload, Page, Part, StoredObject, moment
from gaelocal.storage.state.store import Store

DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>"
NAMESPACE = 'xmlns="http://doc.s3.amazonaws.com/2006-03-01"'
MULTIPART_NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


def buckets_xml(buckets: Iterable[Bucket]) -> str:
    items = "".join(
        f"<Bucket>{_element('Name', one.name)}{_element('CreationDate', moment(one.created))}</Bucket>"
        for one in buckets
    )
    return _root("ListAllMyBucketsResult", f"<Buckets>{items}</Buckets>", NAMESPACE)


def objects_xml(store: Store, bucket: str, call: Call) -> str:
    """Return the list that the query asks for."""
    asked = call.query
    is_second = asked.get("list-type") == "2"
    with_versions = "versions" in asked
    limit = call.number("max-keys")
    listing = Listing(
        prefix=asked.get("prefix", ""),
        delimiter=asked.get("delimiter", ""),
        start=asked.get("start-after", "") + "\0" if is_second and asked.get("start-after") else "",
        after=_after(asked.get("continuation-token", "")) if is_second else (asked.get("marker", ""), 2**62),
        limit=min(MAX_RESULTS if limit is None else max(limit, 1), MAX_RESULTS),
        source=ALL_VERSIONS if with_versions else LIVE,
    )
    page = store.list(bucket, listing)
    name = (lambda text: quote(text, safe="/")) if asked.get("encoding-type") == "url" else str
    head = {
        "Name": bucket,
        "Prefix": name(listing.prefix),
        **({"Delimiter": name(listing.delimiter)} if listing.delimiter else {}),
        "MaxKeys": str(listing.limit),
        "IsTruncated": str(page.next_after is not None).lower(),
        **(
            _second(asked.get("continuation-token"), page)
            if is_second
            else _first(asked.get("marker", ""), page)
        ),
    }
    items = "".join(_contents(one, name(one.name), with_versions) for one in page.objects)
    prefixes = "".join(
        f"<CommonPrefixes>{_element('Prefix', name(one))}</CommonPrefixes>" for one in page.prefixes
    )
    elements = "".join(_element(key, value) for key, value in head.items())
    return _root("ListBucketResult", elements + items + prefixes, NAMESPACE)


def uploads_xml(bucket: str, uploads: Iterable[MultipartUpload]) -> str:
    items = "".join(
        f"<Upload>{_element('Key', one.name)}{_element('UploadId', one.id)}"
        f"{_element('StorageClass', one.fields.get('storageClass', 'STANDARD'))}"
        f"{_element('Initiated', moment(one.created))}</Upload>"
        for one in uploads
    )
    head = _element("Bucket", bucket) + _element("IsTruncated", "false")
    return _root("ListMultipartUploadsResult", head + items)


def parts_xml(upload: MultipartUpload, parts: Iterable[Part]) -> str:
    items = "".join(
        f"<Part>{_element('PartNumber', str(one.number))}{_element('LastModified', moment(one.uploaded))}"
        f"{_element('ETag', _quoted(part_etag(one)))}{_element('Size', str(one.blob.size))}</Part>"
        for one in parts
    )
    head = _element("Bucket", upload.bucket) + _element("Key", upload.name) + _element("UploadId", upload.id)
    return _root("ListPartsResult", head + _element("IsTruncated", "false") + items)


def document(name: str, elements: dict[str, str]) -> str:
    inner = "".join(_element(key, value) for key, value in elements.items())
    return _root(name, inner)


def _root(name: str, inner: str, namespace: str = MULTIPART_NAMESPACE) -> str:
    return f"{DECLARATION}<{name} {namespace}>{inner}</{name}>"


def _first(marker: str, page: Page) -> dict[str, str]:
    more = {"NextMarker": page.next_after[0]} if page.next_after else {}
    return {"Marker": marker, **more}


def _second(token: str | None, page: Page) -> dict[str, str]:
    more = {"NextContinuationToken": page_token(page.next_after)} if page.next_after else {}
    given = {"ContinuationToken": token} if token else {}
    return {"KeyCount": str(len(page.objects) + len(page.prefixes)), **given, **more}


def _after(token: str) -> tuple[str, int]:
    return position_in(token)


def _contents(found: StoredObject, name: str, with_versions: bool) -> str:
    kind = "Version" if with_versions else "Contents"
    elements = {
        "Key": name,
        "Generation": str(found.generation),
        "MetaGeneration": str(found.metageneration),
        **({"IsLatest": str(found.is_live).lower()} if with_versions else {}),
        "LastModified": moment(found.updated),
        "ETag": _quoted(found.etag),
        "Size": str(found.blob.size),
        "StorageClass": str(found.fields.get("storageClass", "STANDARD")),
    }
    inner = "".join(_element(key, value) for key, value in elements.items())
    return f"<{kind}>{inner}</{kind}>"


def _element(name: str, text: str) -> str:
    """Write an element; characters that XML 1.0 cannot carry become a question mark."""
    readable = "".join(one if one >= " " or one in "\t\n\r" else "?" for one in text)
    return f"<{name}>{escape(readable)}</{name}>"


def _quoted(etag: str) -> str:
    return f'"{etag}"'
