"""Traffic between versions, through the front door and from the platform itself."""

import http.client
from collections import Counter
from collections.abc import Iterable

import pytest
from tests.appengine.releasing import a_version
from tests.appengine.running import Running, StartEngine, a_service, until

from gaelocal.appengine.releases import (
    DoesNotStart,
    InvalidDispatch,
    InvalidSplit,
    NoSuchService,
    NoSuchVersion,
    StillNeeded,
    VersionStopped,
)
from gaelocal.delivery import Delivery, DeliveryFailed

TELLS = b"""
import os
def app(environ, start_response):
    told = os.environ["GAE_VERSION"].encode()
    start_response("200 OK", [("Content-Length", str(len(told)))])
    return [told]
"""
HANDLERS_YAML = """
handlers:
  - {url: /who, static_files: who.txt, upload: who.txt}
  - {url: /.*, script: auto}
"""
HANDLERS = [
    {"urlRegex": "/who", "staticFiles": {"path": "who.txt", "uploadPathRegex": "who.txt"}},
    {"urlRegex": "/.*", "script": {"scriptPath": "auto"}},
]


@pytest.fixture(scope="module")
def crossing(tmp_path_factory: pytest.TempPathFactory, start_engine: StartEngine) -> Running:
    """An engine with the versions dev and `canary` of the default service."""
    app = tmp_path_factory.mktemp("crossing")
    folder = a_service(app, "default", HANDLERS_YAML, "entrypoint: python serve.py\n")
    for name, content in a_version("any", files={"main.py": TELLS, "who.txt": b"dev"}).files.items():
        assert isinstance(content, bytes)
        (folder / name).write_bytes(content)
    running = start_engine(app)
    deploy(running, "canary")
    return running


def deploy(crossing: Running, name: str, service: str = "default", **resource: object) -> None:
    files = {"main.py": TELLS, "who.txt": name.encode()}
    new = a_version(name, service, files=files, handlers=HANDLERS, **resource)
    crossing.run(crossing.engine.releases.create_version(new))


def split(crossing: Running, shard_by: str, service: str = "default", **allocations: float) -> None:
    crossing.run(crossing.engine.traffic.set_split(service, shard_by, allocations))


def ask_in_turn(crossing: Running, cookies: Iterable[str], path: str = "/") -> Counter[str]:
    """Send one request for each, all on one connection, and count the responses by version.

    `/who` is a static file of each version: a thousand requests that cost no program anything.
    """
    connection = http.client.HTTPConnection("127.0.0.1", crossing.port, timeout=60)
    told: Counter[str] = Counter()
    for cookie in cookies:
        connection.request("GET", path, headers={"Cookie": cookie, "Host": "localhost"})
        told[connection.getresponse().read().decode()] += 1
    connection.close()
    return told


def test_a_random_split_follows_its_fractions(crossing: Running) -> None:
    split(crossing, "RANDOM", dev=0.75, canary=0.25)

    told = ask_in_turn(crossing, [""] * 1000, "/who")

    assert sum(told.values()) == 1000
    assert told["canary"] == pytest.approx(250, abs=85)


def test_a_thousand_cookies_are_split_to_the_one(crossing: Running) -> None:
    split(crossing, "COOKIE", dev=0.9, canary=0.1)

    told = ask_in_turn(crossing, (f"GOOGAPPUID={number}" for number in range(1000)), "/who")

    assert told == {"dev": 900, "canary": 100}


def test_a_client_stays_where_its_cookie_put_it(crossing: Running) -> None:
    split(crossing, "COOKIE", dev=0.5, canary=0.5)

    first = crossing.ask("/", Host="localhost")
    cookie = first.headers["Set-Cookie"].partition(";")[0]

    assert ask_in_turn(crossing, [cookie] * 20) == {first.body.decode(): 20}


def test_no_cookie_is_set_while_one_version_has_all_traffic(crossing: Running) -> None:
    split(crossing, "COOKIE", dev=1.0)

    assert crossing.ask("/").headers["Set-Cookie"] is None


def test_an_address_always_goes_to_the_same_version(crossing: Running) -> None:
    split(crossing, "IP", dev=0.5, canary=0.5)

    assert len(ask_in_turn(crossing, [""] * 50)) == 1


def test_tasks_and_cron_are_split_too_and_may_name_a_version(crossing: Running) -> None:
    split(crossing, "COOKIE", dev=0.5, canary=0.5)
    send = crossing.engine.send

    anyone = Counter(crossing.run(send(Delivery(path="/"))).body for _ in range(200))
    named = crossing.run(send(Delivery(path="/", service="default", version="canary")))

    assert anyone[b"canary"] == pytest.approx(100, abs=45)
    assert named.body == b"canary"


