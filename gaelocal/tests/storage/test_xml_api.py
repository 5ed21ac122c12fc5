"""The XML API: lists, multipart uploads, forms, and signed URLs of version 2."""

import datetime
import os
import re

import pytest
import requests
from google.cloud import storage
from google.oauth2 import service_account
from tests.storage.conftest import BUCKET, RunningStorage

KNOWN = {"Authorization": "Bearer x"}
PART = os.urandom(5 * 1024 * 1024)
LATER = datetime.datetime.fromtimestamp(1_800_000_600, datetime.UTC)


def call(cloud: RunningStorage, method: str, path: str, **more: object) -> requests.Response:
    return requests.request(method, f"{cloud.server.url}/{path}", timeout=60, **more)


@pytest.fixture
def signing_client(cloud: RunningStorage) -> storage.Client:
    key = cloud.server.service_account_key
    credentials = service_account.Credentials.from_service_account_file(str(key))
    return storage.Client(
        project="p", credentials=credentials, client_options={"api_endpoint": cloud.server.url}
    )


def multipart(cloud: RunningStorage, parts: list[bytes], order: list[int] | None = None) -> requests.Response:
    begun = call(
        cloud,
        "POST",
        f"{BUCKET}/big?uploads",
        headers=KNOWN | {"Content-Type": "image/jpeg", "x-goog-meta-a": "b"},
    )
    upload = re.findall("<UploadId>(.*)</UploadId>", begun.text)[0]
    etags = [
        call(
            cloud, "PUT", f"{BUCKET}/big?partNumber={number}&uploadId={upload}", data=part, headers=KNOWN
        ).headers["ETag"]
        for number, part in enumerate(parts, 1)
    ]
    chosen = order or list(range(1, len(parts) + 1))
    listed = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{etags[n - 1]}</ETag></Part>" for n in chosen)
    body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>"
    return call(cloud, "POST", f"{BUCKET}/big?uploadId={upload}", data=body, headers=KNOWN)


