"""Settings are applied or refused by name; access lists and keys decide who may read."""

import base64
import hashlib
import os
import time

import pytest
import requests
from google.api_core import exceptions
from google.cloud import storage
from tests.storage.conftest import BUCKET, RunningStorage

from gaelocal.storage.state.globs import compiled_glob

NOT_APPLIED = [
    {"ipFilter": {"mode": "Enabled"}},
    {"noSuchSetting": {"enabled": True}},
    {"lifecycle": {"rule": [{"action": {"type": "Delete"}, "condition": {"phaseOfTheMoon": "full"}}]}},
    {"encryption": {"noSuchKey": "x"}},
]
MALFORMED = [
    b"[" * 100_000,
    b'{"labels":' * 50_000,
    b"[]",
    b'"text"',
    b"\xff",
    b'{"labels": [1]}',
    b'{"labels": {"a": 1}}',
    b'{"cors": [{"origin": "x"}]}',
    b'{"lifecycle": {"rule": "x"}}',
    b'{"retentionPolicy": {"retentionPeriod": "' + b"9" * 5000 + b'"}}',
    b'{"storageClass": "\\ud800"}',
    b'{"acl": [1]}',
    b'{"versioning": true}',
    b'{"retentionPolicy": {"retentionPeriod": ' + b"9" * 5000 + b"}}",
]


def call(cloud: RunningStorage, method: str, path: str, **more: object) -> requests.Response:
    return requests.request(method, f"{cloud.server.url}{path}", timeout=60, **more)


def anonymous(cloud: RunningStorage, name: str) -> int:
    return call(cloud, "GET", f"/{BUCKET}/{name}").status_code


@pytest.mark.parametrize("setting", NOT_APPLIED, ids=lambda setting: next(iter(setting)))
def test_a_setting_that_is_not_applied_is_refused_by_name(
    cloud: RunningStorage, setting: dict[str, object]
) -> None:
    refused = call(cloud, "PATCH", f"/storage/v1/b/{BUCKET}", json=setting)

    assert refused.status_code in (400, 501)
    named = next(iter(setting)) if "lifecycle" not in setting else "phaseOfTheMoon"
    assert named in refused.json()["error"]["message"]


@pytest.mark.parametrize("text", MALFORMED, ids=lambda text: text[:24].decode("latin-1"))
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", f"/storage/v1/b/{BUCKET}"),
        ("POST", "/storage/v1/b"),
        ("POST", f"/upload/storage/v1/b/{BUCKET}/o?uploadType=resumable&name=x"),
        ("POST", f"/storage/v1/b/{BUCKET}/o/x/compose"),
    ],
)
def test_malformed_or_deeply_nested_json_is_a_bad_request(
    cloud: RunningStorage, method: str, path: str, text: bytes
) -> None:
    assert call(cloud, method, path, data=text).status_code == 400


@pytest.mark.parametrize("header", ["Content-Type", "Content-MD5", "x-goog-copy-source"])
def test_a_header_that_is_not_utf_8_is_a_bad_request(cloud: RunningStorage, header: str) -> None:
    headers = {"Authorization": "Bearer x", header: b"\xff"}

    assert call(cloud, "PUT", f"/{BUCKET}/a", data=b"x", headers=headers).status_code == 400
    assert call(cloud, "POST", "/batch/storage/v1", data=b"x", headers=headers).status_code == 400


