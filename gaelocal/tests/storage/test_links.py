"""Links: signed ones for who got them, public ones for everybody, and nothing for strangers."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from google.cloud import storage
from google.oauth2 import service_account
from tests.storage.conftest import BUCKET, RunningStorage

from gaelocal.storage.service_account import ServiceAccount

Sign = Callable[..., str]


@pytest.fixture
def blob(bucket: storage.Bucket) -> storage.Blob:
    made = bucket.blob("ana/été 1+2.jpg")
    made.upload_from_string(b"0123456789", content_type="image/jpeg")
    return made


@pytest.fixture
def sign(cloud: RunningStorage, bucket: storage.Bucket) -> Sign:
    """Sign as production code does, at the time that the server's clock shows."""
    return signer(cloud, bucket, cloud.server.service_account_key)


def signer(cloud: RunningStorage, bucket: storage.Bucket, key: Path) -> Sign:
    known = service_account.Credentials.from_service_account_file(str(key))
    cloud.clock.now = time.time()

    def sign(name: str = "ana/été 1+2.jpg", **wanted: object) -> str:
        lives = {"expiration": timedelta(minutes=5)} | wanted
        return bucket.blob(name).generate_signed_url(version="v4", credentials=known, **lives)

    return sign


def get(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=60)


def code_of(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.text.partition("<Code>")[2].partition("</Code>")[0]


def test_a_signed_link_gives_the_bytes(blob: storage.Blob, sign: Sign) -> None:
    answer = get(sign(), Range="bytes=2-3")

    assert (answer.status_code, answer.content) == (206, b"23")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Goog-Generation"] == str(blob.generation)


def test_a_link_may_name_the_file_for_the_browser(blob: storage.Blob, sign: Sign) -> None:
    url = sign(response_disposition='attachment; filename="sea.jpg"', response_type="application/x-photo")

    answer = get(url)

    assert answer.headers["Content-Disposition"] == 'attachment; filename="sea.jpg"'
    assert answer.headers["Content-Type"] == "application/x-photo"


def test_a_link_ends_when_its_time_is_over(cloud: RunningStorage, blob: storage.Blob, sign: Sign) -> None:
    url = sign(expiration=timedelta(minutes=5))
    cloud.clock.now += 290
    before = get(url).status_code
    cloud.clock.now += 15

    assert before == 200
    assert code_of(get(url)) == (400, "ExpiredToken")


def test_a_link_from_the_future_is_refused(cloud: RunningStorage, blob: storage.Blob, sign: Sign) -> None:
    url = sign()
    cloud.clock.now -= 3600

    assert get(url).status_code == 403


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2.jpg", "3.jpg"),
        ("X-Goog-Expires=300", "X-Goog-Expires=604800"),
        ("X-Goog-Signature=", "X-Goog-Signature=0"),
        ("X-Goog-Signature=", "X-Goog-Signature=zz"),
        ("X-Goog-SignedHeaders=host", "X-Goog-SignedHeaders=accept"),
        ("local%40", "other%40"),
        ("?", "?generation=1&"),
    ],
)
def test_an_altered_link_is_refused(
    bucket: storage.Bucket, blob: storage.Blob, sign: Sign, old: str, new: str
) -> None:
    bucket.blob("ana/été 1+3.jpg").upload_from_string(b"not yours")
    url = sign()
    assert old in url

    assert code_of(get(url.replace(old, new, 1))) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize(
    "part", ["X-Goog-Date", "X-Goog-Expires", "X-Goog-Credential", "X-Goog-SignedHeaders"]
)
def test_a_link_with_a_part_missing_is_a_bad_request(blob: storage.Blob, sign: Sign, part: str) -> None:
    assert get(sign().replace(part, "X-Other")).status_code == 400


@pytest.mark.parametrize(
    "more", ["X-Goog-Expires=604800", "x-goog-signature=00", "generation=1&generation=2"]
)
def test_a_link_with_a_parameter_twice_is_refused(blob: storage.Blob, sign: Sign, more: str) -> None:
    path, _, query = sign().partition("?")

    assert code_of(get(f"{path}?{more}&{query}")) == (403, "SignatureDoesNotMatch")


def test_a_link_for_reading_does_not_delete(bucket: storage.Bucket, blob: storage.Blob, sign: Sign) -> None:
    assert requests.delete(sign(), timeout=60).status_code == 403
    assert blob.exists()


