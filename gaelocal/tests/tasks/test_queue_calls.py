"""The calls about queues, made by Google's own client."""

from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import tasks_v2
from tests.tasks.harness import LOCATION, TasksHarness, a_task, queue_path

from gaelocal.retry import RetryPolicy
from gaelocal.tasks import QueueConfig
from gaelocal.tasks.queue_config import Routing
from gaelocal.tasks.state.queue_state import QUEUE_NAME_SECONDS

State = tasks_v2.Queue.State


def test_a_queue_of_the_file_is_described(harness: TasksHarness) -> None:
    retry = RetryPolicy(max_attempts=8, min_backoff=1, max_backoff=300, max_doublings=0)
    config = QueueConfig(
        name="q", rate=5, bucket_size=7, max_concurrent=2, retry=retry, target=Routing("back")
    )
    client = harness.start(config)

    queue = client.get_queue(name=queue_path())

    assert queue.name == queue_path()
    assert queue.state == State.RUNNING
    assert queue.rate_limits == tasks_v2.RateLimits(
        max_dispatches_per_second=5, max_burst_size=7, max_concurrent_dispatches=2
    )
    assert (queue.retry_config.max_attempts, queue.retry_config.max_doublings) == (8, 0)
    assert queue.retry_config.min_backoff.total_seconds() == 1
    assert queue.app_engine_routing_override.service == "back"


def test_a_created_queue_has_the_defaults(harness: TasksHarness) -> None:
    client = harness.start()

    queue = client.create_queue(parent=LOCATION, queue={"name": queue_path("new")})

    assert queue.state == State.RUNNING
    assert queue.rate_limits == tasks_v2.RateLimits(
        max_dispatches_per_second=500, max_burst_size=100, max_concurrent_dispatches=1000
    )
    assert (queue.retry_config.max_attempts, queue.retry_config.max_doublings) == (100, 16)
    assert queue.retry_config.min_backoff.total_seconds() == 0.1
    assert queue.retry_config.max_backoff.total_seconds() == 3600


def test_a_created_queue_works_and_survives_a_restart_and_a_deleted_one_does_not(
    harness: TasksHarness,
) -> None:
    client = harness.start()
    client.create_queue(parent=LOCATION, queue={"name": queue_path("new")})
    client.create_queue(parent=LOCATION, queue={"name": queue_path("old")})
    client.create_task(parent=queue_path("new"), task=a_task())
    harness.until(lambda: harness.app.got)

    client.delete_queue(name=queue_path("old"))
    harness.stop()
    client = harness.start()

    assert [queue.name for queue in client.list_queues(parent=LOCATION)] == [queue_path("new")]
    with pytest.raises(exceptions.NotFound):
        client.get_queue(name=queue_path("old"))


def test_creating_a_queue_twice_is_refused(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q"))

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
def test_a_queue_that_breaks_a_rule_is_refused(harness: TasksHarness, queue: dict[str, Any]) -> None:
    client = harness.start()

    with pytest.raises(exceptions.InvalidArgument):
        client.create_queue(parent=LOCATION, queue=queue)


def test_queues_are_listed_in_pages_and_by_state(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="a"), QueueConfig(name="b", rate=0), QueueConfig(name="c"))

    pages = list(client.list_queues(request={"parent": LOCATION, "page_size": 2}).pages)
    paused = list(client.list_queues(request={"parent": LOCATION, "filter": "state: PAUSED"}))

    assert [len(page.queues) for page in pages] == [2, 1]
    assert [queue.name for queue in paused] == [queue_path("b")]


