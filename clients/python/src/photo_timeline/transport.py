"""Asks until there is an answer: with backoff and Retry-After, and never doubles what must not be doubled."""

import random
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urljoin

import requests

from photo_timeline.problems import Problem, Unreachable

SAFE_TO_REPEAT = frozenset({"GET", "HEAD", "PUT", "DELETE"})
PASSING = frozenset({429, 502, 503, 504})
IN_FLIGHT = "idempotency_in_flight"
REMEMBERED_ANSWERS = 200
CONNECT_SECONDS = 10
LOST = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to go on: waits double from `first` to `longest`, each a random part of that."""

    tries: int = 8
    first: float = 0.5
    longest: float = 30.0
    answer_seconds: float = 60.0
    sleep: Callable[[float], None] = time.sleep

    def wait(self, number: int, answer: requests.Response | None) -> None:
        """The server's own word comes first; a random part parts the phones that were cut off together."""
        told = answer.headers.get("Retry-After", "") if answer is not None else ""
        if told.isdigit():
            self.sleep(min(float(told), self.longest))
        else:
            self.sleep(random.uniform(0, min(self.longest, self.first * 2**number)))  # noqa: S311 - not a secret


@dataclass(slots=True)
class Transport:
    """One server, one caller. `token` is asked for with each request, so that it may be renewed."""

    url: str
    token: Callable[[], str]
    patience: Patience = field(default_factory=Patience)
    session: requests.Session = field(default_factory=requests.Session)
    _seen: "OrderedDict[str, tuple[str, Any]]" = field(default_factory=OrderedDict)

    def close(self) -> None:
        self.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        """Raises Problem for what is refused, Unreachable without any answer."""
        headers = {**self._authorization(), **more.pop("headers", {})}
        may_repeat = method in SAFE_TO_REPEAT or "Idempotency-Key" in headers
        return self.repeat(may_repeat, lambda: self._once(method, urljoin(self.url, path), headers, more))

    def read(self, path: str) -> Any:
        """The JSON at a path; an unchanged answer is not sent again."""
        etag, known = self._seen.get(path, ("", None))
        answer = self.ask("GET", path, headers={"If-None-Match": etag} if etag else {})
        if answer.status_code == requests.codes.not_modified:
            self._seen.move_to_end(path)
            return known
        found = answer.json()
        if "ETag" in answer.headers:
            self._remember(path, answer.headers["ETag"], found)
        return found

    def download(self, url: str, start: int = 0) -> requests.Response:
        """A file by its link, from a byte on. Links carry their own proof: no token goes along."""
        headers = {"Range": f"bytes={start}-"} if start else {}
        return self.repeat(True, lambda: self._once("GET", urljoin(self.url, url), headers, {"stream": True}))

    def put(self, url: str, content: bytes, content_range: str) -> requests.Response:
        """One piece of an upload, or with no content the question how much has arrived: one try, no token."""
        headers = {"Content-Range": content_range}
        more = {"data": content, "allow_redirects": False}  # 308 means "go on" here, not "elsewhere"
        return self.repeat(False, lambda: self._once("PUT", url, headers, more))

    def repeat(self, may_repeat: bool, send: Callable[[], requests.Response]) -> requests.Response:
        """Send until there is an answer that stays."""
        for number in self._tries(may_repeat):
            is_last = number == self.patience.tries - 1 or not may_repeat
            try:
                answer = send()
            except LOST as error:
                if is_last:
                    raise Unreachable(f"{self.url} does not answer.") from error
                self.patience.wait(number, None)
                continue
            if answer.status_code < requests.codes.bad_request:
                return answer
            problem = Problem.of(answer)
            if is_last or not _is_passing(problem):
                raise problem
            self.patience.wait(number, answer)
        raise Unreachable(f"{self.url} does not answer.")

    def _tries(self, may_repeat: bool) -> Iterator[int]:
        return iter(range(self.patience.tries if may_repeat else 1))

    def _once(
        self, method: str, url: str, headers: dict[str, str], more: dict[str, Any]
    ) -> requests.Response:
        timeout = (CONNECT_SECONDS, self.patience.answer_seconds)
        _rewind(more.get("files"))
        return self.session.request(method, url, headers=headers, timeout=timeout, **more)

    def _authorization(self) -> dict[str, str]:
        token = self.token()
        return {"Authorization": f"Bearer {token}"} if token else {}

    def _remember(self, path: str, etag: str, found: Any) -> None:
        self._seen[path] = (etag, found)
        while len(self._seen) > REMEMBERED_ANSWERS:
            self._seen.popitem(last=False)


def _is_passing(problem: Problem) -> bool:
    """A daily quota is back tomorrow only: nobody waits for that."""
    return problem.code != "quota_exceeded" and (problem.status in PASSING or problem.code == IN_FLIGHT)


def _rewind(files: Any) -> None:
    """A file that was read by the first try is sent whole by the next."""
    for given in (files or {}).values():
        if hasattr(given[1], "seek"):
            given[1].seek(0)
