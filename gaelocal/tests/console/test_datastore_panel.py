"""The Datastore panel: kinds, queries, entities and indexes."""

import re
from urllib.parse import unquote

import pytest
import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud import datastore
from playwright.sync_api import Page, Route, expect
from tests.console.html import Html, text
from tests.console.world import World

from gaelocal.console.datastore.values import key_id, key_of, key_text, partition_of, value_of
from gaelocal.console.problems import ConsoleError


def rows(response: requests.Response) -> list[str]:
    """Return the identifiers of the listed entities."""
    table = Html(response.text).by_id("entities")
    return [text(link) for link in table.findall("tbody/tr/th/a")]


def kinds(response: requests.Response) -> dict[str, str]:
    return {text(link[0]): text(link[1]) for link in Html(response.text).all(".//ul[@class='picks']/li/a")}


def form_of(response: requests.Response, form_id: str) -> dict[str, list[str]]:
    return Html(response.text).form(form_id)


def an_entity(world: World, name: str, **properties: object) -> datastore.Key:
    client = world.datastore
    entity = datastore.Entity(client.key("Draft", name))
    entity.update(properties)
    client.put(entity)
    return entity.key


def test_kinds_are_listed_with_their_counts(world: World) -> None:
    found = kinds(world.get("/datastore"))

    assert (found["Photo"], found["User"]) == ("60", "2")


def test_namespaces_are_chosen(world: World) -> None:
    client = world.client(datastore.Client, namespace="tenant")
    client.put(datastore.Entity(client.key("Invoice", "one")))

    page = world.get("/datastore?ns=tenant&kind=Invoice")

    assert kinds(page) == {"Invoice": "1"}
    assert rows(page) == ["'one'"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=User", ["'ana'", "'bruno'"]),
        ("kind=User&f=active&op==&t=boolean&v=true", ["'ana'"]),
        ("kind=User&f=handle&op==&t=string&v=bruno", ["'bruno'"]),
        ("kind=User&f=handle&op=!%3D&t=string&v=bruno", ["'ana'"]),
        ("kind=Photo&ancestor=KEY(User,'ana')&f=width&op=%3E&t=integer&v=2900", ["30"]),
        ("kind=Photo&f=width&op=%3E&t=integer&v=2800&order=width&dir=desc", ["30", "30", "29", "29"]),
        ("kind=Photo&f=created&op=%3E%3D&t=timestamp&v=2026-11-20T10:01:00Z", ["30", "30"]),
        ("kind=Photo&f=owner&op==&t=key&v=KEY(User,'ana')&f=width&op==&t=integer&v=500", ["5"]),
        ("gql=SELECT * FROM Photo WHERE width > 2900", ["30", "30"]),
        (
            "gql=SELECT * FROM Photo WHERE __key__ HAS ANCESTOR KEY(User, 'bruno') AND caption = 'sea 7'",
            ["7"],
        ),
        ("gql=SELECT __key__ FROM User ORDER BY handle DESC LIMIT 1", ["'bruno'"]),
        ("gql=SELECT * FROM Photo LIMIT 2", ["1", "2"]),
    ],
)
def test_entities_are_found(world: World, query: str, expected: list[str]) -> None:
    assert rows(world.get(f"/datastore?{query}")) == expected


def test_a_gql_aggregation_shows_its_totals(world: World) -> None:
    gql = "SELECT COUNT(*) AS photos, SUM(width) AS total FROM Photo WHERE width <= 200"

    page = Html(world.get("/datastore", params={"gql": gql}).text)

    assert sorted(page.rows("totals")) == [["photos", "4"], ["total", "600"]]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("gql=SELECT * FROM", "Encountered"),
        ("kind=Photo&ancestor=ana", "is not a key"),
        ("kind=Photo&f=width&op==&t=integer&v=wide", "is not a valid integer"),
        ("gql=SELECT * FROM Photo WHERE a < 1 AND __key__ = 5", "__key__ filter value must be a Key"),
    ],
)
def test_a_mistake_in_a_query_is_explained(world: World, query: str, message: str) -> None:
    page = Html(world.get(f"/datastore?{query}").text)

    assert message in page.alert


