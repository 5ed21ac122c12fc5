"""Valid and invalid queue.yaml files, and the resulting settings."""

from pathlib import Path

import pytest

from gaelocal.retry import UNLIMITED, RetryPolicy
from gaelocal.tasks import QueueConfig, read_queues
from gaelocal.tasks.queue_config import Routing
from gaelocal.yaml_files import ConfigError


def read(folder: Path, text: str) -> list[QueueConfig]:
    file = folder / "queue.yaml"
    file.write_text(text, encoding="utf-8")
    return read_queues(file)


def test_a_missing_file_has_no_queues(tmp_path: Path) -> None:
    assert read_queues(tmp_path / "queue.yaml") == []


def test_every_setting_of_a_queue_is_read(tmp_path: Path) -> None:
    text = """
queue:
- name: renditions
  target: tasks-backend
  rate: 20/s
  bucket_size: 20
  max_concurrent_requests: 4
  retry_parameters:
    task_retry_limit: 7
    min_backoff_seconds: 1
    max_backoff_seconds: 300
    max_doublings: 6
"""
    (queue,) = read(tmp_path, text)

    assert queue == QueueConfig(
        name="renditions",
        rate=20,
        bucket_size=20,
        max_concurrent=4,
        retry=RetryPolicy(max_attempts=8, min_backoff=1, max_backoff=300, max_doublings=6),
        target=Routing("tasks-backend"),
    )


def test_a_queue_without_settings_gets_the_defaults(tmp_path: Path) -> None:
    (queue,) = read(tmp_path, "queue:\n- name: plain\n")

    assert (queue.rate, queue.bucket_size, queue.max_concurrent) == (500, 5, 1000)
    assert queue.retry == RetryPolicy(
        max_attempts=UNLIMITED, max_retry_duration=0, min_backoff=0.1, max_backoff=3600, max_doublings=16
    )


@pytest.mark.parametrize(
    ("written", "rate"),
    [("0", 0), ("0/s", 0), ("5/s", 5), ("30/m", 0.5), ("1.5/s", 1.5), ("36/h", 0.01), ("86400/d", 1)],
)
def test_a_rate_is_in_tasks_a_second(tmp_path: Path, written: str, rate: float) -> None:
    (queue,) = read(tmp_path, f"queue:\n- name: q\n  rate: {written}\n")

    assert queue.rate == pytest.approx(rate)


@pytest.mark.parametrize(
    ("written", "routing"),
    [
        ("backend", Routing("backend")),
        ("v2.backend", Routing("backend", "v2")),
        ("1.v2.backend", Routing("backend", "v2", "1")),
    ],
)
def test_a_target_names_service_version_and_instance(tmp_path: Path, written: str, routing: Routing) -> None:
    (queue,) = read(tmp_path, f"queue:\n- name: q\n  target: {written}\n")

    assert queue.target == routing


def test_an_age_alone_leaves_the_number_of_attempts_open(tmp_path: Path) -> None:
    (queue,) = read(tmp_path, "queue:\n- name: q\n  retry_parameters: {task_age_limit: 2h}\n")

    assert (queue.retry.max_attempts, queue.retry.max_retry_duration) == (UNLIMITED, 7200)


def test_one_backoff_alone_moves_the_default_of_the_other(tmp_path: Path) -> None:
    low, high = read(
        tmp_path,
        "queue:\n"
        "- {name: a, retry_parameters: {min_backoff_seconds: 7200}}\n"
        "- {name: b, retry_parameters: {max_backoff_seconds: 0.05}}\n",
    )

    assert (low.retry.min_backoff, low.retry.max_backoff) == (7200, 7200)
    assert (high.retry.min_backoff, high.retry.max_backoff) == (0.05, 0.05)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("name: has_underscore", "`has_underscore` is not a valid queue name"),
        ("name: q\n  rate: fast", "must be 0 or a number and a unit"),
        ("name: q\n  rate: 5", "must be 0 or a number and a unit"),
        ("name: q\n  rate: 501/s", "more than the maximum of 500/s"),
        ("name: q\n  bucket_size: 501", "between 1 and 500"),
        ("name: q\n  max_concurrent_requests: many", "must be a whole number"),
        ("name: q\n  mode: pull", "pull queues no longer exist"),
        ("name: q\n  ratee: 5/s", "`ratee` is not known here"),
        ("name: q\n  target: a b", "must be the name of a service"),
        ("name: q\n  retry_parameters: {task_retry_limit: -1}", "0 or more"),
        ("name: q\n  retry_parameters: {task_age_limit: 5}", "must be like 30s"),
        ("name: q\n  retry_parameters: {min_backoff_seconds: 9, max_backoff_seconds: 1}", "is more than"),
        ("name: q\n  retry_parameters: {tries: 1}", "`tries` is not known here"),
        ("name: q\n- name: q", "is defined twice"),
        ("rate: 5/s", "`name` is missing"),
    ],
)
def test_an_error_names_its_file_and_line(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        read(tmp_path, f"queue:\n- {line}\n")

    assert said in str(refusal.value)
    assert str(refusal.value).startswith(f"{tmp_path / 'queue.yaml'}:")


def test_an_access_list_is_accepted_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (queue,) = read(tmp_path, "queue:\n- name: q\n  rate: 1/s\n  acl:\n  - user_email: a@example.com\n")

    assert queue.rate == 1
    assert "queue.yaml:4: `acl` has no effect" in caplog.text
