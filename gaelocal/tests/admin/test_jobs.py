"""The calls of `gcloud app deploy cron.yaml` and their effect on the running scheduler."""

from typing import Any

from tests.admin.conftest import JOBS, Asked
from tests.full_disk import fill_disk_for, needs_full_device

from gaelocal.scheduler import deployed_jobs
from gaelocal.scheduler.job_list import DEPLOYED

LEGACY = {"legacyAppEngineCron": "True"}


def a_deployed_job(url: str = "/tasks/sweep", schedule: str = "every 10 minutes") -> dict[str, Any]:
    routing = {"service": "tasks-backend"}
    target = {"appEngineRouting": routing, "httpMethod": "GET", "relativeUri": url}
    return {
        "appEngineHttpTarget": target,
        "description": "keep promises",
        "legacyAppEngineCron": True,
        "schedule": schedule,
        "timeZone": "UTC",
    }


def deploy(ask: Asked, *wanted: dict[str, Any]) -> None:
    """Send gcloud's calls: create the missing jobs, then delete the surplus ones."""
    before = ask("GET", JOBS, params=LEGACY).json()["jobs"]
    for job in wanted:
        assert ask("POST", JOBS, job).status_code == 200
    for job in before:
        assert ask("DELETE", f"v1beta1/{job['name']}", params=LEGACY).status_code == 200


def shown(ask: Asked) -> dict[str, str]:
    """Return the schedules by URL, as the console shows them."""
    return {row["url"]: row["schedule"] for row in ask.behind.scheduler.jobs()}


def test_deployed_jobs_replace_those_of_the_file_in_the_running_scheduler(ask: Asked) -> None:
    deploy(ask, a_deployed_job())

    assert shown(ask) == {"/tasks/sweep": "every 10 minutes"}


def test_deployed_jobs_survive_a_restart(ask: Asked) -> None:
    deploy(ask, a_deployed_job(), a_deployed_job("/tasks/weekly", "every monday 09:00"))

    ask.restart()

    assert shown(ask) == {"/tasks/sweep": "every 10 minutes", "/tasks/weekly": "every monday 09:00"}
    assert [job.url for job in deployed_jobs(ask.folder / "scheduler") or []] == list(shown(ask))


@needs_full_device
def test_a_job_that_the_disk_has_no_room_for_is_not_created(ask: Asked) -> None:
    before = shown(ask)
    fill_disk_for(ask.folder / "scheduler" / DEPLOYED)

    refused = ask("POST", JOBS, a_deployed_job("/tasks/weekly"))

    assert (refused.status_code, refused.json()["error"]["status"]) == (503, "UNAVAILABLE")
    assert str(ask.folder) not in refused.text
    assert shown(ask) == before
    assert ask("POST", JOBS, a_deployed_job("/tasks/weekly")).status_code == 200


def test_an_empty_cron_yaml_removes_every_job(ask: Asked) -> None:
    deploy(ask)
    ask.restart()

    assert shown(ask) == {}


def test_while_a_deploy_is_under_way_no_job_runs_twice(ask: Asked) -> None:
    ask("POST", JOBS, a_deployed_job())

    assert shown(ask) == {"/tasks/sweep": "every 10 minutes", "/tasks/daily": "every day 09:00"}


def test_only_a_deployment_sees_a_job_of_the_file_without_its_schedule(
    ask: Asked,
) -> None:
    to_a_deploy = ask("GET", JOBS, params=LEGACY).json()["jobs"]
    to_others = ask.get(JOBS)["jobs"]

    assert not any("schedule" in job for job in to_a_deploy)
    assert [job["schedule"] for job in to_others] == ["every 5 minutes", "every day 09:00"]


def test_the_next_deployment_reads_a_deployed_job_as_it_was_sent(ask: Asked) -> None:
    retry = {
        "retryCount": 3,
        "minBackoffDuration": "5s",
        "maxBackoffDuration": "60s",
        "maxDoublings": 4,
        "maxRetryDuration": "0s",
    }
    sent = a_deployed_job() | {"retryConfig": retry}
    deploy(ask, sent)

    told = ask("GET", JOBS, params=LEGACY).json()["jobs"][0]

    del told["appEngineHttpTarget"]["appEngineRouting"]["host"]
    assert {key: told[key] for key in sent} == sent


def test_what_a_job_did_before_stays_known_when_it_is_deployed(ask: Asked) -> None:
    ask("POST", f"{JOBS}/cron-yaml-1:run")

    deploy(ask, a_deployed_job())

    assert ask.behind.scheduler.jobs()[0]["last_run"]["status"] == 200


def test_a_schedule_is_changed_in_place(ask: Asked) -> None:
    changed = ask("PATCH", f"{JOBS}/cron-yaml-2", {"schedule": "every day 10:00"}).json()

    assert changed["schedule"] == "every day 10:00"
    assert shown(ask)["/tasks/daily"] == "every day 10:00"


def test_a_schedule_that_app_engine_does_not_know_is_refused_in_words(ask: Asked) -> None:
    answer = ask("POST", JOBS, a_deployed_job(schedule="*/5 * * * *"))

    assert answer.status_code == 400
    assert "every 5 minutes" in answer.json()["error"]["message"]
