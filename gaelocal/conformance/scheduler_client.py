"""Every method and target of google-cloud-scheduler, over gRPC and over REST."""

import time
from collections.abc import Callable
from typing import Any

import grpc
from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import scheduler_v1
from google.cloud.scheduler_v1.services.cloud_scheduler.transports import (
    CloudSchedulerGrpcTransport,
    CloudSchedulerRestTransport,
)

from conformance.http_receiver import HttpReceiver, http_receiver
from conformance.platform import Platform, running
from conformance.report import Report, Settings
from conformance.tasks_grpc import claims, contains, same

NAME = "google-cloud-scheduler over gRPC and REST"
ACCOUNT = "cron@example.iam.gserviceaccount.com"
CRON = "cron:\n- url: /of-the-file\n  schedule: every 24 hours\n"
State = scheduler_v1.Job.State


def run(_settings: Settings) -> Report:
    report = Report(NAME)
    with running({"cron.yaml": CRON}) as platform, http_receiver() as receiver:
        for kind, client in (("gRPC", _grpc(platform)), ("REST", _rest(platform))):
            Probes(kind, client, platform, receiver, report).run()
    return report


def _grpc(platform: Platform) -> scheduler_v1.CloudSchedulerClient:
    channel = grpc.insecure_channel(platform.addresses["scheduler"])
    return scheduler_v1.CloudSchedulerClient(transport=CloudSchedulerGrpcTransport(channel=channel))


def _rest(platform: Platform) -> scheduler_v1.CloudSchedulerClient:
    host = str(platform.addresses["admin"]).removeprefix("http://")
    transport = CloudSchedulerRestTransport(host=host, url_scheme="http", credentials=AnonymousCredentials())
    return scheduler_v1.CloudSchedulerClient(transport=transport)


