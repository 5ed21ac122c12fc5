"""The Memcache panel: hit ratio, lookup, keys, delete and flush."""

from playwright.sync_api import Page, expect
from pymemcache.client.base import Client
from tests.console.content import fill_memcache
from tests.console.html import Html
from tests.console.world import World

from gaelocal.remote_memcache import RemoteMemcache


def test_the_hit_ratio_is_shown(world: World) -> None:
    stats = world.get("/api/memcache").json()

    page = Html(world.get("/memcache").text)

    ratio = 100 * stats["get_hits"] / (stats["get_hits"] + stats["get_misses"])
    assert page.text_of("ratio") == f"{ratio:.0f} %"


def test_a_key_is_looked_up_without_being_counted(world: World) -> None:
    fill_memcache(world)
    before = world.get("/api/memcache").json()

    page = world.get("/memcache?key=stream:ana")

    assert "photos" in page.text
    assert "expires in" in page.text
    assert world.get("/api/memcache").json()["get_hits"] == before["get_hits"]
    assert "There is no value for this key." in world.get("/memcache?key=nothing").text


def test_a_binary_value_is_shown_as_a_dump(world: World) -> None:
    fill_memcache(world)

    assert "00 01 02 03" in world.get("/memcache?key=picture").text


def test_keys_are_found(world: World) -> None:
    fill_memcache(world)

    page = Html(world.get("/memcache?find=stream").text)

    assert page.link("stream:ana40 bytes") == ""
    found = [link.get("href") for link in page.root.iter("a") if "data-item" in link.attrib]
    assert [str(link).rpartition("key=")[2] for link in found] == ["stream%3Aana", "stream%3Abruno"]


def test_a_value_is_deleted_and_all_are_flushed(world: World) -> None:
    fill_memcache(world)

    assert "picture was deleted." in world.post("/memcache/delete", {"key": "picture"}).text
    assert "There is no value for picture." in world.post("/memcache/delete", {"key": "picture"}).text
    world.post("/memcache/flush")

    assert world.get("/api/memcache").json()["curr_items"] == 0
    fill_memcache(world)


def test_a_memcached_elsewhere_is_read_over_its_protocol(world: World) -> None:
    fill_memcache(world)

    world.local.run(use(RemoteMemcache(world.local.addresses["memcache"])))


async def use(remote: RemoteMemcache) -> None:
    value = await remote.lookup(b"stream:bruno")

    assert value is not None
    assert value.value == b'{"photos": []}'
    assert await remote.lookup(b"nothing") is None
    assert (await remote.read_stats())["curr_items"] == 3
    assert await remote.delete(b"picture")
    assert not await remote.delete(b"picture")
    await remote.flush()
    assert (await remote.read_stats())["curr_items"] == 0


def test_the_panel_in_a_browser(page: Page, world: World) -> None:
    fill_memcache(world)
    page.goto("/memcache")

    page.get_by_label("Key", exact=True).fill("stream:ana")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator("code[data-language=json] .hljs-attr").first).to_have_text('"photos"')
    page.wait_for_url("**key=stream%3Aana**")

    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Delete all values").click()
    assert Client(tuple_of(world)).get("stream:ana") is not None
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete all values").click()
    expect(page.locator("#note")).to_have_text("All values were deleted.")


def tuple_of(world: World) -> tuple[str, int]:
    host, port = world.local.addresses["memcache"].split(":")
    return host, int(port)
