"""The client: one method per operation of the API."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Self
from urllib.parse import quote

import requests

from photo_timeline.errors import Problem
from photo_timeline.models import Account, Changes, Export, Page, Photo, Upload, User
from photo_timeline.transport import RetryPolicy, Transport

V1 = "/api/v1"
PAGE_SIZE = 100
READY_SECONDS = 120.0
POLL_SECONDS = 0.5


class Client:
    """A client with or without an ID token. `token` may be a function that returns the current one."""

    def __init__(
        self, url: str, token: str | Callable[[], str] = "", *, retries: RetryPolicy | None = None
    ) -> None:
        get_token = token if callable(token) else lambda: token
        self.transport = Transport(url.rstrip("/") + "/", get_token, retries or RetryPolicy())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.transport.close()

    def account(self) -> Account:
        return Account.of(self.transport.get_json(f"{V1}/me"))

    def change_account(self, **changes: str) -> Account:
        """Change any of display_name, summary and timezone."""
        return Account.of(self.transport.request("PATCH", f"{V1}/me", json=changes).json())

    def user(self, handle: str) -> User:
        return User.of(self.transport.get_json(f"{V1}/users/{quote(handle, safe='')}"))

    def photo(self, photo_id: str) -> Photo:
        return Photo.of(self.transport.get_json(_photo(photo_id)))

    def page(self, user: str | None = None, *, limit: int = PAGE_SIZE, cursor: str | None = None) -> Page:
        """Return one page of a user's photos, or of all users' photos."""
        path = f"{V1}/photos" if user is None else f"{V1}/users/{quote(user, safe='')}/photos"
        query = f"limit={limit}" + (f"&cursor={quote(cursor, safe='')}" if cursor else "")
        return Page.of(self.transport.get_json(f"{path}?{query}"))

    def stream(self, user: str | None = None, *, limit: int = PAGE_SIZE) -> Iterator[Photo]:
        """Iterate over all photos of a user, or of all users, newest first; pages are fetched as needed."""
        page = self.page(user, limit=limit)
        yield from page.photos
        while page.next_cursor:
            page = self.page(user, limit=limit, cursor=page.next_cursor)
            yield from page.photos

    def post(
        self,
        image: Path | BinaryIO | bytes,
        caption: str = "",
        *,
        key: str | None = None,
        dedupe: bool = False,
    ) -> Photo:
        """Post an image of at most 20 MB. Retries with the same key never create a second photo.

        With `dedupe`, your photo with the same bytes is returned if there is one.
        """
        with _opened(image) as (name, content):
            response = self.transport.request(
                "POST",
                f"{V1}/photos",
                headers={"Idempotency-Key": key or str(uuid.uuid4())},
                files={"image": (name, content, "application/octet-stream")},
                data={"caption": caption, **({"dedupe": "true"} if dedupe else {})},
            )
        return Photo.of(response.json())

    def begin_upload(self, content_type: str, size: int, *, key: str | None = None) -> Upload:
        """Start a resumable upload of up to 50 MB; the same key returns the same upload."""
        response = self.transport.request(
            "POST",
            f"{V1}/uploads",
            headers={"Idempotency-Key": key or str(uuid.uuid4())},
            json={"content_type": content_type, "size": size},
        )
        return Upload.of(response.json())

    def post_from_upload(
        self, upload_id: str, caption: str = "", *, key: str | None = None, dedupe: bool = False
    ) -> Photo:
        """Create a photo from a complete upload."""
        response = self.transport.request(
            "POST",
            f"{V1}/photos",
            headers={"Idempotency-Key": key or str(uuid.uuid4())},
            json={"upload_id": upload_id, "caption": caption, "dedupe": dedupe},
        )
        return Photo.of(response.json())

    def sync(self, since: str | None = None, *, limit: int = PAGE_SIZE) -> Changes:
        """Return the changes in your stream. After Problem `full_sync_required`, start without `since`."""
        query = f"limit={limit}" + (f"&since={quote(since, safe='')}" if since else "")
        return Changes.of(self.transport.request("GET", f"{V1}/sync?{query}").json())

    def change_caption(self, photo_id: str, caption: str, *, if_match: str | None = None) -> Photo:
        headers = {"If-Match": if_match} if if_match else {}
        response = self.transport.request(
            "PATCH", _photo(photo_id), headers=headers, json={"caption": caption}
        )
        return Photo.of(response.json())

    def delete(self, photo_id: str) -> None:
        """Delete a photo. A photo that is already gone is no error: the response to a retry may be lost."""
        try:
            self.transport.request("DELETE", _photo(photo_id))
        except Problem as problem:
            if problem.code != "not_found":
                raise

    def wait_until_ready(self, photo_id: str, *, within: float = READY_SECONDS) -> Photo:
        """Wait until the photo is ready or failed, and return it in any case after `within` seconds."""
        deadline = time.monotonic() + within
        while True:
            photo = self.photo(photo_id)
            if not photo.is_processing or time.monotonic() > deadline:
                return photo
            self.transport.retries.sleep(POLL_SECONDS)

    def request_export(self) -> Export:
        return Export.of(self.transport.request("POST", f"{V1}/me/export").json())

    def export(self) -> Export:
        return Export.of(self.transport.get_json(f"{V1}/me/export"))

    def delete_account(self) -> str:
        """Delete the account and return the path of the receipt."""
        return self.transport.request("DELETE", f"{V1}/me").headers.get("Location", "")

    def sign_in_settings(self) -> dict[str, Any]:
        """Return the `issuer` and `client_id` with which to sign in."""
        found: dict[str, Any] = self.transport.get_json("/api/")
        return found

    def download(self, url: str, start: int = 0) -> requests.Response:
        return self.transport.download(url, start)


@contextmanager
def _opened(image: Path | BinaryIO | bytes) -> Iterator[tuple[str, BinaryIO | bytes]]:
    """Yield the file name and content; a path is opened and closed."""
    if isinstance(image, Path):
        with image.open("rb") as file:
            yield image.name, file
    else:
        yield "photo", image


def _photo(photo_id: str) -> str:
    return f"{V1}/photos/{quote(photo_id, safe='')}"
