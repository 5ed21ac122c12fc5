"""A page of another site, open in a browser of this machine, gets nothing out of here and nothing in."""

import pytest
import requests
from google.cloud import storage
from tests.storage.conftest import BUCKET, RunningStorage

ELSEWHERE = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
OTHER_PORT = {"Origin": "http://localhost:8080", "Sec-Fetch-Site": "cross-site"}


def post(cloud: RunningStorage, headers: dict[str, str]) -> int:
    url = f"{cloud.server.url}/upload/storage/v1/b/{BUCKET}/o"
    kind = {"Content-Type": "text/plain"}
    params = {"uploadType": "media", "name": "page"}
    return requests.post(url, b"x", params=params, headers=headers | kind, timeout=60).status_code


def list_objects(cloud: RunningStorage, host: str) -> int:
    url = f"{cloud.server.url}/storage/v1/b/{BUCKET}/o"
    return requests.get(url, headers={"Host": host}, timeout=60).status_code


def test_a_foreign_page_cannot_write(cloud: RunningStorage, bucket: storage.Bucket) -> None:
    assert post(cloud, ELSEWHERE) == 403
    assert bucket.get_blob("page") is None


@pytest.mark.parametrize("headers", [OTHER_PORT, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_an_origin_that_is_not_this_server_cannot_write(
    cloud: RunningStorage, headers: dict[str, str]
) -> None:
    assert post(cloud, headers) == 403


def test_programs_can(cloud: RunningStorage) -> None:
    assert post(cloud, {}) == 200


def test_a_foreign_page_may_fill_the_session_it_was_given(bucket: storage.Bucket) -> None:
    origin = ELSEWHERE["Origin"]
    session = bucket.blob("page").create_resumable_upload_session(size=1, origin=origin)

    assert requests.put(session, b"x", headers=ELSEWHERE, timeout=60).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["elsewhere.example", "localhost.elsewhere.example:9023", "127.0.0.1.nip.io", "0.0.0.0:9023", "10.0.0.2"],
)
def test_a_foreign_name_that_points_here_reads_nothing(cloud: RunningStorage, host: str) -> None:
    assert list_objects(cloud, host) == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9023", "emulators:9023", "storage.localhost"])
def test_names_of_this_machine_and_of_its_containers_do(cloud: RunningStorage, host: str) -> None:
    assert list_objects(cloud, host) == 200
