"""Operations on running instances: list, start, stop, restart, and change their number."""

from pathlib import Path
from typing import Any

import pytest
from tests.appengine.releasing import a_version
from tests.appengine.running import Running, StartEngine, a_service, until
from tests.full_disk import fill_disk_for, needs_full_device

from gaelocal.appengine.releases import InvalidScaling, NoSuchInstance, NotStored


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory, start_engine: StartEngine) -> Running:
    app = tmp_path_factory.mktemp("backend")
    a_service(app, "default")
    a_service(app, "worker", "manual_scaling:\n  instances: 2\n")
    return start_engine(app)


def rows(backend: Running) -> list[dict[str, Any]]:
    return backend.engine.control.list_instances("worker", "dev")


def states(backend: Running) -> list[str]:
    return [row["state"] for row in rows(backend)]


def test_each_instance_is_listed_with_its_use_of_resources(backend: Running) -> None:
    first, second = rows(backend)

    assert (first["service"], first["version"], first["state"]) == ("worker", "dev", "running")
    assert (first["index"], second["index"]) == (0, 1)
    assert first["id"] != second["id"]
    assert first["uptime"] > 0
    assert 10_000_000 < first["memory"] < first["memory_limit"]
    assert set(first) >= {"cpu", "requests", "pid", "started"}


def test_a_stopped_instance_stays_stopped_until_it_is_started(backend: Running) -> None:
    control = backend.engine.control
    stopped = rows(backend)[0]["id"]

    backend.run(control.stop_instance("worker", "dev", stopped))
    while_stopped = states(backend), backend.ask("/text/1", Host="worker.localhost").status
    backend.run(control.start_instance("worker", "dev", "0"))
    until(lambda: states(backend) == ["running", "running"])

    assert while_stopped == (["stopped", "running"], 200)
    assert rows(backend)[0]["id"] != stopped


def test_the_only_instance_of_a_service_stays_stopped_too(tmp_path: Path, start_engine: StartEngine) -> None:
    a_service(tmp_path, "default")
    running = start_engine(tmp_path)
    control = running.engine.control

    running.run(control.stop_instance("default", "dev", "0"))
    while_stopped = running.ask("/text/1")
    running.run(control.start_instance("default", "dev", "0"))

    assert (while_stopped.status, while_stopped.json["detail"]) == (404, "default is stopped")
    assert running.ask("/text/1").status == 200
    assert [row["index"] for row in control.list_instances()] == [0]


def test_a_restarted_instance_has_a_new_process(backend: Running) -> None:
    before = rows(backend)

    backend.run(backend.engine.control.restart_instance("worker", "dev", before[1]["id"]))
    until(lambda: states(backend) == ["running", "running"])

    after = rows(backend)
    assert after[0]["pid"] == before[0]["pid"]
    assert after[1]["pid"] != before[1]["pid"]
    with pytest.raises(NoSuchInstance):
        backend.run(backend.engine.control.restart_instance("worker", "dev", before[1]["id"]))


def test_a_restarted_version_has_new_processes(backend: Running) -> None:
    before = {row["pid"] for row in rows(backend)}

    backend.run(backend.engine.control.restart_version("worker", "dev"))

    assert states(backend) == ["running", "running"]
    assert not before & {row["pid"] for row in rows(backend)}


def test_the_number_of_instances_is_changed_without_a_deployment_and_kept(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    a_service(tmp_path, "default", "manual_scaling:\n  instances: 2\n")
    running = start_engine(tmp_path)
    control = running.engine.control
    before = [row["pid"] for row in control.list_instances()]

    running.run(control.set_instance_count("default", "dev", 3))
    until(lambda: [row["state"] for row in control.list_instances()] == ["running"] * 3)
    grown = [row["pid"] for row in control.list_instances()]
    version = running.run(control.set_instance_count("default", "dev", 1))
    shrunk = [row["pid"] for row in control.list_instances()]
    running.run(running.engine.stop())
    again = start_engine(tmp_path)

    assert grown[:2] == before
    assert shrunk == before[:1]
    assert version.resource["manualScaling"] == {"instances": 1}
    assert len(again.engine.control.list_instances()) == 1


def test_a_new_deployment_has_the_number_of_its_app_yaml(backend: Running) -> None:
    manual = {"manualScaling": {"instances": 2}, "instanceClass": "B1"}
    releases = backend.engine.releases
    backend.run(releases.create_version(a_version("scaled", **manual)))
    backend.run(releases.set_instance_count("default", "scaled", 1))
    scaled = len(releases.instances("default", "scaled"))

    backend.run(releases.create_version(a_version("scaled", **manual)))

    assert scaled == 1
    assert len(releases.instances("default", "scaled")) == 2


@pytest.mark.parametrize(
    ("service", "count", "reason"), [("default", 3, "automatic scaling"), ("worker", 0, "must be 1 to")]
)
def test_a_number_that_the_scaling_does_not_allow_is_refused(
    backend: Running, service: str, count: int, reason: str
) -> None:
    with pytest.raises(InvalidScaling, match=reason):
        backend.run(backend.engine.control.set_instance_count(service, "dev", count))


@needs_full_device
@pytest.mark.parametrize("change", ["stop", "scale", "ingress"])
def test_a_change_that_the_disk_has_no_room_for_is_not_made(backend: Running, change: str) -> None:
    control, traffic = backend.engine.control, backend.engine.traffic
    changes = {
        "stop": lambda: control.stop_version("worker", "dev"),
        "scale": lambda: control.set_instance_count("worker", "dev", 3),
        "ingress": lambda: traffic.set_ingress("worker", "internal-only"),
    }
    before = states(backend)
    fill_disk_for(backend.data / "releases.json")

    with pytest.raises(NotStored, match="cannot be stored"):
        backend.run(changes[change]())

    version = backend.engine.releases.get_version("worker", "dev")
    assert (version.status, traffic.ingress_of("worker")) == ("SERVING", "all")
    assert (states(backend), backend.ask("/text/1", Host="worker.localhost").status) == (before, 200)


@needs_full_device
@pytest.mark.parametrize("change", ["deploy", "deploy again", "delete version", "delete service"])
def test_a_deployment_or_deletion_that_the_disk_has_no_room_for_is_not_made(
    backend: Running, change: str
) -> None:
    releases = backend.engine.releases
    backend.run(releases.create_version(a_version("old", "shop")))
    backend.run(releases.create_version(a_version("spare", "shop")))
    changes = {
        "deploy": lambda: releases.create_version(a_version("new", "shop")),
        "deploy again": lambda: releases.create_version(a_version("old", "shop")),
        "delete version": lambda: releases.delete_version("shop", "spare"),
        "delete service": lambda: releases.delete_service("shop"),
    }
    versions = releases.list_versions("shop")
    folders = set((backend.data / "deployments").iterdir())
    fill_disk_for(backend.data / "releases.json")

    with pytest.raises(NotStored, match="nothing was changed"):
        backend.run(changes[change]())

    assert releases.list_versions("shop") == versions
    assert set((backend.data / "deployments").iterdir()) == folders
    assert backend.ask("/env", Host="shop.localhost").json["GAE_DEPLOYMENT_ID"] == versions[0].deployment
    assert backend.ask("/env", Host="spare-dot-shop.localhost").status == 200
    backend.run(releases.delete_service("shop"))