def nested_parts(depth: int) -> bytes:
    head = b"".join(b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" for _ in range(depth))
    return head + b"--x--"


@pytest.mark.parametrize(
    "part",
    [
        b"Content-ID: <\xff>\r\n\r\nGET /storage/v1/b/none HTTP/1.1\r\n\r\n",
        b"\r\nPOST /storage/v1/b HTTP/1.1\r\nX-HTTP-Method-Override: \xff\r\n\r\n{}",
        b"\r\nGET /storage/v1/b/none HTTP/1.1\r\nIf-Match: \xff\r\nX-Goog-Encryption-Key: \xff\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" * 20_000,
    ],
    ids=lambda part: part[:30].decode("latin-1"),
)
def test_a_malformed_part_of_a_batch_fails_alone(cloud: RunningStorage, part: bytes) -> None:
    good = b"--x\r\n\r\nGET /storage/v1/b/%b HTTP/1.1\r\n\r\n" % BUCKET.encode()
    body = b"--x\r\n" + part + b"\r\n" + good + b"\r\n--x--"
    headers = {"Content-Type": "multipart/mixed; boundary=x"}

    answer = call(cloud, "POST", "/batch/storage/v1", data=body, headers=headers)

    assert answer.status_code == 200
    assert [text.split()[1][:1] for text in answer.text.split("\r\n\r\n") if "HTTP/1.1" in text] == ["4", "2"]


@pytest.mark.parametrize("body", [b"--x\r\n\r\n" * 100_000, nested_parts(5_000), b"", b"--y--"])
def test_a_batch_that_is_none_is_a_bad_request(cloud: RunningStorage, body: bytes) -> None:
    headers = {"Content-Type": "multipart/mixed; boundary=x"}

    assert call(cloud, "POST", "/batch/storage/v1", data=body, headers=headers).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\nhi\r\n--y--\r\n--x--\r\n",
        b"--x\r\n" + b"A: b\r\n" * 100_000 + b"\r\nhi\r\n--x--",
        b"--x\r\n" + b"A" * 300_000 + b"\r\n\r\nhi\r\n--x--",
    ],
    ids=lambda body: body[:30].decode("latin-1"),
)
def test_a_malformed_form_is_a_bad_request(cloud: RunningStorage, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}

    assert call(cloud, "POST", f"/{BUCKET}", data=body, headers=headers).status_code == 400


def test_a_part_of_an_upload_with_a_header_that_is_not_ascii_is_a_bad_request(cloud: RunningStorage) -> None:
    body = b"--x\r\n\r\n{}\r\n--x\r\nContent-Transfer-Encoding: \xff\r\nContent-Type: \xff\r\n\r\nhi\r\n--x--"
    path = f"/upload/storage/v1/b/{BUCKET}/o?uploadType=multipart&name=a"

    answer = call(cloud, "POST", path, data=body, headers={"Content-Type": "multipart/related; boundary=x"})

    assert answer.status_code in (200, 400)


@pytest.mark.parametrize(
    "document", ['<?xml version="1.0" encoding="x"?>', '<!DOCTYPE a [<!ENTITY e "e">]><a>&e;</a>']
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_other_encodings_and_entities_of_xml_are_refused(
    cloud: RunningStorage, document: str, encoding: str
) -> None:
    known = {"Authorization": "Bearer x"}
    begun = call(cloud, "POST", f"/{BUCKET}/m?uploads", headers=known).text
    upload = begun.partition("<UploadId>")[2].partition("<")[0]

    path = f"/{BUCKET}/m?uploadId={upload}"
    assert call(cloud, "POST", path, data=document.encode(encoding), headers=known).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "maxResults=²",
        "maxResults=-1",
        "pageToken=zz",
        "generation=9" + "9" * 40,
        "matchGlob=%5B",
        "matchGlob=" + "*a" * 20,
    ],
)
def test_a_malformed_parameter_is_a_bad_request(cloud: RunningStorage, query: str) -> None:
    path = f"/storage/v1/b/{BUCKET}/o" + ("/x" if query.startswith("generation") else "")

    assert call(cloud, "GET", f"{path}?{query}").status_code == 400


def test_a_header_and_a_subresource_of_the_xml_api_are_refused_by_name(cloud: RunningStorage) -> None:
    known = {"Authorization": "Bearer x"}
    header = call(cloud, "PUT", f"/{BUCKET}/a", data=b"x", headers=known | {"x-goog-unknown": "1"})
    subresource = call(cloud, "PUT", f"/{BUCKET}/a?tagging", data=b"x", headers=known)

    assert (header.status_code, "x-goog-unknown" in header.text) == (501, True)
    assert (subresource.status_code, "?tagging" in subresource.text) == (501, True)


def test_labels_are_replaced_by_an_update_and_merged_by_a_patch(bucket: storage.Bucket) -> None:
    bucket.labels = {"a": "1", "b": "2"}
    bucket.patch()
    bucket.labels = {"c": "3"}
    bucket.update()

    bucket.reload()
    assert bucket.labels == {"c": "3"}


