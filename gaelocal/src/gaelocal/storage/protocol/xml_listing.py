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
    listing = Listing(
        prefix=asked.get("prefix", ""),
        delimiter=asked.get("delimiter", ""),
        start=asked.get("start-after", "") + "\0" if is_second and asked.get("start-after") else "",
        after=_after(asked.get("continuation-token", "")) if is_second else (asked.get("marker", ""), 2**62),
        limit=_limit(call, "max-keys"),
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
    return _root("ListBucketResult", _elements(head) + items + prefixes, NAMESPACE)


def uploads_xml(bucket: str, uploads: Iterable[MultipartUpload], call: Call) -> str:
    """Return the page of uploads that the query asks for; they are in the order of name and ID."""
    asked = call.query
    prefix, key_marker = asked.get("prefix", ""), asked.get("key-marker", "")
    id_marker = asked.get("upload-id-marker", "") if key_marker else ""
    ordered = sorted(uploads, key=lambda one: (one.name.encode(), one.id))
    rest = [
        one
        for one in ordered
        if one.name.startswith(prefix) and _is_after(one, key_marker.encode(), id_marker)
    ]
    limit = _limit(call, "max-uploads")
    page, more = rest[:limit], len(rest) > limit
    head = {
        "Bucket": bucket,
        "KeyMarker": key_marker,
        "UploadIdMarker": id_marker,
        **({"NextKeyMarker": page[-1].name, "NextUploadIdMarker": page[-1].id} if more else {}),
        **({"Prefix": prefix} if prefix else {}),
        "MaxUploads": str(limit),
        "IsTruncated": str(more).lower(),
    }
    return _root("ListMultipartUploadsResult", _elements(head) + "".join(map(_upload, page)))


def _is_after(upload: MultipartUpload, key: bytes, upload_id: str) -> bool:
    """Return whether the upload comes after the markers; without an ID, after all uploads of that name."""
    name = upload.name.encode()
    return name > key or (bool(upload_id) and name == key and upload.id > upload_id)


def _upload(upload: MultipartUpload) -> str:
    elements = {
        "Key": upload.name,
        "UploadId": upload.id,
        "StorageClass": str(upload.fields.get("storageClass", "STANDARD")),
        "Initiated": moment(upload.created),
    }
    return f"<Upload>{_elements(elements)}</Upload>"


def parts_xml(upload: MultipartUpload, parts: Iterable[Part], call: Call) -> str:
    """Return the page of parts that the query asks for (storage/docs/xml-api/get-object-multipart)."""
    marker, limit = call.number("part-number-marker") or 0, _limit(call, "max-parts")
    rest = [one for one in parts if one.number > marker]
    page, more = rest[:limit], len(rest) > limit
    head = {
        "Bucket": upload.bucket,
        "Key": upload.name,
        "UploadId": upload.id,
        "StorageClass": str(upload.fields.get("storageClass", "STANDARD")),
        "PartNumberMarker": str(marker),
        **({"NextPartNumberMarker": str(page[-1].number)} if page else {}),
        "MaxParts": str(limit),
        "IsTruncated": str(more).lower(),
    }
    return _root("ListPartsResult", _elements(head) + "".join(map(_part, page)))


def _part(part: Part) -> str:
    elements = {
        "PartNumber": str(part.number),
        "LastModified": moment(part.uploaded),
        "ETag": _quoted(part_etag(part)),
        "Size": str(part.blob.size),
    }
    return f"<Part>{_elements(elements)}</Part>"


def _limit(call: Call, name: str) -> int:
    """Return how many items a page may have: the number that the query asks for, at most a thousand."""
    asked = call.number(name)
    return MAX_RESULTS if asked is None else min(max(asked, 1), MAX_RESULTS)


def document(name: str, elements: dict[str, str]) -> str:
    return _root(name, _elements(elements))


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
    return f"<{kind}>{_elements(elements)}</{kind}>"


def _elements(texts: dict[str, str]) -> str:
    return "".join(_element(name, text) for name, text in texts.items())


def _element(name: str, text: str) -> str:
    """Write an element; characters that XML 1.0 cannot carry become a question mark."""
    readable = "".join(one if one >= " " or one in "\t\n\r" else "?" for one in text)
    return f"<{name}>{escape(readable)}</{name}>"


def _quoted(etag: str) -> str:
    return f'"{etag}"'
