"""Valid and invalid cron.yaml files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gaelocal.retry import UNLIMITED, RetryPolicy
from gaelocal.scheduler import next_runs, read_jobs
from gaelocal.yaml_files import ConfigError


def written(folder: Path, text: str) -> Path:
    file = folder / "cron.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_missing_file_has_no_jobs(tmp_path: Path) -> None:
    assert read_jobs(tmp_path / "cron.yaml") == []


def test_a_job_is_listed_with_its_next_runs(tmp_path: Path) -> None:
    text = """
cron:
- url: /tasks/summary_email/weekly
  schedule: every monday 09:00
  target: tasks-backend
"""
    (weekly,) = read_jobs(written(tmp_path, text))

    found = next_runs(weekly, datetime(2026, 11, 20, tzinfo=UTC), 3)
    assert [at.isoformat() for at in found] == [
        "2026-11-23T09:00:00+00:00",
        "2026-11-30T09:00:00+00:00",
        "2026-12-07T09:00:00+00:00",
    ]
    assert weekly.target == "tasks-backend"


def test_all_fields_are_read(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        """
cron:
- description: "daily"
  url: /tasks/summary
  schedule: every day 09:00
  timezone: Europe/Berlin
  target: beta
  attempt_deadline: 320s
  retry_parameters:
    job_retry_limit: 3
    job_age_limit: 1d
    min_backoff_seconds: 2.5
    max_backoff_seconds: 60
    max_doublings: 5
""",
    )

    (job,) = read_jobs(file)

    assert (job.url, job.schedule, job.timezone, job.target) == (
        "/tasks/summary",
        "every day 09:00",
        "Europe/Berlin",
        "beta",
    )
    assert (job.description, job.attempt_deadline) == ("daily", 320)
    assert job.retry == RetryPolicy(
        max_attempts=4, max_retry_duration=86400, min_backoff=2.5, max_backoff=60, max_doublings=5
    )


def test_a_job_is_tried_once_unless_it_has_retry_parameters(tmp_path: Path) -> None:
    text = """
cron:
- {url: /a, schedule: every day 09:00}
- {url: /b, schedule: every day 09:00, retry_parameters: {job_age_limit: 5m}}
"""

    plain, aged = read_jobs(written(tmp_path, text))

    assert plain.retry.max_attempts == 1
    assert (aged.retry.max_attempts, aged.retry.max_retry_duration) == (UNLIMITED, 300)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("schedule: every 1 minute", "every 1 minutes"),
        ("schedule: '*/5 * * * *'", "unix cron"),
        (
            "schedule: every day 09:00\n  timezone: Mars/Olympus",
            "`timezone: Mars/Olympus` is not a time zone",
        ),
        ("schedule: every day 09:00\n  timezone: ../etc/passwd", "is not a time zone"),
        ("schedule: every day 09:00\n  target: a b", "must be the name of a service"),
        ("schedule: every day 09:00\n  urll: /x", "`urll` is not known here"),
        ("schedule: every day 09:00\n  attempt_deadline: 5s", "between 15s and 24h"),
        ("schedule: every day 09:00\n  retry_parameters: {job_retry_limit: 6}", "between 0 and 5"),
        ("schedule: every day 09:00\n  retry_parameters: {job_age_limit: soon}", "a number and a unit"),
        ("description: nothing", "`schedule` is missing"),
    ],
)
def test_an_error_names_its_file_and_line(tmp_path: Path, line: str, said: str) -> None:
    file = written(tmp_path, f"cron:\n- url: /a\n  {line}\n")

    with pytest.raises(ConfigError) as refusal:
        read_jobs(file)

    assert said in str(refusal.value)
    assert str(refusal.value).startswith(f"{file}:")


def test_a_url_outside_the_app_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, "cron:\n- url: http://elsewhere/\n  schedule: every day 09:00\n")

    with pytest.raises(ConfigError, match=r"cron.yaml:2: .* must be a path of the app"):
        read_jobs(file)