def test_parts_become_one_object(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    assert multipart(cloud, [PART, b"end"]).status_code == 200

    blob = bucket.get_blob("big")
    assert (blob.content_type, blob.metadata, blob.component_count) == ("image/jpeg", {"a": "b"}, 2)
    assert blob.download_as_bytes() == PART + b"end"
    assert len(cloud.files()) == 1


@pytest.mark.parametrize("order", [[2, 1], [1, 1], []])
def test_parts_out_of_order_are_refused(
    cloud: RunningStorage, bucket: storage.Bucket, order: list[int]
) -> None:
    assert multipart(cloud, [PART, b"end"], order or None).status_code == (400 if order else 200)
    assert bucket.blob("big").exists() is not bool(order)


def test_a_small_part_is_only_allowed_at_the_end(cloud: RunningStorage) -> None:
    refused = multipart(cloud, [b"small", PART])

    assert (refused.status_code, "EntityTooSmall" in refused.text) == (400, True)


def test_an_aborted_multipart_upload_leaves_nothing(cloud: RunningStorage) -> None:
    begun = call(cloud, "POST", f"{BUCKET}/big?uploads", headers=KNOWN)
    upload = re.findall("<UploadId>(.*)</UploadId>", begun.text)[0]
    call(cloud, "PUT", f"{BUCKET}/big?partNumber=1&uploadId={upload}", data=PART, headers=KNOWN)
    cloud.restart()
    parts = call(cloud, "GET", f"{BUCKET}/big?uploadId={upload}", headers=KNOWN)

    assert "<PartNumber>1</PartNumber>" in parts.text
    assert call(cloud, "DELETE", f"{BUCKET}/big?uploadId={upload}", headers=KNOWN).status_code == 204
    assert cloud.files() == []


def new_upload(cloud: RunningStorage, name: str = "big") -> str:
    answer = call(cloud, "POST", f"{BUCKET}/{name}?uploads", headers=KNOWN)
    return re.findall("<UploadId>(.*)</UploadId>", answer.text)[0]


def pages(cloud: RunningStorage, path: str, markers: dict[str, str]) -> list[str]:
    """Return the pages of a list; `markers` are the elements that say where the next begins, by parameter."""
    found, more = [], ""
    while not found or "<IsTruncated>true" in found[-1]:
        found.append(call(cloud, "GET", path + more, headers=KNOWN).text)
        values = {name: re.findall(f"<{element}>(.*?)<", found[-1]) for name, element in markers.items()}
        more = "".join(f"&{name}={value[0]}" for name, value in values.items() if value)
    return found


def test_the_parts_of_an_upload_are_paged(cloud: RunningStorage) -> None:
    upload = new_upload(cloud)
    for number in (1, 2, 7, 8, 30):
        path = f"{BUCKET}/big?partNumber={number}&uploadId={upload}"
        call(cloud, "PUT", path, data=b"x", headers=KNOWN)

    found = pages(
        cloud,
        f"{BUCKET}/big?uploadId={upload}&max-parts=2",
        {"part-number-marker": "NextPartNumberMarker"},
    )

    assert [re.findall("<PartNumber>(.*?)<", page) for page in found] == [["1", "2"], ["7", "8"], ["30"]]
    assert [re.findall("<PartNumberMarker>(.*?)<", page) for page in found] == [["0"], ["2"], ["8"]]
    assert [re.findall("<MaxParts>(.*?)<", page) for page in found] == [["2"]] * 3


@pytest.mark.parametrize("query", ["max-parts=many", "part-number-marker=-1"])
def test_a_part_number_that_is_none_is_a_bad_request(cloud: RunningStorage, query: str) -> None:
    path = f"{BUCKET}/big?uploadId={new_upload(cloud)}&{query}"

    assert call(cloud, "GET", path, headers=KNOWN).status_code == 400


def test_the_uploads_of_a_bucket_are_paged(cloud: RunningStorage) -> None:
    wanted = sorted((name, new_upload(cloud, name)) for name in ("a", "b", "b", "b", "c"))
    new_upload(cloud, "other")

    found = pages(
        cloud,
        f"{BUCKET}?uploads&max-uploads=2",
        {"key-marker": "NextKeyMarker", "upload-id-marker": "NextUploadIdMarker"},
    )
    after_b = call(cloud, "GET", f"{BUCKET}?uploads&key-marker=b", headers=KNOWN).text
    with_prefix = call(cloud, "GET", f"{BUCKET}?uploads&prefix=ot", headers=KNOWN).text

    listed = [re.findall("<Key>(.*?)</Key><UploadId>(.*?)<", page) for page in found]
    assert [len(page) for page in listed] == [2, 2, 2]
    assert [one for page in listed for one in page][:5] == wanted
    assert re.findall("<Key>(.*?)<", after_b) == ["c", "other"]
    assert re.findall("<Key>(.*?)<", with_prefix) == ["other"]


@pytest.mark.parametrize("body", [b"<", b"", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"<a>" * 3000])
def test_malformed_xml_is_a_bad_request(cloud: RunningStorage, body: bytes) -> None:
    begun = call(cloud, "POST", f"{BUCKET}/big?uploads", headers=KNOWN)
    upload = re.findall("<UploadId>(.*)</UploadId>", begun.text)[0]

    assert call(cloud, "POST", f"{BUCKET}/big?uploadId={upload}", data=body, headers=KNOWN).status_code == 400


@pytest.mark.parametrize("version", ["", "&list-type=2"])
def test_a_list_is_paged(cloud: RunningStorage, bucket: storage.Bucket, version: str) -> None:
    for name in ("a", "b/1", "b/2", "c&d"):
        bucket.blob(name).upload_from_string("x")
    more, found = "", []
    while True:
        page = call(cloud, "GET", f"{BUCKET}?max-keys=1&delimiter=/{version}{more}", headers=KNOWN).text
        found += re.findall("<Contents><Key>(.+?)</|<CommonPrefixes><Prefix>(.+?)</", page)
        token = re.findall("<Next(Marker|ContinuationToken)>(.+?)<", page)
        if not token:
            break
        more = f"&{'marker' if token[0][0] == 'Marker' else 'continuation-token'}={token[0][1]}"

    assert ["".join(one) for one in found] == ["a", "b/", "c&amp;d"]


def test_nobody_lists_a_private_bucket(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    assert call(cloud, "GET", BUCKET).status_code == 403
    bucket.make_public()
    assert call(cloud, "GET", BUCKET).status_code == 200


@pytest.mark.parametrize("version", ["v2", "v4"])
def test_a_signed_list_is_given(cloud: RunningStorage, signing_client: storage.Client, version: str) -> None:
    now = datetime.datetime.now(datetime.UTC)
    cloud.clock.now = now.timestamp()
    later = now + datetime.timedelta(minutes=5)
    url = signing_client.bucket(BUCKET).generate_signed_url(expiration=later, version=version)

    assert requests.get(url, timeout=60).status_code == 200


@pytest.mark.parametrize("change", ["", "Expires=1", "/other", "&uploads", "Signature"])
def test_a_version_2_url_is_valid_for_exactly_its_request(
    cloud: RunningStorage, signing_client: storage.Client, change: str
) -> None:
    blob = signing_client.bucket(BUCKET).blob("été 1+2.txt")
    blob.upload_from_string("x")
    signing_client.bucket(BUCKET).blob("other").upload_from_string("not yours")
    url = blob.generate_signed_url(expiration=LATER, version="v2", api_access_endpoint=cloud.server.url)
    changed = {
        "Expires=1": re.sub("Expires=[0-9]+", "Expires=1900000000", url),
        "/other": re.sub(r"/%C3%A9.*?\?", "/other?", url),
        "&uploads": f"{url}&uploadId=1",
        "Signature": re.sub("Signature=.", "Signature=%21", url),
    }.get(change, url)

    assert (requests.get(changed, timeout=60).status_code == 200) is (change == "")


def form(
    cloud: RunningStorage, client: storage.Client, *, file: bytes = b"by form", **changes: str
) -> requests.Response:
    policy = client.generate_signed_post_policy_v4(
        BUCKET,
        "form/a.txt",
        expiration=datetime.timedelta(minutes=5),
        conditions=[["content-length-range", 1, 100], ["starts-with", "$x-goog-meta-kind", "p"]],
        fields={"content-type": "text/plain", "x-goog-meta-kind": "photo"},
    )
    fields = policy["fields"] | {name.replace("_", "-"): text for name, text in changes.items()}
    return requests.post(
        f"{cloud.server.url}/{BUCKET}/", data=fields, files={"file": ("a.txt", file)}, timeout=60
    )


def test_a_signed_form_is_stored(
    cloud: RunningStorage, signing_client: storage.Client, bucket: storage.Bucket
) -> None:
    cloud.clock.now = datetime.datetime.now(datetime.UTC).timestamp()

    assert form(cloud, signing_client).status_code == 204
    blob = bucket.get_blob("form/a.txt")
    assert (blob.content_type, blob.metadata) == ("text/plain", {"kind": "photo"})
    assert blob.download_as_bytes() == b"by form"


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "elsewhere"},
        {"content_type": "text/html"},
        {"x_goog_meta_kind": "video"},
        {"x_goog_meta_more": "x"},
        {"acl": "public-read"},
        {"x_goog_signature": "00"},
        {"policy": "e30="},
        {"file": b"x" * 101},
        {"file": b""},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_form_stores_only_what_its_policy_allows(
    cloud: RunningStorage, signing_client: storage.Client, bucket: storage.Bucket, changes: dict[str, str]
) -> None:
    cloud.clock.now = datetime.datetime.now(datetime.UTC).timestamp()

    assert form(cloud, signing_client, **changes).status_code in (400, 403)
    assert list(bucket.list_blobs()) == []


def test_a_form_without_a_policy_is_refused(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    files = {"file": ("a", b"x")}
    refused = requests.post(f"{cloud.server.url}/{BUCKET}", data={"key": "a"}, files=files, timeout=60)

    assert refused.status_code == 403
    assert list(bucket.list_blobs()) == []


def test_a_url_may_limit_the_size(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    limited = KNOWN | {"x-goog-content-length-range": "2,4"}

    answers = [
        call(cloud, "PUT", f"{BUCKET}/a", data=b"x" * size, headers=limited).status_code for size in (1, 5, 3)
    ]
    assert answers == [400, 400, 200]
    chunked = call(cloud, "PUT", f"{BUCKET}/b", data=iter([b"xxx", b"xxx"]), headers=limited)
    assert (chunked.status_code, bucket.blob("b").exists()) == (400, False)


def test_a_copy_says_when_it_was_made(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    bucket.blob("a").upload_from_string("a")
    headers = {"Authorization": "Bearer x", "x-goog-copy-source": f"/{BUCKET}/a"}

    copied = requests.put(f"{cloud.server.url}/{BUCKET}/b", headers=headers, timeout=60)

    assert "<LastModified>2027-01-15T08:00:00.000Z</LastModified>" in copied.text


@pytest.mark.parametrize("name", ["exif.width", "a_b-c", "50%", "a!#$&'*+^`|~"])
def test_metadata_whose_name_can_be_a_header_is_one(
    cloud: RunningStorage, bucket: storage.Bucket, name: str
) -> None:
    blob = bucket.blob("photo")
    blob.metadata = {name: "1260"}
    blob.upload_from_string(b"x")

    assert call(cloud, "GET", f"{BUCKET}/photo", headers=KNOWN).headers[f"x-goog-meta-{name}"] == "1260"


@pytest.mark.parametrize(
    ("name", "value"),
    [("a/b", "x"), ("a b", "x"), ("a:b", "x"), ("été", "x"), ("a", "a\r\nSet-Cookie: b")],
)
def test_metadata_that_no_header_can_carry_stays_out_of_the_response(
    cloud: RunningStorage, bucket: storage.Bucket, name: str, value: str
) -> None:
    blob = bucket.blob("photo")
    blob.metadata = {name: value, "kept": "yes"}
    blob.upload_from_string(b"x")

    answer = call(cloud, "GET", f"{BUCKET}/photo", headers=KNOWN)

    assert (answer.status_code, answer.content, answer.headers["x-goog-meta-kept"]) == (200, b"x", "yes")
    assert sum(one.lower().startswith("x-goog-meta-") for one in answer.headers) == 1
    assert "Set-Cookie" not in answer.headers
    blob.reload()
    assert blob.metadata == {name: value, "kept": "yes"}
