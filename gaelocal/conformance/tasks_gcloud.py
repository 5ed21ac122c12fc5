"""`gcloud tasks` against gaelocal."""

from conformance.gcloud import Gcloud
from conformance.platform import running
from conformance.report import Report, Settings

NAME = "gcloud tasks"
LOCATION = "--location=us-central1"
ACCOUNT = "tasks@example.iam.gserviceaccount.com"


def run(_settings: Settings) -> Report:
    report = Report(NAME)
    with running({"queue.yaml": "queue:\n- name: of-the-file\n  rate: 5/s\n"}) as platform:
        gcloud = Gcloud(platform, report, "tasks")
        _locations(gcloud)
        _queues(gcloud)
        _policies(gcloud)
        _app_engine_tasks(gcloud)
        _http_tasks(gcloud)
        _ends(gcloud)
    return report


def _locations(gcloud: Gcloud) -> None:
    gcloud.tell("locations list", expect={"0.locationId": "us-central1"})
    gcloud.tell("locations describe us-central1", expect={"locationId": "us-central1"})
    gcloud.tell("cmek-config describe", LOCATION)


def _queues(gcloud: Gcloud) -> None:
    gcloud.tell(
        "queues create q --max-dispatches-per-second=7 --max-attempts=4 --min-backoff=1s",
        LOCATION,
        expect={"rateLimits.maxDispatchesPerSecond": 7.0, "retryConfig.maxAttempts": 4, "state": "RUNNING"},
    )
    gcloud.refuse("queues create q", LOCATION, words="already exists")
    gcloud.tell("queues describe q", LOCATION, expect={"retryConfig.minBackoff": "1s"})
    gcloud.refuse("queues describe missing", LOCATION, words="NOT_FOUND")
    gcloud.tell("queues list", LOCATION, "--filter=name~q$", expect={"0.state": "RUNNING"})
    gcloud.tell(
        "queues update q --max-concurrent-dispatches=3 --routing-override=service:worker,version:v1",
        LOCATION,
        expect={"rateLimits.maxConcurrentDispatches": 3, "appEngineRoutingOverride.service": "worker"},
    )
    gcloud.tell("queues update q --clear-routing-override --clear-max-attempts", LOCATION)
    gcloud.tell("queues pause q", LOCATION)
    gcloud.tell("queues resume q", LOCATION)
    gcloud.tell(
        "queues create to-http --http-method-override=PUT",
        "--http-uri-override=host:127.0.0.1,scheme:HTTP,port:9",
        LOCATION,
        expect={"httpTarget.uriOverride.host": "127.0.0.1", "httpTarget.httpMethod": "PUT"},
    )


def _policies(gcloud: Gcloud) -> None:
    binding = ("--member=user:ana@example.com", "--role=roles/cloudtasks.enqueuer", LOCATION)
    gcloud.tell("queues get-iam-policy q", LOCATION)
    gcloud.tell(
        "queues add-iam-policy-binding q", *binding, expect={"bindings.0.role": "roles/cloudtasks.enqueuer"}
    )
    gcloud.tell("queues remove-iam-policy-binding q", *binding, expect={"bindings": None})


def _app_engine_tasks(gcloud: Gcloud) -> None:
    queue = ("--queue=q", LOCATION)
    gcloud.tell("queues pause q", LOCATION)
    gcloud.tell(
        "create-app-engine-task one --relative-uri=/work --method=PUT --header=X-A:b --body-content=hi",
        *queue,
        expect={"appEngineHttpRequest.relativeUri": "/work", "appEngineHttpRequest.httpMethod": "PUT"},
    )
    gcloud.tell(
        "create-app-engine-task later --routing=service:default --schedule-time=2026-12-01T00:00:00Z",
        *queue,
        expect={
            "scheduleTime": "2026-12-01T00:00:00Z",
            "appEngineHttpRequest.appEngineRouting.service": "default",
        },
    )
    gcloud.tell("list", *queue, expect={"1.view": "BASIC"})
    gcloud.tell("describe one --response-view=full", *queue, expect={"appEngineHttpRequest.body": "aGk="})
    gcloud.tell("run one", *queue)
    gcloud.report.expect("the task arrives", gcloud.platform.wait_for("/work").get("method") == "PUT")
    gcloud.tell("delete later", *queue)


def _http_tasks(gcloud: Gcloud) -> None:
    queue = ("--queue=q", LOCATION)
    gcloud.tell(
        f"create-http-task --url=http://127.0.0.1:9/x --oidc-service-account-email={ACCOUNT}",
        *queue,
        expect={"httpRequest.oidcToken.serviceAccountEmail": ACCOUNT, "dispatchDeadline": "600s"},
    )
    gcloud.refuse("create-http-task --url=ftp://127.0.0.1/x", *queue, words="INVALID_ARGUMENT")
    gcloud.tell("buffer --queue=to-http --task-id=buffered", LOCATION)


def _ends(gcloud: Gcloud) -> None:
    gcloud.tell("queues purge q", LOCATION)
    gcloud.tell("queues delete q", LOCATION)
    gcloud.refuse("queues create q", LOCATION, words="existed too recently")
