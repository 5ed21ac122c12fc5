"""Instance hours and their price, and the deadlines of requests."""

import asyncio
from pathlib import Path

import pytest
from tests.appengine.backends import a_backend
from tests.appengine.running import Running, StartEngine, a_service, until
from tests.full_disk import fill_disk_for, needs_full_device

from gaelocal.appengine.instance_hours import InstanceHours
from gaelocal.appengine.project import read_project
from gaelocal.appengine.runtime_options import RuntimeOptions
from gaelocal.delivery import Delivery, DeliveryFailed
from gaelocal.supervision import Health

HOUR = 3600.0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def hours_of(folder: Path, clock: Clock) -> InstanceHours:
    return InstanceHours(folder, Health().component("hours"), clock)


def test_hours_are_summed_by_service_and_class(tmp_path: Path) -> None:
    a_service(tmp_path, "default")
    a_service(tmp_path, "worker", "instance_class: B4\nmanual_scaling: {instances: 2}\n")
    services = read_project(tmp_path).services
    clock = Clock()
    hours = hours_of(tmp_path, clock)

    hours.begin("a", services["default"])
    hours.begin("b", services["worker"])
    clock.now = HOUR
    hours.begin("c", services["worker"])
    hours.end("a")
    hours.end("a")
    clock.now = 3 * HOUR

    default, worker = hours.rows()
    assert default == {
        "service": "default",
        "instance_class": "F1",
        "running": 0,
        "hours": 1.0,
        "price_per_hour": 0.05,
        "price": 0.05,
    }
    assert (worker["running"], worker["hours"], worker["price"]) == (2, 5.0, 1.0)


def test_each_instance_has_its_uptime_and_the_sums_survive_a_restart(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    a_service(tmp_path, "default", "manual_scaling:\n  instances: 2\n")
    running = start_engine(tmp_path)
    until(lambda: running.instance()["uptime"] > 0)

    (row,) = running.engine.control.usage()
    running.run(running.engine.stop())
    (later,) = start_engine(tmp_path).engine.control.usage()

    assert (row["service"], row["instance_class"], row["running"]) == ("default", "B2", 2)
    assert 0 < row["hours"] < later["hours"]
    assert later["running"] == 2


@pytest.mark.parametrize(
    ("scaling", "seconds"),
    [
        ("", 600.0),
        ("basic_scaling: {max_instances: 1}\n", 86_400.0),
        ("manual_scaling: {instances: 1}\n", 86_400.0),
    ],
)
def test_a_request_may_take_ten_minutes_or_a_day(
    tmp_path: Path, start_engine: StartEngine, scaling: str, seconds: float
) -> None:
    backend = a_backend(tmp_path, start_engine, scaling)

    (version,) = backend.running.engine.registry

    assert version.deadline == seconds


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory, start_engine: StartEngine) -> Running:
    """An engine with a deadline of a fifth of a second for requests to automatic scaling."""
    app = tmp_path_factory.mktemp("impatient")
    a_service(app, "default")
    a_service(app, "worker", "manual_scaling:\n  instances: 1\n")
    return start_engine(app, options=RuntimeOptions(request_seconds=0.2))


def test_a_shorter_deadline_is_for_requests_to_automatic_scaling_only(impatient: Running) -> None:
    late = impatient.ask("/wait/late")
    impatient.ask("/release/late")

    assert (late.status, late.json["detail"]) == (504, "default took longer than 0.2 seconds")
    assert [version.deadline for version in impatient.engine.registry] == [0.2, 86_400]


def test_a_task_has_its_own_deadline(impatient: Running) -> None:
    with pytest.raises(DeliveryFailed, match="TimeoutError"):
        impatient.run(impatient.engine.send(Delivery(path="/wait/task", service="worker", deadline=0.2)))

    impatient.ask("/release/task", Host="worker.localhost")


@needs_full_device
def test_a_full_disk_at_the_end_is_reported_and_does_not_keep_the_platform_from_ending(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        hours = hours_of(tmp_path, Clock())
        hours.start()
        fill_disk_for(tmp_path / "instance-hours.json")
        await hours.stop()

    asyncio.run(run())

    assert "instance-hours.json cannot be used (No space left on device)" in caplog.text
