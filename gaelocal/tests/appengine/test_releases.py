"""Versions side by side: deployed, addressed, asleep and awake, replaced, deleted."""

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.appengine.releasing import a_version
from tests.appengine.running import Running, StartEngine, a_service, until

from gaelocal.appengine.releases import DoesNotStart, InvalidVersion, NoSuchInstance, NoSuchVersion, Version
from gaelocal.delivery import Delivery

SLOW = """
import os, threading
from pathlib import Path

Path({note!r}).write_text(str(os.getpid()))
threading.Event().wait()
"""
BASIC: dict[str, Any] = {"basicScaling": {"idleTimeout": "0.3s", "maxInstances": 1}, "instanceClass": "B1"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, start_engine: StartEngine) -> Running:
    """An engine to deploy into; each test uses versions of its own."""
    app = tmp_path_factory.mktemp("stage")
    a_service(app, "default")
    return start_engine(app, {"WINS": "environment"})


def deploy(
    stage: Running, name: str, files: Mapping[str, Path | bytes] | None = None, **resource: Any
) -> Version:
    return stage.run(stage.engine.releases.create_version(a_version(name, files=files, **resource)))


def environment_of(stage: Running, version: str) -> dict[str, str]:
    seen: dict[str, str] = stage.ask("/env", Host=f"{version}-dot-default.localhost").json
    return seen


def names(stage: Running) -> list[str]:
    return [version.id for version in stage.engine.releases.list_versions("default")]


def test_a_deployed_version_is_reached_by_its_own_address_only(stage: Running) -> None:
    version = deploy(stage, "quiet", envVariables={"GREETING": "hello", "WINS": "resource"})

    seen = environment_of(stage, "quiet")

    assert (seen["GAE_SERVICE"], seen["GAE_VERSION"]) == ("default", "quiet")
    assert seen["GAE_DEPLOYMENT_ID"] == version.deployment
    assert (seen["GREETING"], seen["WINS"]) == ("hello", "environment")
    assert stage.ask("/env").json["GAE_VERSION"] == "dev"
    assert stage.ask("/env", Host="quiet.localhost").json["GAE_VERSION"] == "quiet"
    assert stage.engine.releases.get_version("default", "quiet") == version


def test_it_runs_from_the_uploaded_files_and_they_stay_as_they_are(stage: Running) -> None:
    deploy(stage, "packed", {"recipes/rye.txt": b"flour, water"})

    folder = Path(environment_of(stage, "packed")["cwd"])

    assert folder.is_relative_to(stage.data / "deployments")
    assert sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()) == [
        "main.py",
        "recipes/rye.txt",
        "serve.py",
    ]
    assert not any(file.stat().st_mode & 0o222 for file in folder.rglob("*") if file.is_file())


