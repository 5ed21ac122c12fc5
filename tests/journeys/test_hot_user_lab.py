"""`make hot-user-lab`: 100 posts of one user, although the Datastore takes one commit per second."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from bench.hot_user import MEMCACHED, WORDS, Memcached, measure, running_lab
from tests.journeys.platform import ROOT, Platform

pytestmark = pytest.mark.skipif(MEMCACHED is None, reason="memcached is not installed")


@pytest.fixture(scope="module")
def memcached() -> Memcached:
    return Memcached()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, memcached: Memcached) -> Iterator[Platform]:
    with running_lab(tmp_path_factory.mktemp("lab"), memcached) as lab:
        yield lab


def test_the_lab_is_started_as_in_the_makefile() -> None:
    words = re.search(r"labs/hot-user .*?(--fresh --commits-per-second \d)", (ROOT / "Makefile").read_text())

    assert words
    assert tuple(words[1].split()) == WORDS


def test_each_naive_post_is_a_commit(lab: Platform) -> None:
    result = measure(lab, "naive", posts=3)

    assert (result.visible, result.commits, result.lost) == (3, 3, 0)


def test_pending_posts_are_committed_together_and_survive_a_killed_memcache(
    lab: Platform, memcached: Memcached
) -> None:
    result = measure(lab, "pending", posts=100, memcached=memcached)

    assert (result.acknowledged, result.visible, result.lost) == (100, 100, 0)
    assert result.commits <= 20


def test_the_page_shows_both_sides(lab: Platform) -> None:
    page = lab.get("/").text

    assert "Each post in a commit" in page
    assert "Pending writes" in page


def test_the_page_shows_all_pending_posts_within_seconds(lab: Platform, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(lab.app)
    page.get_by_role("button", name="Delete all").click()
    expect(page.locator("#naive [data-count=visible]")).to_have_text("0")

    page.get_by_role("button", name="Post 100 on both sides").click()

    seen = page.locator("#pending [data-count=seen]")
    expect(page.locator("#pending [data-count=acknowledged]")).to_have_text("100")
    expect(seen).to_contain_text(" s")
    assert page.locator("#naive [data-count=failed]").inner_text() == "0"
    assert int(page.locator("#naive [data-count=acknowledged]").inner_text()) < 20
    page.get_by_role("button", name="Delete all").click()
    expect(page.locator("#pending [data-count=acknowledged]")).to_have_text("0")
    page.close()