def test_a_key_that_nobody_knows_signs_nothing(
    cloud: RunningStorage, bucket: storage.Bucket, blob: storage.Blob, tmp_path: Path
) -> None:
    ServiceAccount(tmp_path / "other.json").write("http://127.0.0.1:1/token")

    answer = get(signer(cloud, bucket, tmp_path / "other.json")())

    assert code_of(answer) == (403, "SignatureDoesNotMatch")


def test_the_key_stays_the_same_over_a_restart(cloud: RunningStorage, blob: storage.Blob, sign: Sign) -> None:
    url = sign()
    cloud.restart()

    assert get(url).status_code == 200


def test_the_key_file_is_for_its_owner_only(cloud: RunningStorage) -> None:
    key = cloud.server.service_account_key

    assert json.loads(key.read_text())["token_uri"] == f"{cloud.server.url}/token"
    assert key.stat().st_mode & 0o077 == 0


def test_a_link_for_writing_takes_the_bytes(bucket: storage.Bucket, sign: Sign) -> None:
    url = sign("new.jpg", method="PUT", content_type="image/jpeg", headers={"x-goog-meta-owner": "ana"})
    said = {"Content-Type": "image/jpeg", "x-goog-meta-owner": "ana"}

    refused = requests.put(url, data=b"sea", headers=said | {"Content-Type": "text/html"}, timeout=60)
    answer = requests.put(url, data=b"sea", headers=said, timeout=60)

    read = bucket.get_blob("new.jpg")
    assert (refused.status_code, answer.status_code) == (403, 200)
    assert (read.content_type, read.metadata, read.download_as_bytes()) == (
        "image/jpeg",
        {"owner": "ana"},
        b"sea",
    )


def test_a_link_may_begin_a_resumable_upload(bucket: storage.Bucket, sign: Sign) -> None:
    url = sign("new.jpg", method="RESUMABLE", content_type="image/jpeg")

    begun = requests.post(
        url, headers={"x-goog-resumable": "start", "Content-Type": "image/jpeg"}, timeout=60
    )
    done = requests.put(begun.headers["Location"], data=b"sea", timeout=60)

    assert (begun.status_code, done.status_code) == (201, 200)
    assert bucket.blob("new.jpg").download_as_bytes() == b"sea"


def test_a_link_for_writing_once_does_not_overwrite(blob: storage.Blob, sign: Sign) -> None:
    once = {"x-goog-if-generation-match": "0"}
    url = sign(method="PUT", headers=once)

    assert code_of(requests.put(url, data=b"x", headers=once, timeout=60)) == (412, "PreconditionFailed")
    assert blob.download_as_bytes() == b"0123456789"


def test_a_stranger_reads_nothing_and_learns_nothing(blob: storage.Blob) -> None:
    there = get(blob.public_url)
    missing = get(blob.public_url + "x")

    assert code_of(there) == code_of(missing) == (403, "AccessDenied")


def test_a_stranger_writes_nothing(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    url = f"{cloud.server.url}/{BUCKET}/new"

    assert requests.put(url, data=b"x", timeout=60).status_code == 403
    assert not bucket.blob("new").exists()


def test_what_was_made_public_is_for_everybody(bucket: storage.Bucket, blob: storage.Blob) -> None:
    blob.make_public()
    public = get(blob.public_url)
    blob.make_private()

    assert (public.status_code, public.content) == (200, b"0123456789")
    assert get(blob.public_url).status_code == 403


def test_a_bucket_may_be_public_by_policy(bucket: storage.Bucket, blob: storage.Blob) -> None:
    policy = bucket.get_iam_policy(requested_policy_version=3)
    policy.bindings.append({"role": "roles/storage.objectViewer", "members": {"allUsers"}})
    bucket.set_iam_policy(policy)

    assert get(blob.public_url).content == b"0123456789"


def test_an_upload_may_be_public_from_the_start(bucket: storage.Bucket) -> None:
    blob = bucket.blob("seen by all")
    blob.upload_from_string(b"x", predefined_acl="publicRead")

    assert get(blob.public_url).content == b"x"


def test_head_gives_the_headers_alone(blob: storage.Blob, sign: Sign) -> None:
    answer = requests.head(sign(method="HEAD"), timeout=60)

    assert (answer.status_code, answer.headers["Content-Length"], answer.content) == (200, "10", b"")


def test_a_missing_object_behind_a_good_link_is_not_found(bucket: storage.Bucket, sign: Sign) -> None:
    assert code_of(get(sign("missing"))) == (404, "NoSuchKey")