@pytest.mark.parametrize(
    "query", ["kind=Photo&order=width", "mode=gql&gql=SELECT * FROM Photo ORDER BY width"]
)
def test_pages_list_every_entity_once(world: World, query: str) -> None:
    path, seen = f"/datastore?{query}", []
    while path:
        page = Html(world.get(path).text)
        seen += [row.get("id") for row in page.by_id("entities").findall("tbody/tr")]
        path = page.link("Next page")

    assert (len(seen), len(set(seen))) == (60, 60)


def test_a_query_of_the_console_suggests_no_index(world: World) -> None:
    world.get("/datastore?kind=Photo&f=caption&op==&t=string&v=x&order=created")

    assert "created" not in Html(world.get("/datastore/indexes").text).text_of("stanzas")


def test_indexes_are_listed_and_suggested(world: World) -> None:
    page = Html(world.get("/datastore/indexes").text)

    assert page.rows("defined") == [["Photo", "yes", "created ↓"]]
    assert "- name: caption - name: width direction: desc" in page.text_of("stanzas")


def test_an_entity_is_shown_with_key_and_links(world: World) -> None:
    response = world.get("/datastore/entity?key=KEY(User,'ana',Photo,5)")

    page = Html(response.text)
    assert page.text_of("key-text") == "KEY(User, 'ana', Photo, 5)"
    assert Html(world.get(page.link("Parent")).text).text_of("key-text") == "KEY(User, 'ana')"
    form = form_of(response, "edit")
    values = dict(zip(form["name"], zip(form["type"], form["value"], strict=True), strict=True))
    assert values["caption"] == ("string", "sea 5")
    assert values["width"] == ("integer", "500")
    assert values["owner"] == ("key", "KEY(User, 'ana')")
    assert values["tags"][0] == "array"


def test_saving_without_a_change_keeps_every_value(world: World) -> None:
    import datetime

    nested = datastore.Entity(exclude_from_indexes=("b",))
    nested.update({"b": b"\x00\xff", "list": [1, None]})
    values = {"text": "a\nb", "number": 2**62, "point": datastore.helpers.GeoPoint(1.5, -2.25), "empty": None}
    moment = datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.UTC)
    more = {"real": 0.1, "blob": b"\x00", "moment": moment, "nested": nested, "flag": False, "none": []}
    key = an_entity(world, "all", **values, **more)
    before = dict(world.datastore.get(key))

    response = world.post(
        "/datastore/save", form_of(world.get("/datastore/entity?key=KEY(Draft,'all')"), "edit")
    )

    assert "Saved." in response.text
    assert dict(world.datastore.get(key)) == before


def test_an_entity_is_edited(world: World) -> None:
    key = an_entity(world, "edited", title="old", gone=1)
    form = form_of(world.get("/datastore/entity?key=KEY(Draft,'edited')"), "edit")
    order = {name: number for number, name in enumerate(form["name"])}
    form["value"][order["title"]] = "new"
    form["indexed"][order["title"]] = "no"
    form["name"][-1], form["type"][-1], form["value"][-1] = "count", "integer", "7"

    world.post("/datastore/save", form | {"removed": [str(order["gone"])]})

    saved = world.datastore.get(key)
    assert dict(saved) == {"title": "new", "count": 7}
    assert saved.exclude_from_indexes == {"title"}


def test_an_entity_that_was_changed_meanwhile_is_not_overwritten(world: World) -> None:
    key = an_entity(world, "raced", title="old")
    form = form_of(world.get("/datastore/entity?key=KEY(Draft,'raced')"), "edit")
    an_entity(world, "raced", title="by a request")

    response = world.post("/datastore/save", form)

    assert response.status_code == 409
    assert world.datastore.get(key)["title"] == "by a request"


def test_an_entity_is_edited_as_json(world: World) -> None:
    key = an_entity(world, "json", title="old")
    form = form_of(world.get("/datastore/entity?key=KEY(Draft,'json')"), "edit-json")
    form["json"] = ['{"properties": {"title": {"stringValue": "new"}}}']

    world.post("/datastore/save-json", form)

    assert dict(world.datastore.get(key)) == {"title": "new"}


@pytest.mark.parametrize(
    ("id_type", "identifier", "pattern"),
    [
        ("name", "by name", r"KEY\(Draft, 'by name'\)"),
        ("id", "12", r"KEY\(Draft, 12\)"),
        ("auto", "", r"KEY\(Draft, \d{10,}\)"),
    ],
)
def test_an_entity_is_created(world: World, id_type: str, identifier: str, pattern: str) -> None:
    form = {
        "kind": "Draft",
        "id_type": id_type,
        "identifier": identifier,
        "name": "title",
        "type": "string",
        "value": "x",
        "indexed": "yes",
    }

    response = world.post("/datastore/create", form)

    assert re.search(pattern, Html(response.text).text_of("note"))