class Probes:
    def __init__(
        self,
        kind: str,
        client: scheduler_v1.CloudSchedulerClient,
        platform: Platform,
        receiver: HttpReceiver,
        report: Report,
    ) -> None:
        self.kind = kind
        self.client = client
        self.platform = platform
        self.receiver = receiver
        self.report = report
        self.parent = f"projects/{platform.project}/locations/us-central1"

    def run(self) -> None:
        self.jobs()
        self.deliveries()
        self.refusals()

    def name(self, job: str) -> str:
        return f"{self.parent}/jobs/{self.kind}-{job}"

    def check(self, name: str) -> Any:
        return self.report.check(f"{self.kind}: {name}")

    def create(self, job: str, **fields: Any) -> scheduler_v1.Job:
        target = {} if "http_target" in fields else {"app_engine_http_target": {"relative_uri": "/x"}}
        job_fields = {"name": self.name(job), "schedule": "0 9 * * 1", **target, **fields}
        return self.client.create_job(parent=self.parent, job=job_fields)

    def jobs(self) -> None:
        client = self.client
        with self.check("create_job and get_job with every field"):
            fields = {
                "description": "all of it",
                "time_zone": "Europe/Berlin",
                "attempt_deadline": {"seconds": 60},
                "retry_config": {
                    "retry_count": 2,
                    "max_retry_duration": {"seconds": 60},
                    "min_backoff_duration": {"seconds": 1},
                    "max_backoff_duration": {"seconds": 9},
                    "max_doublings": 3,
                },
            }
            made = self.create("full", **fields)
            contains(made, fields)
            same(made.state, State.ENABLED)
            same(bool(made.schedule_time and made.user_update_time), True)
            same(client.get_job(name=made.name), made)
        with self.check("create_job chooses an ID"):
            job = {"schedule": "every 12 hours", "app_engine_http_target": {}}
            made = client.create_job(parent=self.parent, job=job)
            same(bool(made.name.removeprefix(f"{self.parent}/jobs/")), True)
            client.delete_job(name=made.name)
        with self.check("list_jobs in pages, with those of cron.yaml"):
            pages = list(client.list_jobs(request={"parent": self.parent, "page_size": 1}).pages)
            same([len(page.jobs) for page in pages][:2], [1, 1])
            same(pages[0].jobs[0].app_engine_http_target.relative_uri, "/of-the-file")
        with self.check("update_job by mask"):
            changed = {"name": self.name("full"), "schedule": "every day 10:00", "description": "no"}
            made = client.update_job(job=changed, update_mask={"paths": ["schedule"]})
            same((made.schedule, made.description), ("every day 10:00", "all of it"))
        with self.check("pause_job and resume_job"):
            same(client.pause_job(name=self.name("full")).state, State.PAUSED)
            same(client.resume_job(name=self.name("full")).state, State.ENABLED)
        with self.check("delete_job"):
            client.delete_job(name=self.name("full"))
            must_refuse(exceptions.NotFound, lambda: client.get_job(name=self.name("full")))
        with self.check("list_locations and get_location"):
            found = client.list_locations({"name": f"projects/{self.platform.project}"}).locations
            same(client.get_location({"name": found[0].name}).location_id, "us-central1")

    def deliveries(self) -> None:
        path = f"/{self.kind.lower()}"
        with self.check("an App Engine target"):
            target = {"relative_uri": path, "http_method": "PUT", "headers": {"X-A": "b"}, "body": b"hi"}
            name = self.create("app", app_engine_http_target=target).name
            self.client.run_job(name=name)
            sent = self.platform.wait_for(path)
            same((sent.get("method"), sent.get("body"), sent["headers"].get("X-A")), ("PUT", "hi", "b"))
        with self.check("an HTTP target with an OIDC token"):
            self.http("oidc", oidc_token={"service_account_email": ACCOUNT, "audience": "a"})
            same(claims(self.receiver.wait_for(f"{path}/oidc").headers)["aud"], "a")
        with self.check("an HTTP target with an OAuth token"):
            self.http("oauth", oauth_token={"service_account_email": ACCOUNT})
            same(claims(self.receiver.wait_for(f"{path}/oauth").headers)["email"], ACCOUNT)
        with self.check("the status of the last attempt"):
            self.receiver.answers[f"{path}/failing"] = [404]
            name = self.http("failing")
            wait(lambda: self.client.get_job(name=name).status.code == grpc.StatusCode.NOT_FOUND.value[0])
            same(bool(self.client.get_job(name=name).last_attempt_time), True)

    def http(self, job: str, **token: Any) -> str:
        uri = f"{self.receiver.url}/{self.kind.lower()}/{job}"
        name = self.create(job, http_target={"uri": uri, "http_method": "POST", **token}).name
        self.client.run_job(name=name)
        return str(name)

    def refusals(self) -> None:
        """Check the refusals by their HTTP status, which both transports tell."""
        cases: list[tuple[str, int, Callable[[], Any]]] = [
            ("a bad schedule", 400, lambda: self.create("bad", schedule="sometimes")),
            ("a bad time zone", 400, lambda: self.create("bad", time_zone="Mars/Base")),
            ("a bad job ID", 400, lambda: self.client.get_job(name=f"{self.parent}/jobs/a.b")),
            ("a job that exists", 409, lambda: self.create("app")),
            ("a missing job", 404, lambda: self.client.run_job(name=self.name("none"))),
            ("a bad mask", 400, lambda: self.update("colour")),
        ]
        for name, status, call in cases:
            with self.check(f"{name} is refused"):
                try:
                    found = call()
                except exceptions.GoogleAPICallError as error:
                    same(error.code, status)
                else:
                    raise AssertionError(f"accepted: {found!r}")

    def update(self, path: str) -> scheduler_v1.Job:
        return self.client.update_job(job={"name": self.name("app")}, update_mask={"paths": [path]})


def must_refuse(error: type[Exception], call: Callable[[], Any]) -> None:
    try:
        found = call()
    except error:
        return
    raise AssertionError(f"no {error.__name__}, but {found!r}")


def wait(condition: Callable[[], Any], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
        time.sleep(0.1)
