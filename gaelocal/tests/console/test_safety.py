"""Protection against a foreign web page that is open in the same browser, and against malformed input."""

import pytest
import requests
from tests.console.world import World

from gaelocal.console.static_files import FOLDER

RUN = "/api/cron/run?url=/tasks/sweep"
ACTIONS = [
    ("DELETE", "/api/mail"),
    ("POST", RUN),
    ("POST", "/mail/clear"),
    ("POST", "/queues/mail/purge"),
    ("POST", "/queues/mail/pause"),
    ("POST", "/cron/cron-yaml-1/run"),
    ("POST", "/memcache/flush"),
    ("POST", "/datastore/delete"),
    ("POST", "/datastore/create"),
    ("POST", "/services/default/dev/stop"),
    ("POST", "/services/default/traffic"),
    ("POST", "/services/default/dev/instances/0/stop"),
    ("POST", "/storage/test-project.appspot.com/delete"),
    ("POST", "/storage/test-project.appspot.com/upload"),
    ("POST", "/storage/test-project.appspot.com/delete-bucket"),
]


def ask(world: World, method: str, path: str, **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.request(method, world.url + path, headers=named, timeout=60, allow_redirects=False)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "", "127.0.0.1.x"]
)
def test_a_name_that_was_pointed_here_is_refused(world: World, host: str) -> None:
    for path in ("/", "/api/mail", "/mail", "/datastore", "/static/console.js"):
        response = ask(world, "GET", path, Host=host)

        assert response.status_code in (400, 421)
        assert "Sea" not in response.text


@pytest.mark.parametrize("host", ["localhost:8000", "console.localhost", "127.0.0.1:1", "LOCALHOST"])
def test_every_name_of_this_machine_is_taken(world: World, host: str) -> None:
    assert ask(world, "GET", "/api/mail", Host=host).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8080"},
    ],
)
def test_another_site_changes_nothing(world: World, headers: dict[str, str]) -> None:
    before = (len(world.get("/api/mail").json()), len(world.delivered))

    for method, path in ACTIONS:
        response = ask(world, method, path, **headers)

        assert response.status_code == 403, path
        assert response.json()["code"] == "forbidden"
    assert (len(world.get("/api/mail").json()), len(world.delivered)) == before


@pytest.mark.parametrize(("method", "path"), ACTIONS)
def test_nothing_is_changed_by_a_link(world: World, method: str, path: str) -> None:
    response = ask(world, "GET", path)

    assert response.status_code in (404, 405) or method == "DELETE"


def test_the_page_itself_and_programs_may_change_things(world: World) -> None:
    for headers in ({}, {"Sec_Fetch_Site": "same-origin"}, {"Origin": world.url}):
        assert ask(world, "POST", RUN, **headers).status_code == 200


@pytest.mark.parametrize("path", ["/", "/datastore?kind=Photo", "/mail/1", "/logs", "/nope"])
def test_pages_are_bound_to_their_own_files(world: World, path: str) -> None:
    page = world.get(path)

    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert " style=" not in page.text
    assert "<script>" not in page.text
    assert 'src="http' not in page.text


def test_static_files_have_their_type(world: World) -> None:
    for name, kind in (
        ("console.js", "text/javascript"),
        ("console.css", "text/css"),
        ("icon.svg", "image/svg+xml"),
    ):
        assert world.get(f"/static/{name}").headers["Content-Type"].startswith(kind)
    assert world.get("/static/../server.py").status_code == 404


def test_vendored_files_are_those_that_were_pinned() -> None:
    import hashlib

    lines = (FOLDER / "vendor" / "checksums.txt").read_text().splitlines()
    pinned = {name: checksum for checksum, name in (line.split() for line in lines)}
    found = {
        file.relative_to(FOLDER / "vendor").as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in (FOLDER / "vendor").rglob("*/*")
    }

    assert found == pinned
    assert {name.partition("/")[0] for name in found if name.endswith("LICENSE")} == {
        "highlight",
        "idiomorph",
        "uplot",
    }


@pytest.mark.parametrize(
    "path",
    [
        "/datastore?kind=%ff%00&f=a&op=%3C%3E&t=string&v=1",
        "/datastore?kind=Photo&cursor=%21",
        "/datastore?kind=Photo&ancestor=KEY(",
        "/datastore?kind=Photo&f=a&op==&t=integer&v=many",
        "/datastore?gql=SELECT%20%27",
        "/datastore?kind=Photo&ns=%20bad%20name",
        "/datastore?kind=Photo&size=99999999999&page=0",
        "/memcache?key=%00%20",
        "/memcache?key=" + "k" * 300,
        "/logs?q=" + "x" * 5000,
        "/mail?before=99999999999999999999&to=%ff",
        "/queues/renditions?after=99999999999999999999",
    ],
)
def test_a_malformed_address_is_explained_on_the_page(world: World, path: str) -> None:
    assert world.get(path).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/datastore/entity?key=x", 400),
        ("/datastore/entity?key=", 400),
        ("/datastore/entity?key=KEY(User,%20%27nobody%27)", 404),
        ("/logs?severity=loud", 400),
        ("/logs?status=99", 400),
        ("/logs?range=ever", 400),
        ("/logs?start=soon", 400),
        ("/logs?before=x", 400),
        ("/logs/trace/nope", 404),
        ("/mail/1?view=film", 400),
        ("/mail/99", 404),
        ("/mail/1/attachments/7", 404),
        ("/queues/nope", 404),
        ("/queues/renditions?tab=all", 400),
        ("/queues/renditions/tasks/nope", 404),
        ("/queues/renditions/dead/99", 404),
        ("/queues/renditions/finished/99", 404),
        ("/cron/nope", 404),
        ("/services/nope/dev", 404),
        ("/services/default/nope", 404),
        ("/nope", 404),
    ],
)
def test_what_does_not_exist_is_an_error_page(world: World, path: str, status: int) -> None:
    page = world.get(path)

    assert page.status_code == status
    assert 'role="alert"' in page.text


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"properties": ' * 5_000 + "1" + "}" * 5_000,
        '{"a": ' * 50_000,
        "{",
        "[]",
        '{"properties": {"a": {"stringValue": 1}}}',
        '{"properties": {"a": {"integerValue": "9999999999999999999999"}}}',
        '{"key": 7}',
        "\ud800",
    ],
)
def test_a_malformed_entity_is_a_400(world: World, body: str) -> None:
    form = {"key": "KEY(User, 'ana')", "version": "1", "json": body.encode("utf-8", "surrogatepass")}

    assert world.post("/datastore/save-json", form).status_code == 400


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "multipart/form-data"}, b"x"),
        ({"Content-Type": "multipart/form-data; boundary=a"}, b"--b\r\nnonsense"),
        ({"Content-Type": "application/x-www-form-urlencoded; charset=nope"}, b"a=1"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"\xff=\xfe"),
        ({"Content-Type": "application/json"}, b"[" * 100_000),
    ],
)
@pytest.mark.parametrize(
    "path", ["/datastore/delete", "/datastore/save", "/datastore/create", "/memcache/delete"]
)
def test_a_malformed_form_is_a_400(world: World, path: str, headers: dict[str, str], body: bytes) -> None:
    assert world.post(path, body, headers=headers).status_code == 400


def test_an_action_leads_only_to_pages_of_the_console(world: World) -> None:
    for next_page in (
        "http://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a",
    ):
        response = requests.post(
            f"{world.url}/queues/mail/resume", {"next": next_page}, timeout=60, allow_redirects=False
        )

        assert response.headers["Location"].startswith("/queues/mail?note=")