def test_a_child_is_created_below_its_parent_and_never_twice(world: World) -> None:
    form = {"kind": "Draft", "id_type": "name", "identifier": "child", "parent": "KEY(User, 'ana')", "ns": ""}

    assert world.post("/datastore/create", form).status_code == 200
    assert world.post("/datastore/create", form).status_code == 409
    assert world.datastore.get(world.datastore.key("User", "ana", "Draft", "child")) is not None


def test_entities_are_deleted(world: World) -> None:
    keys = [an_entity(world, name) for name in ("first", "second", "third")]
    texts = [f"KEY(Draft, '{key.name}')" for key in keys[:2]]

    response = world.post("/datastore/delete", {"key": texts, "next": "/datastore?kind=Draft"})

    assert "2 entities deleted." in response.text
    assert world.datastore.get_multi(keys[:2]) == []
    assert world.datastore.get(keys[2]) is not None


@pytest.mark.parametrize(
    "name", ["plain", "it's", 'a "b"', "back\\slash", "line\nbreak", "`tick`", "ünï", "a/b:c", "KEY(X, 1)"]
)
def test_every_key_survives_its_texts(name: str) -> None:
    partition = partition_of("test-project", "", "tenant")
    key = key_of(f"KEY(`Odd {name.replace('`', '``').replace(chr(92), chr(92) * 2)}`, 5)", partition)
    key.path.add(kind="Key", name=name)
    key.path.add(kind="Größe", id=2**62)

    assert key_of(key_text(key), partition) == key
    assert key_of(key_id(key), partition) == key


def test_the_panel_in_a_browser(page: Page, world: World) -> None:
    page.goto("/datastore")

    page.get_by_role("link", name="User 2").click()
    page.wait_for_url("**kind=User**")
    expect(page.locator("#entities tbody tr")).to_have_count(2)

    page.get_by_label("Filter by property").fill("handle")
    page.get_by_label("Value").fill("ana")
    page.get_by_role("button", name="Run query").click()
    page.wait_for_url(lambda url: "v=ana" in unquote(url))
    expect(page.locator("#entities tbody tr")).to_have_count(1)

    page.go_back()
    expect(page.locator("#entities tbody tr")).to_have_count(2)

    page.locator("#entities tbody").get_by_role("link", name="'ana'", exact=True).click()
    page.locator("#properties > fieldset").last.get_by_label("Name").fill("city")
    page.locator("#properties > fieldset").last.get_by_label("Value").fill("Lisbon")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#note")).to_have_text("Saved.")
    assert world.datastore.get(world.datastore.key("User", "ana"))["city"] == "Lisbon"


def test_a_live_update_does_not_cancel_a_slow_navigation(page: Page) -> None:
    page.clock.install()
    page.goto("/datastore")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/datastore?*kind=User*", hold)
    with page.expect_request("**kind=User*"):
        page.get_by_role("link", name="User 2").click()

    page.clock.run_for(10_000)  # five updates are due
    held[0].continue_()

    page.wait_for_url("**kind=User*")
    expect(page.locator("#entities tbody tr")).to_have_count(2)


def test_selected_entities_are_deleted_after_a_question(page: Page, world: World) -> None:
    client = world.datastore
    client.put_multi([datastore.Entity(client.key("Scrap", name)) for name in ("a", "b")])
    page.goto("/datastore?kind=Scrap")

    page.get_by_role("checkbox", name="Select all").check()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete selected").click()

    expect(page.locator("#note")).to_have_text("2 entities deleted.")
    expect(page.locator("#entities")).to_contain_text("No entities match.")


def test_all_entities_of_a_page_are_selected_on_a_phone(page: Page, world: World) -> None:
    client = world.datastore
    client.put_multi([datastore.Entity(client.key("Pocket", name)) for name in ("a", "b")])
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto("/datastore?kind=Pocket")

    page.get_by_role("checkbox", name="Select all").check()

    for name in ("a", "b"):
        expect(page.get_by_label(f"Select '{name}'")).to_be_checked()


