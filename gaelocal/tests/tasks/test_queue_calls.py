"""The calls about queues, made by Google's own client."""

from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import tasks_v2
from tests.tasks.laboratory import LOCATION, Laboratory, a_task, queue_path

from gaelocal.retry import RetryPolicy
from gaelocal.tasks import QueueConfig
from gaelocal.tasks.queue_config import Routing

State = tasks_v2.Queue.State


def test_a_queue_of_the_file_is_described(lab: Laboratory) -> None:
    retry = RetryPolicy(max_attempts=8, min_backoff=1, max_backoff=300, max_doublings=0)
    config = QueueConfig(
        name="q", rate=5, bucket_size=7, max_concurrent=2, retry=retry, target=Routing("back")
    )
    client = lab.start(config)

    queue = client.get_queue(name=queue_path())

    assert queue.name == queue_path()
    assert queue.state == State.RUNNING
    assert queue.rate_limits == tasks_v2.RateLimits(
        max_dispatches_per_second=5, max_burst_size=7, max_concurrent_dispatches=2
    )
    assert (queue.retry_config.max_attempts, queue.retry_config.max_doublings) == (8, 0)
    assert queue.retry_config.min_backoff.total_seconds() == 1
    assert queue.app_engine_routing_override.service == "back"


def test_a_created_queue_has_the_defaults(lab: Laboratory) -> None:
    client = lab.start()

    queue = client.create_queue(parent=LOCATION, queue={"name": queue_path("new")})

    assert queue.state == State.RUNNING
    assert queue.rate_limits == tasks_v2.RateLimits(
        max_dispatches_per_second=500, max_burst_size=100, max_concurrent_dispatches=1000
    )
    assert (queue.retry_config.max_attempts, queue.retry_config.max_doublings) == (100, 16)
    assert queue.retry_config.min_backoff.total_seconds() == 0.1
    assert queue.retry_config.max_backoff.total_seconds() == 3600


def test_a_created_queue_works_and_survives_a_restart_and_a_deleted_one_does_not(lab: Laboratory) -> None:
    client = lab.start()
    client.create_queue(parent=LOCATION, queue={"name": queue_path("new")})
    client.create_queue(parent=LOCATION, queue={"name": queue_path("old")})
    client.create_task(parent=queue_path("new"), task=a_task())
    lab.until(lambda: lab.app.got)

    client.delete_queue(name=queue_path("old"))
    lab.stop()
    client = lab.start()

    assert [queue.name for queue in client.list_queues(parent=LOCATION)] == [queue_path("new")]
    with pytest.raises(exceptions.NotFound):
        client.get_queue(name=queue_path("old"))


def test_creating_a_queue_twice_is_refused(lab: Laboratory) -> None:
    client = lab.start(QueueConfig(name="q"))

    with pytest.raises(exceptions.AlreadyExists):
        client.create_queue(parent=LOCATION, queue={"name": queue_path()})


@pytest.mark.parametrize(
    "queue",
    [
        {"name": "q"},
        {"name": queue_path("under_score")},
        {"name": queue_path(location="projects/p/locations/other")},
        {"name": queue_path("x"), "rate_limits": {"max_dispatches_per_second": 501}},
        {"name": queue_path("x"), "rate_limits": {"max_concurrent_dispatches": 5001}},
        {"name": queue_path("x"), "retry_config": {"max_attempts": -2}},
        {
            "name": queue_path("x"),
            "retry_config": {"min_backoff": {"seconds": 9}, "max_backoff": {"seconds": 1}},
        },
    ],
)
def test_a_queue_that_breaks_a_rule_is_refused(lab: Laboratory, queue: dict[str, Any]) -> None:
    client = lab.start()

    with pytest.raises(exceptions.InvalidArgument):
        client.create_queue(parent=LOCATION, queue=queue)


def test_queues_are_listed_in_pages_and_by_state(lab: Laboratory) -> None:
    client = lab.start(QueueConfig(name="a"), QueueConfig(name="b", rate=0), QueueConfig(name="c"))

    pages = list(client.list_queues(request={"parent": LOCATION, "page_size": 2}).pages)
    paused = list(client.list_queues(request={"parent": LOCATION, "filter": "state: PAUSED"}))

    assert [len(page.queues) for page in pages] == [2, 1]
    assert [queue.name for queue in paused] == [queue_path("b")]


