"""API callers that check every response against the OpenAPI document."""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.journeys.conformance.surface import Surface

ANSWER_SECONDS = 60
TIMEOUT_SECONDS = 60
PHOTOS = "/api/v1/photos"
NOT_MODIFIED = 304


@dataclass(frozen=True)
class Caller:
    """A caller with or without a token."""

    url: str
    surface: Surface
    token: str = ""

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> requests.Response:
        """Send a request, wait after 429, and check the response."""
        signed = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent = {**signed, **(headers or {})}
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            answer = requests.request(
                method, self.url + path, headers=sent, timeout=ANSWER_SECONDS, allow_redirects=False, **more
            )
            self._check(method, path, answer)
            if answer.status_code != 429 or time.monotonic() > deadline:
                return answer
            time.sleep(min(float(answer.headers["Retry-After"]), TIMEOUT_SECONDS))

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.ask("GET", path, **more)

    def post_photo(self, image: bytes, caption: str = "sea", key: str = "") -> requests.Response:
        headers = {"Idempotency-Key": key} if key else {}
        files = {"image": ("photo.jpg", image, "image/jpeg")}
        return self.ask("POST", PHOTOS, headers, files=files, data={"caption": caption})

    def handle(self) -> str:
        return str(self.get("/api/v1/me").json()["user"])

    def stream(self, user: str, limit: int = 100) -> list[Any]:
        """Return the whole stream, page by page."""
        found: list[Any] = []
        where = f"/api/v1/users/{user}/photos?limit={limit}"
        while where:
            answer = self.get(where)
            found += answer.json()["results"]
            where = answer.links.get("next", {}).get("url", "")
        return found

    def _check(self, method: str, path: str, answer: requests.Response) -> None:
        operation = self.surface.find(method, urlsplit(path).path)
        if operation is not None:
            self.surface.check(operation, answer)
        if answer.status_code >= 400:
            check_problem(answer)


def is_unchanged(caller: Caller, path: str) -> bool:
    """Wait until the photo is ready, because its renditions change the ETag."""
    tag = caller.get(path).headers["ETag"]
    again = caller.get(path, headers={"If-None-Match": tag})
    return again.status_code == NOT_MODIFIED and not again.content


def check_problem(answer: requests.Response) -> None:
    """Check that the response is a problem (RFC 9457)."""
    assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.text[:300]
    problem = answer.json()
    assert {"type", "title", "status", "code", "detail", "request_id"} <= set(problem)
    assert problem["status"] == answer.status_code


def code_of(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json().get("code", ""))