def test_pages_of_a_gql_query_end_at_its_limit(world: World) -> None:
    path, seen = "/datastore?mode=gql&gql=SELECT * FROM Photo ORDER BY width LIMIT 30", []
    while path:
        page = Html(world.get(path).text)
        seen += [row.get("id") for row in page.by_id("entities").findall("tbody/tr")]
        path = page.link("Next page")

    assert len(seen) == 30


def test_a_numeric_id_with_too_many_digits_is_refused(world: World) -> None:
    form = {"kind": "Draft", "id_type": "id", "identifier": "1" * 20, "parent": "", "ns": ""}

    response = world.post("/datastore/create", form)

    assert response.status_code == 400
    assert "from 1 to 9223372036854775807" in response.text


@pytest.mark.parametrize("text", ["2026-11-20T05:00:00-05:00", "2026-11-20T10:00:00Z", "2026-11-20T10:00:00"])
def test_a_time_may_have_any_time_zone(text: str) -> None:
    value = value_of("timestamp", text, partition_of("demo"))

    assert value.timestamp_value.ToJsonString() == "2026-11-20T10:00:00Z"


def test_saving_a_form_changes_no_value_that_a_form_cannot_keep(world: World) -> None:
    client, foreign = (
        world.datastore,
        datastore.Client(project="elsewhere", credentials=AnonymousCredentials()),
    )
    values = {"lines": "a\r\nb\rc", "nul": "a\0b", "foreign": foreign.key("Draft", "x")}
    key = an_entity(world, "exact", **values)

    world.post("/datastore/save", form_of(world.get("/datastore/entity?key=KEY(Draft,'exact')"), "edit"))

    saved = client.get(key)
    assert dict(saved) == values
    assert saved["foreign"].project == "elsewhere"


@pytest.mark.parametrize(
    ("kind", "text", "advice"),
    [
        ("integer", "1.5", "write a whole number"),
        ("integer", "9223372036854775808", "write a whole number"),
        ("double", "1,5", "write a number such as 1.5"),
        ("timestamp", "tomorrow", "write a time such as 2026"),
        ("timestamp", "2026-02-30T00:00:00", "write a time such as 2026"),
        ("geo_point", "1", "write latitude and longitude"),
        ("blob", "ä", "write the bytes in Base64"),
        ("boolean", "yes", "write true or false"),
        ("key", "User", "Write KEY(Kind, 'name')"),
    ],
)
def test_an_invalid_value_is_named_with_its_property_and_what_to_write(
    kind: str, text: str, advice: str
) -> None:
    with pytest.raises(ConsoleError) as refused:
        value_of(kind, text, partition_of("demo"), "size")

    assert refused.value.detail.startswith(f"size: “{text}” is not")
    assert advice in refused.value.detail


def test_long_keys_and_many_properties_are_shortened_and_counted(world: World) -> None:
    client = world.datastore
    entity = datastore.Entity(client.key("Wide", "n" * 500))
    entity.update({f"p{number:02}": number for number in range(43)})
    client.put(entity)

    page = Html(world.get("/datastore?kind=Wide").text)

    assert len(page.by_id("entities").findall("thead/tr/th")) == 2 + 40
    assert "3 more properties are not shown. Open an entity to see all." in page.text
    assert "n" * 200 not in "".join(page.by_id("entities").itertext())


def test_a_filter_by_the_empty_text_is_applied(page: Page, world: World) -> None:
    for name, title in (("blank", ""), ("full", "x")):
        key = world.datastore.key("Titled", name)
        entity = datastore.Entity(key)
        entity.update({"title": title, "size": 1})
        world.datastore.put(entity)
    page.goto("/datastore?kind=Titled&f=title&op=%3D&t=string&v=x&f=size&op=%3D&t=integer&v=1")
    expect(page.locator("#entities tbody tr")).to_have_count(1)

    page.get_by_label("Value").first.fill("")
    page.get_by_role("button", name="Run query").click()

    expect(page.locator("#entities tbody")).to_contain_text("'blank'")
    expect(page.locator("#entities tbody tr")).to_have_count(1)
    page.get_by_label("Property", exact=True).first.fill("")
    page.get_by_role("button", name="Run query").click()
    expect(page.locator("#entities tbody tr")).to_have_count(2)


def test_an_incomplete_filter_is_refused(world: World) -> None:
    response = world.get("/datastore?kind=Photo&f=width")

    assert response.status_code == 400
    assert "A filter lacks its operator, its type or its value." in response.text