def test_a_task_for_a_version_that_is_not_here_goes_where_the_others_go(crossing: Running) -> None:
    split(crossing, "COOKIE", canary=1.0)

    elsewhere = Delivery(path="/", service="default", version="in-production")

    assert crossing.run(crossing.engine.send(elsewhere)).body == b"canary"


def test_a_stopped_version_gets_nothing_and_its_share_goes_to_the_others(crossing: Running) -> None:
    split(crossing, "RANDOM", dev=0.5, canary=0.5)

    version = crossing.run(crossing.engine.releases.stop_version("default", "canary"))
    told = ask_in_turn(crossing, [""] * 50)
    by_name = crossing.ask("/", Host="canary-dot-default.localhost").status
    with pytest.raises(DeliveryFailed, match="no version is serving"):
        crossing.run(crossing.engine.send(Delivery(path="/", service="default", version="canary")))
    left = crossing.engine.releases.instances("default", "canary")
    started = crossing.run(crossing.engine.releases.start_version("default", "canary"))

    assert (version.status, started.status) == ("STOPPED", "SERVING")
    assert told == {"dev": 50}
    assert by_name == 503
    assert left == []
    assert crossing.ask("/", Host="canary-dot-default.localhost").body == b"canary"


def test_who_cannot_take_a_share_is_not_given_one(crossing: Running) -> None:
    split(crossing, "COOKIE", dev=1.0)
    deploy(crossing, "halted")
    crossing.run(crossing.engine.releases.stop_version("default", "halted"))

    for version, why in (("nope", NoSuchVersion), ("halted", VersionStopped)):
        with pytest.raises(why, match=version):
            split(crossing, "COOKIE", **{"dev": 0.5, version: 0.5})
    with pytest.raises(InvalidSplit):
        split(crossing, "COOKIE", dev=0.5)

    assert crossing.engine.traffic.split_of("default").allocations == {"dev": 1.0}


def test_what_has_traffic_or_lies_in_the_project_is_not_deleted(crossing: Running) -> None:
    split(crossing, "RANDOM", dev=0.9, canary=0.1)

    with pytest.raises(StillNeeded, match=r"version canary of default gets 10\.0% of the traffic"):
        crossing.run(crossing.engine.releases.delete_version("default", "canary"))
    with pytest.raises(StillNeeded, match="runs from the project's folder"):
        crossing.run(crossing.engine.releases.delete_version("default", "dev"))
    with pytest.raises(StillNeeded, match="default service"):
        crossing.run(crossing.engine.releases.delete_service("default"))


def test_a_new_service_gets_its_traffic_with_its_first_version(crossing: Running) -> None:
    releases, traffic = crossing.engine.releases, crossing.engine.traffic
    deploy(crossing, "one", "shop")
    deploy(crossing, "two", "shop")
    crossing.run(traffic.set_dispatch_rules([("*/shop/*", "shop")]))

    assert crossing.ask("/shop/x").body == b"one"
    assert crossing.ask("/", Host="shop.localhost").body == b"one"
    assert crossing.run(crossing.engine.send(Delivery(path="/shop/task"))).body == b"one"
    assert [version.id for version in releases.list_versions("shop")] == ["one", "two"]
    with pytest.raises(StillNeeded, match="a dispatch rule names shop"):
        crossing.run(releases.delete_service("shop"))

    crossing.run(traffic.set_dispatch_rules([]))
    crossing.run(releases.delete_service("shop"))

    assert releases.services() == ["default"]
    with pytest.raises(NoSuchService, match="there are: default"):
        releases.list_versions("shop")


@pytest.mark.parametrize(
    ("rule", "why"),
    [(("*/x/*", "nobody"), "no service `nobody`"), (("/x", "default"), "a host and a path")],
)
def test_a_dispatch_rule_that_cannot_be_is_refused(
    crossing: Running, rule: tuple[str, str], why: str
) -> None:
    with pytest.raises(InvalidDispatch, match=why):
        crossing.run(crossing.engine.traffic.set_dispatch_rules([rule]))


def test_traffic_stays_where_it_was_when_the_chosen_version_no_longer_starts(crossing: Running) -> None:
    split(crossing, "COOKIE", dev=1.0)
    deploy(crossing, "fragile", basicScaling={"idleTimeout": "0.1s"}, instanceClass="B1")
    until(lambda: not crossing.engine.releases.instances("default", "fragile"))
    deployment = crossing.engine.releases.get_version("default", "fragile").deployment
    (crossing.data / "deployments" / deployment / "files" / "main.py").unlink()

    with pytest.raises(DoesNotStart, match="version fragile of default does not start"):
        split(crossing, "COOKIE", fragile=1.0)

    assert crossing.ask("/").body == b"dev"
