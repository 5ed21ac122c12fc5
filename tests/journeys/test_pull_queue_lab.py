"""`make pull-queue-lab`: related work leased in batches, lease expiry, and a worker that crashes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.journeys.platform import ANSWER_SECONDS, ROOT, Platform
from tests.waiting import eventually


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(
        tmp_path_factory.mktemp("lab"), ("--require-indexes",), app_folder=ROOT / "labs" / "pull-queue"
    )
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()


class Lab:
    def __init__(self, platform: Platform) -> None:
        self.app = platform.app

    def send(self, path: str, **form: Any) -> requests.Response:
        return requests.post(f"{self.app}{path}", data=form, timeout=ANSWER_SECONDS, allow_redirects=False)

    def add(self, tag: str, count: int) -> None:
        assert self.send(f"/{tag}/items", count=count).status_code == 303

    def lease(self, tag: str, worker: str, count: int = 5, seconds: float = 60) -> list[dict[str, Any]]:
        answer = self.send(f"/{tag}/lease", worker=worker, count=count, seconds=seconds)
        answer.raise_for_status()
        return list(answer.json()["items"])

    def finish(self, tag: str, items: list[dict[str, Any]]) -> int:
        pairs = [f"{item['id']}:{item['tries']}" for item in items]
        return self.send(f"/{tag}/finish", item=pairs).status_code


@pytest.fixture
def lab(platform: Platform) -> Lab:
    """The lab without work."""
    lab = Lab(platform)
    for tag in ("album-1", "album-2"):
        while found := lab.lease(tag, "cleaner", 100):
            lab.finish(tag, found)
    return lab


def ids(items: list[dict[str, Any]]) -> set[int]:
    return {item["id"] for item in items}


def test_workers_lease_different_items_of_one_tag(lab: Lab) -> None:
    lab.add("album-1", 10)
    lab.add("album-2", 3)

    first, second = lab.lease("album-1", "worker-1"), lab.lease("album-1", "worker-2")

    assert (len(first), len(second)) == (5, 5)
    assert ids(first).isdisjoint(ids(second))
    assert all("album-1" in item["text"] for item in first + second)
    assert lab.lease("album-1", "worker-3") == []
    assert [lab.finish("album-1", items) for items in (first, second)] == [200, 200]


def test_no_item_is_leased_twice_by_workers_at_the_same_time(lab: Lab) -> None:
    lab.add("album-1", 40)

    def work(number: int) -> list[dict[str, Any]]:
        found = []
        while items := lab.lease("album-1", f"worker-{number}"):
            found += items
        return found

    with ThreadPoolExecutor(4) as workers:
        leased = [item for items in workers.map(work, range(4)) for item in items]

    rest = lab.lease("album-1", "last", 100)
    assert len(leased) + len(rest) == len(ids(leased + rest)) == 40
    assert lab.finish("album-1", leased + rest) == 200


def test_the_items_of_a_crashed_worker_go_to_another_one(lab: Lab) -> None:
    lab.add("album-2", 3)
    crashed = lab.lease("album-2", "worker-1", seconds=0.2)

    again = eventually(lambda: lab.lease("album-2", "worker-2"))

    assert ids(again) == ids(crashed)
    assert {item["tries"] for item in again} == {2}
    assert lab.finish("album-2", crashed) == 409
    assert lab.finish("album-2", again) == 200


def test_the_page_shows_who_holds_what(lab: Lab, platform: Platform) -> None:
    lab.add("album-2", 1)
    held = lab.lease("album-2", "worker-2")

    page = platform.get("/").text

    assert "<td>worker-2</td>" in page
    lab.finish("album-2", held)


def test_the_page_says_when_a_worker_has_nothing_to_finish(lab: Lab, platform: Platform) -> None:
    response = lab.send("/album-1/finish", page="1", worker="worker-1")

    assert response.headers["Location"] == "/?idle=worker-1"
    assert "worker-1 has no items of this tag" in platform.get("/?idle=worker-1").text
    assert "has no items" not in platform.get("/?idle=nobody").text
