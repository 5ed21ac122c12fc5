"""The API in words of Python."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Self
from urllib.parse import quote

import requests

from photo_timeline.models import Account, Changes, Export, Page, Photo, Upload, User
from photo_timeline.problems import Problem
from photo_timeline.transport import Patience, Transport

V1 = "/api/v1"
PAGE = 100
READY_SECONDS = 120.0
LOOK_SECONDS = 0.5


class Client:
    """Somebody with a token, or nobody. `token` may be a function that gives the one to use now."""

    def __init__(
        self, url: str, token: str | Callable[[], str] = "", *, patience: Patience | None = None
    ) -> None:
        get_token = token if callable(token) else lambda: token
        self.transport = Transport(url.rstrip("/") + "/", get_token, patience or Patience())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.transport.close()

    def account(self) -> Account:
        return Account.of(self.transport.read(f"{V1}/me"))

    def change_account(self, **changes: str) -> Account:
        """Any of display_name, summary and timezone."""
        return Account.of(self.transport.ask("PATCH", f"{V1}/me", json=changes).json())

    def user(self, handle: str) -> User:
        return User.of(self.transport.read(f"{V1}/users/{quote(handle, safe='')}"))

    def photo(self, photo_id: str) -> Photo:
        return Photo.of(self.transport.read(_photo(photo_id)))

    def page(self, user: str | None = None, *, limit: int = PAGE, cursor: str | None = None) -> Page:
        """One page of a user's stream, or of everyone's."""
        path = f"{V1}/photos" if user is None else f"{V1}/users/{quote(user, safe='')}/photos"
        query = f"limit={limit}" + (f"&cursor={quote(cursor, safe='')}" if cursor else "")
        return Page.of(self.transport.read(f"{path}?{query}"))

    def stream(self, user: str | None = None, *, limit: int = PAGE) -> Iterator[Photo]:
        """All photos of a user or of everyone, newest first, fetched page by page as they are looked at."""
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
        """Post a picture of at most 20 MB. With one key there is one photo, however often it is tried.

        `dedupe` gives the photo that has the very same bytes, where there is one.
        """
        with _opened(image) as (name, content):
            answer = self.transport.ask(
                "POST",
                f"{V1}/photos",
                headers={"Idempotency-Key": key or str(uuid.uuid4())},
                files={"image": (name, content, "application/octet-stream")},
                data={"caption": caption, **({"dedupe": "true"} if dedupe else {})},
            )
        return Photo.of(answer.json())

    def begin_upload(self, content_type: str, size: int, *, key: str | None = None) -> Upload:
        """For pictures of up to 50 MB, sent in pieces; with the same key it is the same upload."""
        answer = self.transport.ask(
            "POST",
            f"{V1}/uploads",
            headers={"Idempotency-Key": key or str(uuid.uuid4())},
            json={"content_type": content_type, "size": size},
        )
        return Upload.of(answer.json())

    def post_upload(
        self, upload_id: str, caption: str = "", *, key: str | None = None, dedupe: bool = False
    ) -> Photo:
        """Make a photo of an upload whose bytes are all there."""
        answer = self.transport.ask(
            "POST",
            f"{V1}/photos",
            headers={"Idempotency-Key": key or str(uuid.uuid4())},
            json={"upload_id": upload_id, "caption": caption, "dedupe": dedupe},
        )
        return Photo.of(answer.json())

    def sync(self, since: str | None = None, *, limit: int = PAGE) -> Changes:
        """What changed in one's own stream. After Problem `full_sync_required` begin without `since`."""
        query = f"limit={limit}" + (f"&since={quote(since, safe='')}" if since else "")
        return Changes.of(self.transport.ask("GET", f"{V1}/sync?{query}").json())

    def change_caption(self, photo_id: str, caption: str, *, if_match: str | None = None) -> Photo:
        headers = {"If-Match": if_match} if if_match else {}
        answer = self.transport.ask("PATCH", _photo(photo_id), headers=headers, json={"caption": caption})
        return Photo.of(answer.json())

    def delete(self, photo_id: str) -> None:
        """Gone already is gone: an answer to an earlier try may have been lost."""
        try:
            self.transport.ask("DELETE", _photo(photo_id))
        except Problem as problem:
            if problem.code != "not_found":
                raise

    def wait_until_ready(self, photo_id: str, *, within: float = READY_SECONDS) -> Photo:
        """Until its smaller copies are there or never will be, or as it is after `within` seconds."""
        deadline = time.monotonic() + within
        while True:
            photo = self.photo(photo_id)
            if not photo.is_processing or time.monotonic() > deadline:
                return photo
            self.transport.patience.sleep(LOOK_SECONDS)

    def ask_for_export(self) -> Export:
        return Export.of(self.transport.ask("POST", f"{V1}/me/export").json())

    def export(self) -> Export:
        return Export.of(self.transport.read(f"{V1}/me/export"))

    def erase_account(self) -> str:
        """Give the path of the receipt."""
        return self.transport.ask("DELETE", f"{V1}/me").headers.get("Location", "")

    def sign_in_at(self) -> dict[str, Any]:
        """Where ID tokens for this server come from: `issuer` and `client_id`."""
        found: dict[str, Any] = self.transport.read("/api/")
        return found

    def download(self, url: str, start: int = 0) -> requests.Response:
        return self.transport.download(url, start)


@contextmanager
def _opened(image: Path | BinaryIO | bytes) -> Iterator[tuple[str, BinaryIO | bytes]]:
    """The name to send, and the content; a path is opened here and closed again."""
    if isinstance(image, Path):
        with image.open("rb") as file:
            yield image.name, file
    else:
        yield "photo", image


def _photo(photo_id: str) -> str:
    return f"{V1}/photos/{quote(photo_id, safe='')}"
