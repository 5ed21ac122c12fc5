"""Deployed versions and traffic survive a kill and a restart of the platform."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.appengine.releasing import a_version
from tests.appengine.running import Running, StartEngine, a_service

PLATFORM = """
import asyncio, sys
from pathlib import Path
import uvloop
from gaelocal.appengine import AppEngine
from tests.appengine.releasing import a_version

async def main(app: Path) -> None:
    engine = AppEngine(app, 0, "demo", {}, app / ".gaelocal", terminal=None)
    await engine.start()
    for name in ("green", "blue", "red"):
        await engine.releases.create_version(a_version(name))
    await engine.releases.create_version(a_version("first", "shop"))
    await engine.traffic.set_split("default", "COOKIE", {"green": 0.3, "blue": 0.7})
    await engine.traffic.set_dispatch_rules([("*/shop/*", "shop")])
    await engine.releases.stop_version("default", "dev")
    await engine.releases.delete_version("default", "red")
    print("released", flush=True)
    await asyncio.Event().wait()

uvloop.run(main(Path(sys.argv[1])))
"""


@pytest.fixture(scope="module")
def revived(tmp_path_factory: pytest.TempPathFactory, start_engine: StartEngine) -> Running:
    """An engine on the folder of a killed one, with an interrupted deployment."""
    app = tmp_path_factory.mktemp("revived")
    folder = a_service(app, "default", entrypoint="entrypoint: python serve.py\n")
    for name, content in a_version("any").files.items():
        assert isinstance(content, bytes)
        (folder / name).write_bytes(content)
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", PLATFORM, str(app)], stdout=subprocess.PIPE, cwd=root
    ) as platform:
        assert platform.stdout
        assert platform.stdout.readline() == b"released\n"
        platform.kill()
    (app / ".gaelocal" / "deployments" / "1" / "files").mkdir(parents=True)
    return start_engine(app)


def test_versions_traffic_and_rules_are_as_they_were(revived: Running) -> None:
    releases, traffic = revived.engine.releases, revived.engine.traffic

    assert releases.services() == ["default", "shop"]
    assert [(each.id, each.status) for each in releases.list_versions("default")] == [
        ("dev", "STOPPED"),
        ("green", "SERVING"),
        ("blue", "SERVING"),
    ]
    assert traffic.split_of("default").shard_by == "COOKIE"
    assert traffic.split_of("default").allocations == {"blue": 0.7, "green": 0.3}
    assert [rule.url for rule in traffic.dispatch_rules()] == ["*/shop/*"]
    assert revived.ask("/env", Cookie="GOOGAPPUID=999").json["GAE_VERSION"] == "green"
    assert revived.ask("/shop/", Host="localhost").body == b"hello from shop"


def test_only_versions_with_traffic_are_running(revived: Running) -> None:
    states = {(row["service"], row["version"]): row["state"] for row in revived.engine.instances()}

    assert states == {
        ("default", "dev"): "stopped",
        ("default", "green"): "running",
        ("default", "blue"): "running",
        ("shop", "first"): "running",
    }


def test_the_start_says_that_the_projects_folder_is_not_what_is_served(revived: Running) -> None:
    told = [row["message"] for row in revived.engine.logs.entries(service="default", severity="NOTICE")]

    assert "traffic goes to the deployed versions: blue 70.0%, green 30.0%" in told


def test_a_deploy_that_was_cut_off_is_cleared_away(revived: Running) -> None:
    kept = json.loads((revived.data / "releases.json").read_text())["versions"]

    folders = {folder.name for folder in (revived.data / "deployments").iterdir()}

    assert folders == {version["deployment"] for version in kept}


def test_a_version_whose_place_in_the_project_is_gone_leaves_its_traffic_to_the_others(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    a_service(tmp_path, "default")
    shop = a_service(tmp_path, "shop")
    running = start_engine(tmp_path)
    running.run(running.engine.releases.create_version(a_version("v1", "shop")))
    running.run(running.engine.traffic.set_split("shop", "RANDOM", {"dev": 0.9, "v1": 0.1}))
    running.run(running.engine.stop())
    shutil.rmtree(shop)

    again = start_engine(tmp_path)

    assert again.engine.traffic.split_of("shop").allocations == {"v1": 1.0}
    assert again.ask("/", Host="shop.localhost").body == b"hello from shop"