def test_an_update_changes_only_what_its_mask_names(lab: Laboratory) -> None:
    client = lab.start(QueueConfig(name="q", rate=5, max_concurrent=2))
    wanted = {
        "name": queue_path(),
        "rate_limits": {"max_dispatches_per_second": 50},
        "retry_config": {"max_attempts": 3},
    }

    queue = client.update_queue(
        queue=wanted, update_mask={"paths": ["rate_limits.max_dispatches_per_second"]}
    )

    assert queue.rate_limits.max_dispatches_per_second == 50
    assert queue.rate_limits.max_concurrent_dispatches == 2
    assert queue.retry_config.max_attempts == 100
    assert lab.queue("q")["rate"] == 50


def test_an_update_keeps_what_the_stand_in_does_not_use(lab: Laboratory) -> None:
    client = lab.start()
    logging = {"sampling_ratio": 0.5}
    client.create_queue(
        parent=LOCATION, queue={"name": queue_path("x"), "stackdriver_logging_config": logging}
    )

    client.update_queue(queue={"name": queue_path("x")}, update_mask={"paths": ["rate_limits"]})

    assert client.get_queue(name=queue_path("x")).stackdriver_logging_config.sampling_ratio == 0.5


def test_an_update_of_an_unknown_field_is_refused(lab: Laboratory) -> None:
    client = lab.start(QueueConfig(name="q"))

    for path in ("colour", "rate_limits.colour"):
        with pytest.raises(exceptions.InvalidArgument):
            client.update_queue(queue={"name": queue_path()}, update_mask={"paths": [path]})


def test_an_update_creates_a_missing_queue(lab: Laboratory) -> None:
    client = lab.start()

    client.update_queue(queue={"name": queue_path("new")})

    assert client.get_queue(name=queue_path("new")).state == State.RUNNING


def test_purging_empties_a_queue_and_says_when(lab: Laboratory) -> None:
    client = lab.start(QueueConfig(name="q", rate=0))
    client.create_task(parent=queue_path(), task=a_task())

    queue = client.purge_queue(name=queue_path())

    assert queue.purge_time.timestamp() == lab.clock.now()
    assert list(client.list_tasks(parent=queue_path())) == []


def test_a_queue_that_left_the_file_is_disabled_and_keeps_its_tasks(lab: Laboratory) -> None:
    client = lab.start(QueueConfig(name="stays"), QueueConfig(name="leaves", rate=0))
    client.create_task(parent=queue_path("leaves"), task=a_task())
    lab.stop()

    client = lab.start(QueueConfig(name="stays"))
    lab.quiet()

    assert client.get_queue(name=queue_path("leaves")).state == State.DISABLED
    assert lab.queue("leaves")["tasks"] == 1
    assert lab.app.got == []


def test_a_queue_that_comes_back_into_the_file_runs_again(lab: Laboratory) -> None:
    for queues in ([QueueConfig(name="q")], [], [QueueConfig(name="q")]):
        client = lab.start(*queues)
        state = client.get_queue(name=queue_path()).state
        lab.stop()

    assert state == State.RUNNING


def test_a_rate_of_0_pauses_a_queue_and_a_rate_wakes_it(lab: Laboratory) -> None:
    client = lab.start(QueueConfig(name="q", rate=0))
    asleep = client.get_queue(name=queue_path()).state
    client.create_task(parent=queue_path(), task=a_task())
    lab.stop()

    lab.start(QueueConfig(name="q", rate=1))

    assert asleep == State.PAUSED
    lab.until(lambda: lab.app.got)


def test_a_queue_that_a_person_paused_stays_paused_over_a_restart(lab: Laboratory) -> None:
    client = lab.start(QueueConfig(name="q"))
    client.pause_queue(name=queue_path())
    lab.stop()

    client = lab.start(QueueConfig(name="q"))

    assert client.get_queue(name=queue_path()).state == State.PAUSED


def test_calls_on_a_missing_queue_are_told_so(lab: Laboratory) -> None:
    client = lab.start()

    for call in (
        client.get_queue,
        client.pause_queue,
        client.resume_queue,
        client.purge_queue,
        client.delete_queue,
    ):
        with pytest.raises(exceptions.NotFound):
            call(name=queue_path("none"))
