"""The calls about tasks, made by Google's own client."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import tasks_v2
from tests.tasks.harness import LOCATION, TasksHarness, a_task, queue_path

from gaelocal.tasks import QueueConfig
from gaelocal.tasks.state.queue_state import TOMBSTONE_SECONDS, TOMBSTONE_SECONDS_OF_FILE

MIB = 1024 * 1024
PAUSED = QueueConfig(name="q", rate=0)
NAMED = f"{queue_path()}/tasks/one"
FULL = tasks_v2.Task.View.FULL


def test_a_created_task_is_returned_with_its_defaults(harness: TasksHarness) -> None:
    client = harness.start(PAUSED)

    task = client.create_task(parent=queue_path(), task=a_task(request={"body": b"secret"}))

    assert task.name.startswith(f"{queue_path()}/tasks/")
    assert task.app_engine_http_request.http_method == tasks_v2.HttpMethod.POST
    assert task.app_engine_http_request.body == b""
    assert task.view == tasks_v2.Task.View.BASIC
    assert task.schedule_time.timestamp() == harness.clock.now()
    assert task.create_time.timestamp() == harness.clock.now()
    assert (task.dispatch_count, task.response_count) == (0, 0)


def test_the_full_view_has_the_body(harness: TasksHarness) -> None:
    client = harness.start(PAUSED)
    task = client.create_task(parent=queue_path(), task=a_task(request={"body": b"secret"}))

    found = client.get_task(request={"name": task.name, "response_view": FULL})

    assert found.app_engine_http_request.body == b"secret"
    assert found.view == FULL


def test_a_name_in_use_is_refused(harness: TasksHarness) -> None:
    client = harness.start(PAUSED)
    client.create_task(parent=queue_path(), task=a_task(name=NAMED))

    with pytest.raises(exceptions.AlreadyExists):
        client.create_task(parent=queue_path(), task=a_task(name=NAMED))


@pytest.mark.parametrize("end", ["delete", "run", "purge"])
def test_a_used_name_is_refused_for_nine_days_in_a_queue_of_the_file(harness: TasksHarness, end: str) -> None:
    client = harness.start(PAUSED)
    client.create_task(parent=queue_path(), task=a_task(name=NAMED))
    endings: dict[str, Callable[[], Any]] = {
        "delete": lambda: client.delete_task(name=NAMED),
        "run": lambda: client.run_task(name=NAMED),
        "purge": lambda: client.purge_queue(name=queue_path()),
    }
    endings[end]()
    harness.until(lambda: harness.queue("q")["tasks"] == 0)
    harness.stop()
    client = harness.start(PAUSED)

    harness.advance(TOMBSTONE_SECONDS_OF_FILE - 1)
    with pytest.raises(exceptions.AlreadyExists):
        client.create_task(parent=queue_path(), task=a_task(name=NAMED))
    harness.advance(1)
    client.create_task(parent=queue_path(), task=a_task(name=NAMED))


def test_a_used_name_is_free_after_a_day_in_a_queue_made_by_a_call(harness: TasksHarness) -> None:
    client = harness.start()
    client.create_queue(parent=LOCATION, queue={"name": queue_path()})
    client.pause_queue(name=queue_path())
    client.create_task(parent=queue_path(), task=a_task(name=NAMED))
    client.delete_task(name=NAMED)

    harness.advance(TOMBSTONE_SECONDS - 1)
    with pytest.raises(exceptions.AlreadyExists):
        client.create_task(parent=queue_path(), task=a_task(name=NAMED))
    harness.advance(1)
    client.create_task(parent=queue_path(), task=a_task(name=NAMED))


def test_tasks_are_listed_in_pages_without_loss_or_repetition(harness: TasksHarness) -> None:
    client = harness.start(PAUSED)
    created = [client.create_task(parent=queue_path(), task=a_task()).name for _ in range(7)]

    pages = list(client.list_tasks(request={"parent": queue_path(), "page_size": 3}).pages)

    assert [len(page.tasks) for page in pages] == [3, 3, 1]
    assert [task.name for page in pages for task in page.tasks] == created


def test_a_deleted_task_is_gone(harness: TasksHarness) -> None:
    client = harness.start(PAUSED)
    task = client.create_task(parent=queue_path(), task=a_task())

    client.delete_task(name=task.name)

    for call in (client.get_task, client.delete_task, client.run_task):
        with pytest.raises(exceptions.NotFound):
            call(name=task.name)


def test_a_task_lists_its_attempts(harness: TasksHarness) -> None:
    client = harness.start(QueueConfig(name="q"))
    harness.app.always = 500
    task = client.create_task(parent=queue_path(), task=a_task())
    harness.until(lambda: harness.queue_waits("q"))
    harness.advance(0.5)
    harness.until(lambda: len(harness.app.got) == 2)

    found = client.get_task(name=task.name)

    assert (found.dispatch_count, found.response_count) == (2, 2)
    assert found.first_attempt.dispatch_time.timestamp() == 1_800_000_000
    assert found.first_attempt.response_time is None
    assert found.last_attempt.schedule_time.timestamp() == pytest.approx(1_800_000_000.1)
    assert found.last_attempt.dispatch_time.timestamp() == 1_800_000_000.5
    assert found.last_attempt.response_status.code == 13
    assert found.last_attempt.response_status.message == "INTERNAL(13): HTTP status code 500"
    assert found.schedule_time.timestamp() == pytest.approx(1_800_000_000.7)


def test_a_queue_answers_under_any_project_and_location_and_echoes_it(harness: TasksHarness) -> None:
    client = harness.start(PAUSED)
    task = client.create_task(parent=queue_path(), task=a_task())
    elsewhere = queue_path(location="projects/p:1/locations/us-central1")

    found = list(client.list_tasks(parent=elsewhere))

    assert [one.name for one in found] == [task.name.replace(queue_path(), elsewhere)]


def test_a_missing_queue_has_googles_error_message(harness: TasksHarness) -> None:
    client = harness.start()

    with pytest.raises(exceptions.NotFound) as refusal:
        client.create_task(parent=queue_path("none"), task=a_task())

    assert refusal.value.message == (
        "Queue does not exist. If you just created the queue, "
        "wait at least a minute for the queue to initialize."
    )


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (tasks_v2.Task(), "message_type must be set"),
        (a_task("no-slash"), 'must begin with "/"'),
        (a_task("/with space"), "without spaces"),
        (a_task("/" + "x" * 2083), "2083"),
        (a_task(name="one"), "Invalid task name"),
        (a_task(name=f"{queue_path()}/tasks/a.b"), "Invalid task ID"),
        (a_task(name=f"{queue_path()}/tasks/{'x' * 501}"), "Invalid task ID"),
        (a_task(name=f"{queue_path('other')}/tasks/one"), "must be the same"),
        (a_task(request={"body": b"x" * MIB}), "too large"),
        (a_task(request={"body": b"x", "http_method": "GET"}), "A body is allowed only"),
        (a_task(request={"headers": {"bad header": "x"}}), "not a valid HTTP header"),
        (a_task(request={"headers": {"X-A": "x\r\nX-B: y"}}), "not a valid HTTP header"),
        (a_task(schedule_time=datetime.fromtimestamp(1_800_000_000 + 30 * 86400 + 1, UTC)), "30 days"),
        (a_task(dispatch_deadline={"seconds": 14}), "between .15s, 86415s"),
        (a_task(dispatch_deadline={"seconds": 86416}), "between .15s, 86415s"),
        (tasks_v2.Task(http_request={"url": "ftp://x"}), "must begin with"),
        (tasks_v2.Task(http_request={"url": "http://x"}, dispatch_deadline={"seconds": 1801}), "1800s"),
        (a_task(retry_config={"max_attempts": -2}), "max_attempts must be -1 or more"),
    ],
)
def test_a_task_that_breaks_a_rule_is_refused(harness: TasksHarness, task: tasks_v2.Task, said: str) -> None:
    client = harness.start(PAUSED)

    with pytest.raises(exceptions.InvalidArgument, match=said):
        client.create_task(parent=queue_path(), task=task)


def test_an_http_task_of_just_under_a_mebibyte_is_accepted(harness: TasksHarness) -> None:
    client = harness.start(PAUSED)
    request = {"url": "http://example.com/", "body": b"x" * (MIB - 100)}

    task = client.create_task(parent=queue_path(), task=tasks_v2.Task(http_request=request))

    found = client.get_task(request={"name": task.name, "response_view": FULL})
    assert len(found.http_request.body) == MIB - 100


def test_the_limit_of_a_task_for_the_app_is_a_hundred_kibibytes(harness: TasksHarness) -> None:
    client = harness.start(PAUSED)

    client.create_task(parent=queue_path(), task=a_task(request={"body": b"x" * 102_400}))
    with pytest.raises(exceptions.InvalidArgument, match="too large"):
        client.create_task(parent=queue_path(), task=a_task(request={"body": b"x" * 102_401}))


def test_a_task_has_a_deadline_of_ten_minutes_unless_it_names_one(harness: TasksHarness) -> None:
    client = harness.start(PAUSED)

    task = client.create_task(parent=queue_path(), task=a_task())

    assert task.dispatch_deadline.total_seconds() == 600


@pytest.mark.parametrize("parent", ["q", "projects/p/queues/q", f"{LOCATION}/queues/under_score", ""])
def test_a_malformed_queue_name_is_refused(harness: TasksHarness, parent: str) -> None:
    client = harness.start(PAUSED)

    with pytest.raises(exceptions.InvalidArgument):
        client.create_task(parent=parent, task=a_task())


@pytest.mark.parametrize("token", ["x", "-1", "9" * 30, "²"])
def test_a_page_token_of_another_list_is_refused(harness: TasksHarness, token: str) -> None:
    client = harness.start(PAUSED)

    with pytest.raises(exceptions.InvalidArgument):
        client.list_tasks(request={"parent": queue_path(), "page_token": token})


def test_a_batch_creates_what_it_can_and_tells_the_rest(harness: TasksHarness) -> None:
    client = harness.start(PAUSED)
    requests = [{"parent": queue_path(), "task": a_task(name=NAMED)} for _ in range(2)]

    operation = client.batch_create_tasks(parent=queue_path(), requests=requests)

    assert [task.name for task in operation.result().tasks] == [NAMED]
    assert {index: status.code for index, status in operation.metadata.failed_requests.items()} == {1: 6}


def test_a_batch_deletes(harness: TasksHarness) -> None:
    client = harness.start(PAUSED)
    names = [client.create_task(parent=queue_path(), task=a_task()).name for _ in range(3)]

    operation = client.batch_delete_tasks(parent=queue_path(), names=names)

    operation.result()
    assert list(client.list_tasks(parent=queue_path())) == []


def test_a_batch_of_which_nothing_succeeds_fails(harness: TasksHarness) -> None:
    client = harness.start(PAUSED)

    operation = client.batch_delete_tasks(parent=queue_path(), names=[NAMED])

    with pytest.raises(exceptions.GoogleAPICallError, match="None of the requests succeeded"):
        operation.result()