def test_an_access_list_makes_an_object_public_until_access_is_uniform(
    cloud: RunningStorage, bucket: storage.Bucket
) -> None:
    blob = bucket.blob("photo")
    blob.upload_from_string("x")
    blob.acl.all().grant_read()
    blob.acl.save()
    assert anonymous(cloud, "photo") == 200

    bucket.iam_configuration.uniform_bucket_level_access_enabled = True
    bucket.patch()
    assert anonymous(cloud, "photo") == 403
    with pytest.raises(exceptions.BadRequest, match="uniform bucket-level access"):
        blob.acl.reload()


def test_public_access_prevention_closes_what_was_public(
    cloud: RunningStorage, bucket: storage.Bucket
) -> None:
    bucket.blob("photo").upload_from_string("x", predefined_acl="publicRead")
    bucket.iam_configuration.public_access_prevention = "enforced"
    bucket.patch()

    assert anonymous(cloud, "photo") == 403
    with pytest.raises(exceptions.PreconditionFailed):
        bucket.blob("photo").make_public()


def test_requester_pays_refuses_anonymous_requests(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    bucket.blob("photo").upload_from_string("x", predefined_acl="publicRead")
    bucket.requester_pays = True
    bucket.patch()

    refused = call(cloud, "GET", f"/{BUCKET}/photo")
    assert (refused.status_code, "UserProjectMissing" in refused.text) == (400, True)
    assert call(cloud, "GET", f"/{BUCKET}/photo?userProject=p").status_code == 200


def test_an_object_with_a_customer_key_is_read_with_that_key_only(bucket: storage.Bucket) -> None:
    key = os.urandom(32)
    bucket.blob("photo", encryption_key=key).upload_from_string("secret")

    assert bucket.blob("photo", encryption_key=key).download_as_text() == "secret"
    for wrong in (None, os.urandom(32)):
        with pytest.raises(exceptions.BadRequest, match="encrypt"):
            bucket.blob("photo", encryption_key=wrong).download_as_bytes()
    assert bucket.get_blob("photo").md5_hash is None
    with pytest.raises(exceptions.BadRequest):
        bucket.copy_blob(bucket.blob("photo"), bucket, "copy")


def test_a_key_whose_hash_is_wrong_is_refused(cloud: RunningStorage) -> None:
    key = base64.b64encode(os.urandom(32)).decode()
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    headers = {
        f"x-goog-encryption-{name}": text
        for name, text in (("algorithm", "AES256"), ("key", key), ("key-sha256", wrong))
    }

    path = f"/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name=x"
    assert call(cloud, "POST", path, data=b"x", headers=headers).status_code == 400


def test_a_policy_with_a_condition_needs_uniform_access_and_version_3(bucket: storage.Bucket) -> None:
    policy = bucket.get_iam_policy(requested_policy_version=3)
    condition = {"title": "always", "expression": "true"}
    policy.bindings.append(
        {"role": "roles/storage.objectViewer", "members": {"user:a@b.example"}, "condition": condition}
    )

    with pytest.raises(exceptions.PreconditionFailed):
        bucket.set_iam_policy(policy)
    bucket.iam_configuration.uniform_bucket_level_access_enabled = True
    bucket.patch()
    with pytest.raises(exceptions.BadRequest, match="at least 3"):
        bucket.set_iam_policy(policy)
    policy.version = 3
    bucket.set_iam_policy(policy)


def test_usage_logs_are_written_to_their_bucket(
    cloud: RunningStorage, client: storage.Client, bucket: storage.Bucket
) -> None:
    logs = client.create_bucket("log-bucket")
    bucket.enable_logging("log-bucket", object_prefix="use")
    bucket.patch()
    bucket.blob("photo").upload_from_string("x")
    cloud.restart()

    (written,) = logs.list_blobs()
    assert written.name.startswith("use_usage_")
    assert f"/b/{BUCKET}/o?uploadType=multipart" in written.download_as_text()


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("items/name", {"items": [{"name": "a"}]}),
        ("items(name,size),nextPageToken", {"items": [{"name": "a", "size": "1"}]}),
        ("kind", {"kind": "storage#objects"}),
    ],
)
def test_fields_select_a_part_of_the_response(
    cloud: RunningStorage, bucket: storage.Bucket, mask: str, expected: dict[str, object]
) -> None:
    bucket.blob("a").upload_from_string("x")

    assert call(cloud, "GET", f"/storage/v1/b/{BUCKET}/o", params={"fields": mask}).json() == expected


