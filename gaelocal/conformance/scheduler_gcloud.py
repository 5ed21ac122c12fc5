"""`gcloud scheduler` against gaelocal."""

from conformance.gcloud import Gcloud
from conformance.platform import running
from conformance.report import Report, Settings

NAME = "gcloud scheduler"
LOCATION = "--location=us-central1"
ACCOUNT = "cron@example.iam.gserviceaccount.com"


def run(_settings: Settings) -> Report:
    report = Report(NAME)
    cron = "cron:\n- url: /of-the-file\n  schedule: every 24 hours\n"
    with running({"cron.yaml": cron}) as platform:
        gcloud = Gcloud(platform, report, "scheduler")
        gcloud.tell("locations list", expect={"0.locationId": "us-central1"})
        gcloud.tell("locations describe us-central1")
        _app_engine_jobs(gcloud)
        _http_jobs(gcloud)
        _states(gcloud)
        _refusals(gcloud)
        _deploys(gcloud)
    return report


def _app_engine_jobs(gcloud: Gcloud) -> None:
    gcloud.tell(
        "jobs create app-engine one --relative-url=/log --http-method=POST --service=default",
        "--schedule=every day 09:00",
        "--time-zone=Europe/Berlin",
        "--message-body=hi",
        "--headers=X-A=b",
        LOCATION,
        expect={"appEngineHttpTarget.relativeUri": "/log", "state": "ENABLED", "timeZone": "Europe/Berlin"},
    )
    gcloud.tell("jobs describe one", LOCATION, expect={"appEngineHttpTarget.body": "aGk="})
    gcloud.tell(
        "jobs update app-engine one",
        "--schedule=30 9 * * 1",
        "--description=changed",
        "--max-retry-attempts=2",
        LOCATION,
        expect={"schedule": "30 9 * * 1", "description": "changed", "retryConfig.retryCount": 2},
    )
    gcloud.tell("jobs run one", LOCATION)
    sent = gcloud.platform.wait_for("/log")
    gcloud.report.expect("the job arrives", (sent.get("method"), sent.get("body")) == ("POST", "hi"), sent)
    gcloud.tell("jobs describe one", LOCATION, expect={"lastAttemptTime": _last_attempt(gcloud)})


def _last_attempt(gcloud: Gcloud) -> object:
    found = gcloud.tell("jobs describe one", LOCATION)
    gcloud.report.expect("the last attempt is told", "lastAttemptTime" in (found or {}), found)
    return (found or {}).get("lastAttemptTime")


def _http_jobs(gcloud: Gcloud) -> None:
    gcloud.tell(
        "jobs create http two --uri=http://127.0.0.1:9/x --http-method=PUT",
        "--schedule=*/15 * * * *",
        f"--oidc-service-account-email={ACCOUNT}",
        "--attempt-deadline=60s",
        LOCATION,
        expect={
            "httpTarget.httpMethod": "PUT",
            "httpTarget.oidcToken.audience": None,
            "attemptDeadline": "60s",
        },
    )
    gcloud.tell(
        "jobs update http two --uri=http://127.0.0.1:9/y --update-headers=X-A=b --clear-auth-token",
        LOCATION,
        expect={"httpTarget.uri": "http://127.0.0.1:9/y", "httpTarget.oidcToken": None},
    )
    gcloud.tell("jobs list", LOCATION, expect={"2.httpTarget.uri": "http://127.0.0.1:9/y"})


def _states(gcloud: Gcloud) -> None:
    gcloud.tell("jobs pause two", LOCATION)
    gcloud.tell("jobs describe two", LOCATION, expect={"state": "PAUSED", "scheduleTime": None})
    gcloud.refuse("jobs pause two", LOCATION, words="FAILED_PRECONDITION")
    gcloud.tell("jobs resume two", LOCATION)
    gcloud.tell("jobs delete two", LOCATION)


def _refusals(gcloud: Gcloud) -> None:
    gcloud.refuse("jobs describe two", LOCATION, words="NOT_FOUND")
    gcloud.refuse(
        "jobs create app-engine bad --relative-url=/",
        "--schedule=sometimes",
        LOCATION,
        words="INVALID_ARGUMENT",
    )
    gcloud.refuse(
        "jobs create pubsub bad --topic=t --message-body=x", "--schedule=* * * * *", LOCATION, words="Pub/Sub"
    )


def _deploys(gcloud: Gcloud) -> None:
    """A deploy replaces the jobs of cron.yaml and leaves those that calls created."""
    deploy = Gcloud(gcloud.platform, gcloud.report, "app deploy")
    deploy.tell(str(gcloud.platform.folder / "cron.yaml"))
    deploy.tell(str(gcloud.platform.folder / "cron.yaml"))
    found = gcloud.tell("jobs list", LOCATION)
    targets = [job.get("appEngineHttpTarget", {}).get("relativeUri") for job in found or []]
    gcloud.report.expect("a deploy leaves other jobs", sorted(targets) == ["/log", "/of-the-file"], targets)