def test_its_static_files_are_the_uploaded_ones(stage: Running, tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("body { color: teal }")
    handlers = [
        {
            "urlRegex": "/static/(.*)",
            "staticFiles": {
                "path": "look/\\1",
                "uploadPathRegex": "look/.*",
                "expiration": "3600s",
                "httpHeaders": {"X-Own": "yes"},
            },
            "securityLevel": "SECURE_ALWAYS",
        },
        {"urlRegex": "/text/.*", "script": {"scriptPath": "auto"}},
    ]
    deploy(stage, "styled", {"look/style.css": tmp_path / "style.css"}, handlers=handlers)
    (tmp_path / "style.css").write_text("changed since")

    style = stage.ask("/static/style.css", Host="styled-dot-default.localhost")

    assert style.body == b"body { color: teal }"
    assert (style.headers["Cache-Control"], style.headers["X-Own"]) == ("public, max-age=3600", "yes")
    assert stage.ask("/text/2", Host="styled-dot-default.localhost").body == b"aa"
    assert stage.ask("/other", Host="styled-dot-default.localhost").status == 404
    assert stage.ask("/static/style.css").body == b"hello from default"


def test_a_version_that_there_is_not_is_not_found(stage: Running) -> None:
    reply = stage.ask("/", Host="nope-dot-default.localhost", Accept="text/html")

    assert reply.status == 404
    assert b"the service default has no version `nope`" in reply.body
    with pytest.raises(NoSuchVersion):
        stage.engine.releases.get_version("default", "nope")


def test_a_version_that_does_not_start_fails_its_deploy_with_its_own_words(stage: Running) -> None:
    with pytest.raises(DoesNotStart, match="no flour"):
        deploy(stage, "broken", {"main.py": b"raise RuntimeError('no flour')"})

    assert "broken" not in names(stage)
    assert stage.ask("/env").json["GAE_VERSION"] == "dev"


def test_a_version_stays_when_its_replacement_does_not_start(stage: Running) -> None:
    kept = deploy(stage, "sturdy")

    with pytest.raises(DoesNotStart):
        deploy(stage, "sturdy", {"main.py": b"raise RuntimeError('no flour')"})

    assert environment_of(stage, "sturdy")["GAE_DEPLOYMENT_ID"] == kept.deployment


@pytest.mark.parametrize(
    ("name", "files", "resource", "why"),
    [
        ("Upper", {}, {}, "not a version id"),
        ("dev", {}, {}, "not a version id"),
        ("ah-ha", {}, {}, "not a version id"),
        ("outside", {"../main.py": b""}, {}, "not a path below"),
        ("absolute", {"/etc/passwd": b""}, {}, "not a path below"),
        ("long-name", {"a/" + "b" * 256: b""}, {}, "too long"),
        ("long-path", {"a/" * 600 + "b": b""}, {}, "too long"),
        ("both", {"main.py/x": b""}, {}, "both a file and a folder"),
        ("java", {}, {"runtime": "java21"}, "`java21` is not supported"),
        ("giant", {}, {"instanceClass": "F99"}, "`F99` is not an instance class"),
    ],
)
def test_a_failed_deployment_leaves_no_files(
    stage: Running, name: str, files: dict[str, Path | bytes], resource: dict[str, Any], why: str
) -> None:
    before = sorted((stage.data / "deployments").glob("*"))

    with pytest.raises(InvalidVersion, match=why):
        deploy(stage, name, files, **resource)

    assert sorted((stage.data / "deployments").glob("*")) == before


def test_the_same_id_again_replaces_the_version(stage: Running) -> None:
    first = deploy(stage, "twice", envVariables={"TAKE": "1"})
    second = deploy(stage, "twice", envVariables={"TAKE": "2"})

    assert environment_of(stage, "twice")["TAKE"] == "2"
    assert names(stage).count("twice") == 1
    assert first.deployment != second.deployment
    assert not (stage.data / "deployments" / first.deployment).exists()


def test_a_deleted_version_takes_its_files_along(stage: Running) -> None:
    version = deploy(stage, "brief")

    stage.run(stage.engine.releases.delete_version("default", "brief"))

    assert "brief" not in names(stage)
    assert not (stage.data / "deployments" / version.deployment).exists()
    assert stage.ask("/", Host="brief-dot-default.localhost").status == 404


def test_a_version_without_requests_has_no_process(stage: Running) -> None:
    deploy(stage, "drowsy", **BASIC)
    until(lambda: not stage.engine.releases.instances("default", "drowsy"))
    asleep = [row["state"] for row in stage.engine.instances() if row["version"] == "drowsy"]

    with ThreadPoolExecutor(8) as pool:
        hosts = ["drowsy-dot-default.localhost"] * 8
        replies = list(pool.map(lambda host: stage.ask("/text/3", Host=host).status, hosts))

    assert asleep == ["asleep"]
    assert replies == [200] * 8
    until(lambda: not stage.engine.releases.instances("default", "drowsy"))


def test_a_version_does_not_fall_asleep_over_a_request(stage: Running) -> None:
    deploy(stage, "sleeper", **BASIC)
    version = deploy(stage, "patient", **BASIC)
    folder = stage.data / "deployments" / version.deployment / "files"
    host = "patient-dot-default.localhost"
    with ThreadPoolExecutor(1) as pool:
        stage.ask("/text/1", Host=host)
        waiting = pool.submit(stage.ask, "/wait/long", Host=host)
        until((folder / "waiting-long").exists)
        stage.ask("/text/1", Host="sleeper-dot-default.localhost")
        until(lambda: not stage.engine.releases.instances("default", "sleeper"))

        stage.ask("/release/long", Host=host)

        assert waiting.result().body == b"waited"


def test_an_engine_that_stops_cuts_off_what_is_being_deployed(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    a_service(tmp_path, "default")
    running = start_engine(tmp_path)
    note = tmp_path / "note"
    never_ready = a_version("slow", files={"main.py": SLOW.format(note=str(note)).encode()})
    deploying = asyncio.run_coroutine_threadsafe(
        running.engine.releases.create_version(never_ready), running.loop
    )
    until(lambda: note.exists() and bool(note.read_text()))

    running.run(running.engine.stop())

    with pytest.raises(CancelledError):
        deploying.result(90)
    assert not psutil.pid_exists(int(note.read_text()))
    assert not list((running.data / "deployments").iterdir())


def test_manual_scaling_keeps_all_its_instances_and_each_has_an_address(stage: Running) -> None:
    deploy(stage, "resident", manualScaling={"instances": 2}, instanceClass="B1")

    instances = stage.engine.releases.instances("default", "resident")
    ports = [
        stage.ask("/env", Host=f"{index}-dot-resident-dot-default.localhost").json["PORT"] for index in (0, 1)
    ]

    assert [row["state"] for row in instances] == ["running", "running"]
    assert len(set(ports)) == 2


def test_a_deleted_instance_is_followed_by_another_one(stage: Running) -> None:
    before = environment_of(stage, "dev")["GAE_INSTANCE"]

    stage.run(stage.engine.releases.delete_instance("default", "dev", before))

    assert environment_of(stage, "dev")["GAE_INSTANCE"] != before
    with pytest.raises(NoSuchInstance):
        stage.run(stage.engine.releases.delete_instance("default", "dev", before))


def test_a_log_entry_names_the_version(stage: Running) -> None:
    deploy(stage, "talkative")

    stage.ask("/say/here", Host="talkative-dot-default.localhost")

    def told(log: str) -> list[dict[str, object]]:
        rows = stage.engine.logs.entries(service="default", version="talkative")
        return [row for row in rows if row["log"] == log]

    until(lambda: bool(told("stdout")))
    assert told("stdout")[0]["message"] == "here"
    assert told("request")[0]["version"] == "talkative"
    assert told("stdout")[0]["trace"] == told("request")[0]["trace"]


def test_a_target_that_is_no_service_is_a_version_of_the_default_service(stage: Running) -> None:
    """`target: beta` of queue.yaml and cron.yaml."""
    deploy(stage, "beta")

    delivered = stage.run(stage.engine.send(Delivery(path="/env", service="beta")))

    assert json.loads(delivered.body)["GAE_VERSION"] == "beta"
    missing = stage.run(stage.engine.send(Delivery(path="/env", service="not-deployed")))
    assert json.loads(missing.body)["GAE_VERSION"] == "dev"
