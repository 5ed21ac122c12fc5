"""The requests that gcloud makes when it deploys, as they were recorded."""

import requests
from tests.storage.conftest import BUCKET, RunningStorage

SHA1 = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"
RELATED = (
    b"--===============12==\nContent-Type: application/json\nMIME-Version: 1.0\n\n"
    b'{"size": "9"}\n--===============12==\nContent-Type: text/x-python\n'
    b"MIME-Version: 1.0\nContent-Transfer-Encoding: binary\n\nprint()\r\n\n--===============12==--\n"
)


def test_a_path_without_its_version_is_understood(cloud: RunningStorage) -> None:
    bucket = requests.get(f"{cloud.server.url}/storage/b/{BUCKET}?alt=json&fields=lifecycle", timeout=60)
    listed = requests.get(
        f"{cloud.server.url}/storage/b/{BUCKET}/o?maxResults=1000&projection=noAcl", timeout=60
    )

    assert (bucket.status_code, listed.status_code) == (200, 200)


def test_a_file_named_by_its_hash_is_taken(cloud: RunningStorage) -> None:
    sent = requests.post(
        f"{cloud.server.url}/upload/storage/v1/b/{BUCKET}/o?uploadType=multipart&alt=json&name={SHA1}",
        data=RELATED,
        headers={"Content-Type": "multipart/related; boundary='===============12=='"},
        timeout=60,
    )

    assert (sent.json()["name"], sent.json()["size"]) == (SHA1, "9")


def test_a_large_file_is_taken_where_gcloud_begins_to_send_it(cloud: RunningStorage) -> None:
    path = f"resumable/upload/storage/v1/b/{BUCKET}/o?uploadType=resumable&alt=json&name={SHA1}"
    begun = requests.post(f"{cloud.server.url}/{path}", json={"size": "9"}, timeout=60)

    sent = requests.put(begun.headers["Location"], data=b"print()\r\n", timeout=60)

    assert (sent.json()["name"], sent.json()["size"]) == (SHA1, "9")


def test_an_unknown_call_is_not_found_in_googles_words(cloud: RunningStorage) -> None:
    answer = requests.get(f"{cloud.server.url}/storage/v1/nothing", timeout=60)

    assert answer.json()["error"]["errors"][0]["reason"] == "notFound"