def test_a_long_query_may_be_posted_as_a_form(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    for name in ("a+b ü", "other"):
        bucket.blob(name).upload_from_string("x")
    override = {"X-HTTP-Method-Override": "GET"}
    path = f"/storage/v1/b/{BUCKET}/o?alt=json"

    listed = call(cloud, "POST", path, headers=override, data={"prefix": "a+b ü", "fields": "items/name"})
    malformed = call(cloud, "POST", path, headers=override, data={"prefix": b"\xff"})

    assert listed.json() == {"items": [{"name": "a+b ü"}]}
    assert malformed.status_code == 400


@pytest.mark.parametrize("path", ["acl", "defaultObjectAcl", "o/photo/acl"])
def test_an_update_of_an_access_control_adds_it(
    cloud: RunningStorage, bucket: storage.Bucket, path: str
) -> None:
    bucket.blob("photo").upload_from_string("x")
    one = f"/storage/v1/b/{BUCKET}/{path}/allUsers"

    updated = call(cloud, "PUT", one, json={"entity": "allUsers", "role": "READER"})

    assert (updated.status_code, call(cloud, "GET", one).json()["role"]) == (200, "READER")
    assert call(cloud, "PUT", one, json={"role": "KING"}).status_code == 400


def test_a_glob_matches_names(bucket: storage.Bucket) -> None:
    for name in ("a.jpg", "b/c.jpg", "b/c.png", "b/d/e.jpg", "[x].jpg"):
        bucket.blob(name).upload_from_string("x")

    def found(glob: str) -> list[str]:
        return [blob.name for blob in bucket.list_blobs(match_glob=glob)]

    assert found("*.jpg") == ["[x].jpg", "a.jpg"]
    assert found("**.jpg") == ["[x].jpg", "a.jpg", "b/c.jpg", "b/d/e.jpg"]
    assert found("b/*.{jpg,png}") == ["b/c.jpg", "b/c.png"]
    assert found("**/[c-e].jpg") == ["b/c.jpg", "b/d/e.jpg"]
    assert found("\\[x\\].jpg") == ["[x].jpg"]
    assert found("**/[!d-e].jpg") == found("**/[^d-e].jpg") == ["a.jpg", "b/c.jpg"]


@pytest.mark.parametrize("glob", ["*" * 200 + "Z", "**/" * 16 + "Z", "*a" * 16 + "Z", "{**a,*b}" * 7 + "Z"])
def test_no_glob_takes_long(glob: str) -> None:
    began = time.process_time()

    matches = [compiled_glob(glob).matches(name) for name in ("a/" * 500 + "b", "a" * 1024, "ab" * 512)]

    assert matches == [False] * 3
    assert time.process_time() - began < 1


def test_a_method_may_be_named_in_a_header(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    bucket.blob("a").upload_from_string("x")
    override = {"X-HTTP-Method-Override": "DELETE"}

    assert call(cloud, "GET", f"/storage/v1/b/{BUCKET}/o/a", headers=override).status_code == 200
    assert call(cloud, "POST", f"/storage/v1/b/{BUCKET}/o/a", headers=override).status_code == 204


@pytest.mark.parametrize(
    "path",
    ["/storage/download/storage/v1/b/{b}/o/a", "/b/{b}/o/a?alt=media", "/storage/v1/b/{b}/o/a?alt=media"],
)
def test_the_paths_of_gcloud_and_node_are_understood(
    cloud: RunningStorage, bucket: storage.Bucket, path: str
) -> None:
    bucket.blob("a").upload_from_string("x")

    assert call(cloud, "GET", path.format(b=BUCKET)).text == "x"


def test_a_bucket_has_a_storage_layout(cloud: RunningStorage) -> None:
    layout = call(cloud, "GET", f"/storage/v1/b/{BUCKET}/storageLayout").json()

    assert (layout["bucket"], layout["locationType"]) == (BUCKET, "multi-region")
