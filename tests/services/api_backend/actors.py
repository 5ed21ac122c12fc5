"""Users that call the API in tests."""

import io
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.pictures import a_jpeg

ROOT = "/api/v1"


class Actor:
    def __init__(self, client: FlaskClient, token: str | None) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(
        self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> TestResponse:
        return self.client.open(path, method=method, headers={**self.headers, **(headers or {})}, **more)

    def get(self, path: str, headers: dict[str, str] | None = None) -> TestResponse:
        return self.call("GET", path, headers)

    def post_photo(
        self, image: bytes | None = None, caption: str = "sea", key: str | None = None, **texts: str
    ) -> TestResponse:
        given = a_jpeg() if image is None else image
        form = {"image": FileStorage(io.BytesIO(given), "photo.jpg"), "caption": caption, **texts}
        headers = {"Idempotency-Key": key} if key is not None else {}
        boundary, body = encode_multipart(form)
        kind = f"multipart/form-data; boundary={boundary}"
        return self.call("POST", f"{ROOT}/photos", headers, data=body, content_type=kind)

    def photo(self, photo_id: str, headers: dict[str, str] | None = None) -> TestResponse:
        return self.get(f"{ROOT}/photos/{photo_id}", headers)

    def patch_photo(self, photo_id: str, caption: str, headers: dict[str, str] | None = None) -> TestResponse:
        return self.call("PATCH", f"{ROOT}/photos/{photo_id}", headers, json={"caption": caption})

    def delete_photo(self, photo_id: str, headers: dict[str, str] | None = None) -> TestResponse:
        return self.call("DELETE", f"{ROOT}/photos/{photo_id}", headers)

    def everyone(self, **query: str | int) -> TestResponse:
        return self.call("GET", f"{ROOT}/photos", query_string=query)

    def stream_of(self, user: str, **query: str | int) -> TestResponse:
        return self.call("GET", f"{ROOT}/users/{user}/photos", query_string=query)

    def settle(self, *users: str) -> None:
        """Read an entity group, after which a Datastore with stale global queries shows it."""
        for user in users:
            assert self.stream_of(user, limit=1).status_code == 200

    def me(self) -> TestResponse:
        return self.get(f"{ROOT}/me")

    def change_me(self, **changes: Any) -> TestResponse:
        return self.call("PATCH", f"{ROOT}/me", json=changes)

    def erase_me(self) -> TestResponse:
        return self.call("DELETE", f"{ROOT}/me")


def captions(page: TestResponse) -> list[str]:
    return [photo["caption"] for photo in page.get_json()["results"]]


def code_of(answer: TestResponse) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json", answer.get_data(as_text=True)
    return answer.status_code, answer.get_json()["code"]
