"""`fields` and `projection` of the JSON API: what Google knows is accepted, the rest is refused."""

import pytest
import requests
from google.cloud import storage
from tests.storage.conftest import BUCKET, RunningStorage

OBJECT = f"/storage/v1/b/{BUCKET}/o/photo"
OBJECTS = f"/storage/v1/b/{BUCKET}/o"


@pytest.fixture
def photo(bucket: storage.Bucket) -> storage.Blob:
    blob = bucket.blob("photo")
    blob.upload_from_string(b"x")
    return blob


@pytest.mark.parametrize(
    ("path", "fields", "wrong"),
    [
        (OBJECT, "nme", "nme"),
        (OBJECT, "name,nextPageToken", "nextPageToken"),
        (OBJECT, "owner/nme", "nme"),
        (OBJECT, "name/first", "first"),
        (OBJECTS, "name", "name"),
        (OBJECTS, "items(name,siz)", "siz"),
        (f"/storage/v1/b/{BUCKET}", "lifecycle/rule/action/kind", "kind"),
        ("/storage/v1/b?project=p", "items/size", "size"),
        (f"/storage/v1/b/{BUCKET}/acl", "items/object", "object"),
        (f"/storage/v1/b/{BUCKET}/iam", "bindings/rule", "rule"),
    ],
)
def test_a_field_that_the_response_never_has_is_refused(
    cloud: RunningStorage, photo: storage.Blob, path: str, fields: str, wrong: str
) -> None:
    project, _, query = path.partition("?")
    answer = requests.get(f"{cloud.server.url}{project}?{query}&fields={fields}", timeout=60)

    assert answer.status_code == 400
    message = f"Invalid field selection {wrong}"
    assert answer.json()["error"] == {
        "code": 400,
        "message": message,
        "errors": [
            {
                "message": message,
                "domain": "global",
                "reason": "invalidParameter",
                "locationType": "parameter",
                "location": "fields",
            }
        ],
    }


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (OBJECT, "name, size,metadata/anything,contexts/custom/key/value,*"),
        (OBJECT, "retention(mode,retainUntilTime),customerEncryption/keySha256"),
        (OBJECTS, "items(name,generation,acl/projectTeam/team),prefixes,nextPageToken,kind"),
        (OBJECTS, "*/name"),
        (f"/storage/v1/b/{BUCKET}", "labels/any,lifecycle/rule(action,condition/age),encryption"),
    ],
)
def test_fields_that_an_object_may_have_are_accepted_without_values(
    cloud: RunningStorage, photo: storage.Blob, path: str, fields: str
) -> None:
    assert requests.get(f"{cloud.server.url}{path}?fields={fields}", timeout=60).status_code == 200


def test_an_upload_with_an_unknown_field_stores_nothing(
    cloud: RunningStorage, bucket: storage.Bucket
) -> None:
    path = f"/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name=photo&fields=nme"

    answer = requests.post(cloud.server.url + path, data=b"x", timeout=60)

    assert answer.status_code == 400
    assert not bucket.blob("photo").exists()


def test_a_patch_with_an_unknown_field_changes_nothing(cloud: RunningStorage, photo: storage.Blob) -> None:
    changes = {"contentType": "image/png"}

    answer = requests.patch(f"{cloud.server.url}{OBJECT}?fields=nme", json=changes, timeout=60)

    photo.reload()
    assert (answer.status_code, photo.content_type) == (400, "text/plain")


@pytest.mark.parametrize("path", [OBJECT, OBJECTS, f"/storage/v1/b/{BUCKET}"])
def test_a_projection_that_does_not_exist_is_refused(
    cloud: RunningStorage, photo: storage.Blob, path: str
) -> None:
    answers = {
        value: requests.get(f"{cloud.server.url}{path}?projection={value}", timeout=60)
        for value in ("full", "noAcl", "everything")
    }

    assert {value: answer.status_code for value, answer in answers.items()} == {
        "full": 200,
        "noAcl": 200,
        "everything": 400,
    }
    detail = answers["everything"].json()["error"]["errors"][0]
    assert (detail["reason"], detail["location"]) == ("invalidParameter", "projection")
