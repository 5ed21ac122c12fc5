"""Send requests with backoff and Retry-After, and repeat only those that are safe to repeat."""

import random
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urljoin

import requests

from photo_timeline.errors import Problem, Unreachable

SAFE_TO_REPEAT = frozenset({"GET", "HEAD", "PUT", "DELETE"})
TEMPORARY = frozenset({429, 502, 503, 504})
IN_FLIGHT = "idempotency_in_flight"
MAX_CACHED = 200
CONNECT_SECONDS = 10
CONNECTION_ERRORS = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Pauses double from `first` to `longest` seconds, each multiplied by a random factor up to one."""

    tries: int = 8
    first: float = 0.5
    longest: float = 30.0
    timeout_seconds: float = 60.0
    sleep: Callable[[float], None] = time.sleep

    def wait(self, number: int, response: requests.Response | None) -> None:
        """Wait as Retry-After says, or else a random time, so that many clients do not retry at once."""
        retry_after = response.headers.get("Retry-After", "") if response is not None else ""
        if retry_after.isdigit():
            self.sleep(min(float(retry_after), self.longest))
        else:
            self.sleep(random.uniform(0, min(self.longest, self.first * 2**number)))  # noqa: S311 - not a secret


@dataclass(slots=True)
class Transport:
    """The connection to one server. `token` is called for each request, so that it can be renewed."""

    url: str
    token: Callable[[], str]
    retries: RetryPolicy = field(default_factory=RetryPolicy)
    session: requests.Session = field(default_factory=requests.Session)
    _cache: "OrderedDict[str, tuple[str, Any]]" = field(default_factory=OrderedDict)

    def close(self) -> None:
        self.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def request(self, method: str, path: str, **more: Any) -> requests.Response:
        """Raises Problem for an error response, and Unreachable without a response."""
        headers = {**self._authorization(), **more.pop("headers", {})}
        may_repeat = method in SAFE_TO_REPEAT or "Idempotency-Key" in headers
        return self.repeat(may_repeat, lambda: self._once(method, urljoin(self.url, path), headers, more))

    def get_json(self, path: str) -> Any:
        """Return the JSON at a path, revalidated with its ETag."""
        etag, cached = self._cache.get(path, ("", None))
        response = self.request("GET", path, headers={"If-None-Match": etag} if etag else {})
        if response.status_code == requests.codes.not_modified:
            self._cache.move_to_end(path)
            return cached
        found = response.json()
        if "ETag" in response.headers:
            self._remember(path, response.headers["ETag"], found)
        return found

    def download(self, url: str, start: int = 0) -> requests.Response:
        """Download a file by its link, starting at a byte. Links are signed, so no token is sent."""
        headers = {"Range": f"bytes={start}-"} if start else {}
        return self.repeat(True, lambda: self._once("GET", urljoin(self.url, url), headers, {"stream": True}))

    def put(self, url: str, content: bytes, content_range: str) -> requests.Response:
        """Send a chunk of an upload, or query its progress with no content; one attempt, without a token."""
        headers = {"Content-Range": content_range}
        more = {"data": content, "allow_redirects": False}  # 308 means "continue" here; it is not a redirect
        return self.repeat(False, lambda: self._once("PUT", url, headers, more))

    def repeat(self, may_repeat: bool, send: Callable[[], requests.Response]) -> requests.Response:
        """Send until there is a final response."""
        for number in self._tries(may_repeat):
            is_last = number == self.retries.tries - 1 or not may_repeat
            try:
                response = send()
            except CONNECTION_ERRORS as error:
                if is_last:
                    raise Unreachable(f"{self.url} does not respond.") from error
                self.retries.wait(number, None)
                continue
            if response.status_code < requests.codes.bad_request:
                return response
            problem = Problem.of(response)
            if is_last or not _is_temporary(problem):
                raise problem
            self.retries.wait(number, response)
        raise Unreachable(f"{self.url} does not respond.")

    def _tries(self, may_repeat: bool) -> Iterator[int]:
        return iter(range(self.retries.tries if may_repeat else 1))

    def _once(
        self, method: str, url: str, headers: dict[str, str], more: dict[str, Any]
    ) -> requests.Response:
        timeout = (CONNECT_SECONDS, self.retries.timeout_seconds)
        _rewind(more.get("files"))
        return self.session.request(method, url, headers=headers, timeout=timeout, **more)

    def _authorization(self) -> dict[str, str]:
        token = self.token()
        return {"Authorization": f"Bearer {token}"} if token else {}

    def _remember(self, path: str, etag: str, found: Any) -> None:
        self._cache[path] = (etag, found)
        while len(self._cache) > MAX_CACHED:
            self._cache.popitem(last=False)


def _is_temporary(problem: Problem) -> bool:
    """Do not retry after a daily quota: it is reset on the next day."""
    return problem.code != "quota_exceeded" and (problem.status in TEMPORARY or problem.code == IN_FLIGHT)


def _rewind(files: Any) -> None:
    """Rewind files that an earlier attempt has read."""
    for file in (files or {}).values():
        if hasattr(file[1], "seek"):
            file[1].seek(0)
