"""The number of instances follows app.yaml."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.appengine.backends import BACKEND, Backend, a_backend
from tests.appengine.releasing import a_version
from tests.appengine.running import Running, StartEngine, a_service, until

from gaelocal.appengine.http import Body, Response
from gaelocal.appengine.instances import Instance, InstanceRequest, Reaper, RunningVersion
from gaelocal.appengine.logs import LogBuffer
from gaelocal.appengine.logs.file import LogFile
from gaelocal.appengine.logs.terminal import Terminal
from gaelocal.appengine.project import read_project
from gaelocal.appengine.runtime_options import RuntimeOptions
from gaelocal.supervision import Health
from gaelocal.yaml_files import ConfigError

AUTOMATIC = "automatic_scaling:\n"


def busy(backend: Backend, count: int, check: Callable[[], None]) -> list[int]:
    """Send requests that wait, run `check` while they do, and return their statuses."""
    with ThreadPoolExecutor(count) as pool:
        waiting = [pool.submit(backend.status, "/wait/busy") for _ in range(count)]
        try:
            check()
        finally:
            backend.touch("released-busy")
        return [each.result() for each in waiting]


def running_count(backend: Backend) -> int:
    return backend.states().count("running")


def test_basic_scaling_grows_to_its_maximum_and_sleeps_when_idle(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    backend = a_backend(tmp_path, start_engine, "basic_scaling:\n  max_instances: 3\n  idle_timeout: 0.5s\n")
    at_first = backend.states()

    def grown() -> None:
        backend.saw("waiting-busy", 24)
        assert running_count(backend) == 3

    statuses = busy(backend, 24, grown)

    assert at_first == ["asleep"]
    assert statuses == [200] * 24
    until(lambda: backend.states() == ["asleep"])
    assert backend.events().count("/_ah/start") == backend.events().count("/_ah/stop") == 3


def test_an_instance_sleeps_although_it_handled_a_long_start_request_when_its_idle_time_was_over(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    backend = a_backend(tmp_path, start_engine, "basic_scaling:\n  max_instances: 1\n  idle_timeout: 1s\n")
    backend.status()
    instance = next(iter(backend.running.engine.registry)).instances[0]
    backend.touch("work-in-start")

    backend.running.run(backend.running.engine.control.restart_instance("worker", "dev", "0"))
    until(lambda: instance.is_starting_long)
    backend.touch("work-is-done")

    until(lambda: backend.states() == ["asleep"])


def test_an_idle_instance_serves_before_another_is_started(tmp_path: Path, start_engine: StartEngine) -> None:
    backend = a_backend(tmp_path, start_engine, "basic_scaling:\n  max_instances: 3\n")

    statuses = [backend.status() for _ in range(5)]

    assert statuses == [200] * 5
    assert backend.states() == ["running"]


def test_automatic_scaling_keeps_its_minimum_and_grows_when_requests_wait(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    numbers = "  min_instances: 2\n  max_instances: 3\n  max_concurrent_requests: 2\n"
    backend = a_backend(tmp_path, start_engine, AUTOMATIC + numbers)
    until(lambda: running_count(backend) == 2)

    def within_capacity() -> None:
        backend.saw("waiting-busy", 4)
        assert running_count(backend) == 2

    def above_capacity() -> None:
        backend.saw("waiting-busy", 6)
        assert running_count(backend) == 3

    small = busy(backend, 4, within_capacity)
    (backend.notes / "released-busy").unlink()
    (backend.notes / "events").unlink()
    large = busy(backend, 8, above_capacity)

    assert (small, large) == ([200] * 4, [200] * 8)


def test_a_request_waits_for_the_pending_latency_before_an_instance_is_started(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    numbers = "  min_instances: 1\n  max_concurrent_requests: 1\n  min_pending_latency: 600s\n"
    backend = a_backend(tmp_path, start_engine, AUTOMATIC + numbers)
    engine = backend.running.engine

    def one_waits() -> None:
        backend.saw("waiting-busy")
        until(lambda: sum(version.pending for version in engine.registry) == 1)
        assert backend.states() == ["running"]

    assert busy(backend, 2, one_waits) == [200, 200]
    assert backend.states() == ["running"]


def test_idle_instances_are_kept_ready_beside_the_busy_ones(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    backend = a_backend(tmp_path, start_engine, AUTOMATIC + "  min_idle_instances: 1\n")
    until(lambda: running_count(backend) == 1)

    statuses = busy(backend, 1, lambda: until(lambda: running_count(backend) == 2))

    assert statuses == [200]


def test_without_traffic_automatic_scaling_has_no_instance(tmp_path: Path, start_engine: StartEngine) -> None:
    backend = a_backend(tmp_path, start_engine, AUTOMATIC + "  max_instances: 1\n")

    assert backend.states() == ["asleep"]
    assert backend.status() == 200


def test_on_a_laptop_a_service_has_one_instance_that_keeps_running(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    numbers = "  min_instances: 5\n  max_concurrent_requests: 1\n"
    backend = a_backend(tmp_path, start_engine, AUTOMATIC + numbers, options=RuntimeOptions())

    statuses = busy(backend, 6, lambda: backend.saw("waiting-busy", 6))

    assert statuses == [200] * 6
    assert backend.states() == ["running"]


def test_a_deployed_version_is_scaled_as_in_production(tmp_path: Path, start_engine: StartEngine) -> None:
    a_service(tmp_path, "default")
    running: Running = start_engine(tmp_path, {"NOTES": str(tmp_path)})
    new = a_version(
        "grown",
        files={"main.py": BACKEND.encode()},
        entrypoint={"shell": "python main.py"},
        basicScaling={"maxInstances": 2, "idleTimeout": "600s"},
        instanceClass="B1",
    )
    running.run(running.engine.releases.create_version(new))
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(running.ask, "/wait/x", Host="grown.localhost") for _ in range(4)]
        until(lambda: len(running.engine.control.list_instances("default", "grown")) == 2)
        (tmp_path / "released-x").touch()

        served = {json.loads(each.result().body)["instance"] for each in asked}

    assert 1 <= len(served) <= 2


@pytest.mark.parametrize(
    ("scaling", "reason"),
    [
        ("automatic_scaling: {min_instances: few}", "must be a whole number"),
        ("automatic_scaling: {min_instances: 3, max_instances: 2}", "`min_instances` is 3"),
        ("automatic_scaling: {max_concurrent_requests: 0}", "must be 1 or more"),
        ("automatic_scaling: {min_pending_latency: soon}", "must be a duration"),
        ("basic_scaling: {max_instances: -1}", "must not be negative"),
    ],
)
def test_an_impossible_number_is_refused_with_its_line(tmp_path: Path, scaling: str, reason: str) -> None:
    a_service(tmp_path, "default", scaling + "\n")

    with pytest.raises(ConfigError, match=f"app.yaml:4: .*{reason}"):
        read_project(tmp_path)


class InstanceWithoutProcess(Instance):
    """Becomes ready when a test says so."""

    def start(self) -> None:
        self.state = "starting"

    def become_ready(self) -> None:
        self.state = "running"
        self._context.changed()

    async def exchange(self, instance_request: InstanceRequest) -> Response:
        return Response(204, [], instance_request.body)


def test_a_request_that_begins_to_wait_when_an_instance_becomes_ready_gets_it(tmp_path: Path) -> None:
    a_service(tmp_path, "default")
    service = read_project(tmp_path).services["default"]

    async def ask() -> int:
        logs = LogBuffer(LogFile(tmp_path / "logs"), Terminal(None, "info"))
        running = RunningVersion(service, {}, logs, Reaper(tmp_path), Health())
        instance = InstanceWithoutProcess(0, running._context)
        running.instances = [instance]
        running.start()
        asking = asyncio.create_task(running.exchange(InstanceRequest(b"", Body(), is_safe=True)))
        await asyncio.sleep(0)
        instance.become_ready()
        return (await asyncio.wait_for(asking, 5)).status

    assert asyncio.run(ask()) == 204