def test_an_update_changes_only_what_its_mask_names(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q", rate=5, max_concurrent=2))
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
    assert harness.queue("q")["rate"] == 50


def test_an_update_keeps_unused_fields(harness: TasksHarness) -> None:
    client = harness.start()
    logging = {"sampling_ratio": 0.5}
    client.create_queue(
        parent=LOCATION, queue={"name": queue_path("x"), "stackdriver_logging_config": logging}
    )

    client.update_queue(queue={"name": queue_path("x")}, update_mask={"paths": ["rate_limits"]})

    assert client.get_queue(name=queue_path("x")).stackdriver_logging_config.sampling_ratio == 0.5


def test_an_update_of_an_unknown_field_is_refused(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q"))

    for path in ("colour", "rate_limits.colour"):
        with pytest.raises(exceptions.InvalidArgument):
            client.update_queue(queue={"name": queue_path()}, update_mask={"paths": [path]})


def test_an_update_creates_a_missing_queue(harness: TasksHarness) -> None:
    client = harness.start()

    client.update_queue(queue={"name": queue_path("new")})

    assert client.get_queue(name=queue_path("new")).state == State.RUNNING


def test_purging_empties_a_queue_and_says_when(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q", rate=0))
    client.create_task(parent=queue_path(), task=a_task())

    queue = client.purge_queue(name=queue_path())

    assert queue.purge_time.timestamp() == harness.clock.now()
    assert list(client.list_tasks(parent=queue_path())) == []


def test_a_queue_that_left_the_file_is_disabled_and_keeps_its_tasks(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="stays"), QueueConfig(name="leaves", rate=0))
    client.create_task(parent=queue_path("leaves"), task=a_task())
    harness.stop()

    client = harness.start(QueueConfig(name="stays"))
    harness.quiet()

    assert client.get_queue(name=queue_path("leaves")).state == State.DISABLED
    assert harness.queue("leaves")["tasks"] == 1
    assert harness.app.got == []


def test_a_queue_that_comes_back_into_the_file_runs_again(harness: TasksHarness) -> None:
    for queues in ([QueueConfig(name="q")], [], [QueueConfig(name="q")]):
        client = harness.start(*queues)
        state = client.get_queue(name=queue_path()).state
        harness.stop()

    assert state == State.RUNNING


def test_a_rate_of_0_pauses_a_queue_and_a_rate_wakes_it(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q", rate=0))
    asleep = client.get_queue(name=queue_path()).state
    client.create_task(parent=queue_path(), task=a_task())
    harness.stop()

    harness.start(QueueConfig(name="q", rate=1))

    assert asleep == State.PAUSED
    harness.until(lambda: harness.app.got)


def test_a_queue_that_a_person_paused_stays_paused_over_a_restart(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q"))
    client.pause_queue(name=queue_path())
    harness.stop()

    client = harness.start(QueueConfig(name="q"))

    assert client.get_queue(name=queue_path()).state == State.PAUSED


def test_calls_on_a_missing_queue_are_not_found(harness: TasksHarness) -> None:
    client = harness.start()

    for call in (
        client.get_queue,
        client.pause_queue,
        client.resume_queue,
        client.purge_queue,
        client.delete_queue,
    ):
        with pytest.raises(exceptions.NotFound):
            call(name=queue_path("none"))


def test_the_name_of_a_deleted_queue_is_reserved_for_three_days(harness: TasksHarness) -> None:
    client = harness.start()
    client.create_queue(parent=LOCATION, queue={"name": queue_path()})
    client.delete_queue(name=queue_path())

    harness.advance(QUEUE_NAME_SECONDS - 1)
    with pytest.raises(exceptions.FailedPrecondition, match="existed too recently"):
        client.create_queue(parent=LOCATION, queue={"name": queue_path()})
    harness.advance(1)
    client.create_queue(parent=LOCATION, queue={"name": queue_path()})


def test_a_queue_is_found_only_in_its_own_location(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="of-the-file"))
    client.create_queue(parent=LOCATION, queue={"name": queue_path()})
    elsewhere = LOCATION.replace("europe-west1", "us-east1")

    with pytest.raises(exceptions.NotFound):
        client.get_queue(name=queue_path(location=elsewhere))

    assert [queue.name for queue in client.list_queues(parent=elsewhere)] == [
        queue_path("of-the-file", elsewhere)
    ]


@pytest.mark.parametrize(
    ("parent", "error"),
    [
        ("projects/photo-timeline/locations/nowhere-1", exceptions.InvalidArgument),
        ("projects/other/locations/europe-west1", exceptions.PermissionDenied),
        ("locations/europe-west1", exceptions.InvalidArgument),
    ],
)
def test_a_location_that_does_not_exist_and_another_project_are_refused(
    harness: TasksHarness, parent: str, error: type[Exception]
) -> None:
    harness.project = "photo-timeline"
    client = harness.start()

    with pytest.raises(error):
        client.list_queues(parent=parent)


def test_a_policy_is_kept_over_a_restart(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q"))
    binding = {"role": "roles/cloudtasks.enqueuer", "members": ["user:ana@example.com"]}
    policy = client.set_iam_policy(request={"resource": queue_path(), "policy": {"bindings": [binding]}})
    harness.stop()

    found = harness.start(QueueConfig(name="q")).get_iam_policy(request={"resource": queue_path()})

    assert found == policy
    assert [each.role for each in found.bindings] == ["roles/cloudtasks.enqueuer"]


def test_a_policy_that_was_changed_meanwhile_is_not_overwritten(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q"))

    with pytest.raises(exceptions.Aborted):
        client.set_iam_policy(request={"resource": queue_path(), "policy": {"etag": b"old"}})


def test_every_permission_is_granted(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q"))
    asked = {"resource": queue_path(), "permissions": ["cloudtasks.queues.get"]}

    assert client.test_iam_permissions(request=asked).permissions == ["cloudtasks.queues.get"]


def test_a_customer_managed_key_is_refused_by_name(harness: TasksHarness) -> None:
    client = harness.start()
    config = {"name": f"{LOCATION}/cmekConfig", "kms_key": "projects/p/locations/l/keyRings/r/cryptoKeys/k"}

    with pytest.raises(exceptions.MethodNotImplemented, match="customer-managed keys"):
        client.update_cmek_config(request={"cmek_config": config})


def test_the_operation_of_a_batch_can_be_read_again(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q", rate=0))
    requests = [{"parent": queue_path(), "task": a_task()}]

    batch = client.batch_create_tasks(request={"parent": queue_path(), "requests": requests})

    found = client.get_operation({"name": batch.operation.name})
    assert found.done
    assert found.metadata.type_url.endswith("/google.cloud.tasks.v2.BatchCreateTasksMetadata")


def test_the_location_is_listed(harness: TasksHarness) -> None:
    client = harness.start()

    found = client.list_locations({"name": "projects/photo-timeline"}).locations

    assert [location.location_id for location in found] == ["us-central1"]
