"""Cloud Scheduler, called by Google's own client over gRPC."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.api_core import exceptions
from google.cloud import scheduler_v1, scheduler_v1beta1
from google.cloud.scheduler_v1.services.cloud_scheduler.transports import CloudSchedulerGrpcTransport
from google.cloud.scheduler_v1beta1.services.cloud_scheduler.transports import (
    CloudSchedulerGrpcTransport as BetaTransport,
)
from tests.scheduler.test_scheduler import ManualClock
from tests.tasks.http_receiver import HttpReceiver, http_receiver

from gaelocal.delivery import Delivered, Delivery
from gaelocal.identity.keys import load_or_make
from gaelocal.identity.tokens import Tokens
from gaelocal.scheduler import Job, Scheduler
from gaelocal.scheduler.grammar import parse_schedule
from gaelocal.scheduler.protocol.api import SchedulerApi
from gaelocal.tasks import TasksServer
from tests.waiting import eventually

PARENT = "projects/photo-timeline/locations/us-central1"
NAME = f"{PARENT}/jobs/nightly"
ACCOUNT = "cron@photo-timeline.iam.gserviceaccount.com"
Enabled = scheduler_v1.Job.State.ENABLED
Paused = scheduler_v1.Job.State.PAUSED


class Platform:
    """A scheduler and its API in a thread of their own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.got: list[Delivery] = []
        self.status = 200
        self.clock: Any = ManualClock()
        self.tokens = Tokens("http://localhost:8085")
        self.tokens.key = load_or_make(data / "key.pem")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(90)

    async def deliver(self, delivery: Delivery) -> Delivered:
        self.got.append(delivery)
        return Delivered(self.status)

    def start(self) -> scheduler_v1.CloudSchedulerClient:
        jobs = [Job(url="/sweep", schedule="every 5 minutes", rule=parse_schedule("every 5 minutes"))]
        self.scheduler = Scheduler(self.data, jobs, self.deliver, self.clock, credentials=self.tokens)
        self.server = TasksServer(self.data / "tasks", 0, [], self.deliver)
        api = SchedulerApi(self.scheduler, "photo-timeline", "localhost:8080")
        for service in (api.v1(), api.v1beta1()):
            self.server.add_service(service)
        self.do(self.server.start())
        self.do(self.scheduler.start())
        self.channel = grpc.insecure_channel(self.server.address)
        return scheduler_v1.CloudSchedulerClient(transport=CloudSchedulerGrpcTransport(channel=self.channel))

    def stop(self) -> None:
        self.channel.close()
        self.do(self.scheduler.stop())
        self.do(self.server.stop())

    def close(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(90)
        self._loop.close()


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    platform = Platform(tmp_path)
    yield platform
    platform.close()


@pytest.fixture
def client(platform: Platform) -> scheduler_v1.CloudSchedulerClient:
    return platform.start()


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    with http_receiver() as running:
        yield running


def app_engine_job(**changes: Any) -> dict[str, Any]:
    target = {
        "relative_uri": "/log",
        "body": b"hi",
        "app_engine_routing": {"service": "worker", "version": "v2"},
    }
    return {"name": NAME, "schedule": "0 9 * * 1", "app_engine_http_target": target} | changes


def test_a_created_job_is_described(client: scheduler_v1.CloudSchedulerClient) -> None:
    job = client.create_job(parent=PARENT, job=app_engine_job(time_zone="Europe/Berlin"))

    assert (job.name, job.state, job.time_zone) == (NAME, Enabled, "Europe/Berlin")
    assert job.app_engine_http_target.http_method == scheduler_v1.HttpMethod.POST
    assert job.app_engine_http_target.app_engine_routing.host == "v2.worker.photo-timeline.localhost:8080"
    assert job.attempt_deadline.total_seconds() == 180
    assert job.retry_config.min_backoff_duration.total_seconds() == 5
    assert (job.schedule_time.weekday(), job.schedule_time.hour) == (0, 8)
    assert client.get_job(name=NAME) == job


def test_a_job_runs_now_with_its_method_body_and_routing(
    platform: Platform, client: scheduler_v1.CloudSchedulerClient
) -> None:
    client.create_job(parent=PARENT, job=app_engine_job())

    client.run_job(name=NAME)

    eventually(lambda: len(platform.got) == 1)
    (sent,) = platform.got
    assert (sent.method, sent.path, sent.body) == ("POST", "/log", b"hi")
    assert (sent.service, sent.version) == ("worker", "v2")
    assert sent.headers["X-Cloudscheduler-Jobname"] == "nightly"
    assert sent.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(("status", "code"), [(200, 0), (404, 5), (500, 13)])
def test_the_last_attempt_is_described(
    platform: Platform, client: scheduler_v1.CloudSchedulerClient, status: int, code: int
) -> None:
    platform.status = status
    client.create_job(parent=PARENT, job=app_engine_job())

    client.run_job(name=NAME)

    eventually(lambda: "status" in client.get_job(name=NAME))
    job = client.get_job(name=NAME)
    assert job.status.code == code
    assert job.last_attempt_time.timestamp() == platform.clock.now()


def test_an_http_job_carries_a_token_for_its_address(
    platform: Platform, client: scheduler_v1.CloudSchedulerClient, receiver: HttpReceiver
) -> None:
    target = {"uri": f"{receiver.url}/hook", "http_method": "PUT", "headers": {"X-Mine": "1"}}
    oidc = {"service_account_email": ACCOUNT}
    client.create_job(
        parent=PARENT,
        job={"name": NAME, "schedule": "every 1 hours", "http_target": target | {"oidc_token": oidc}},
    )

    client.run_job(name=NAME)

    eventually(lambda: len(receiver.got) == 1)
    (sent,) = receiver.got
    assert (sent.method, sent.path, sent.headers["X-Mine"]) == ("PUT", "/hook", "1")
    token = sent.headers["Authorization"].removeprefix("Bearer ")
    claims = platform.tokens.key.read(token, issuer=platform.tokens.issuer)["payload"]
    assert (claims["aud"], claims["email"]) == (f"{receiver.url}/hook", ACCOUNT)


def test_a_paused_job_does_not_run_until_it_is_resumed(
    platform: Platform, client: scheduler_v1.CloudSchedulerClient
) -> None:
    client.create_job(parent=PARENT, job=app_engine_job(schedule="*/10 * * * *"))
    client.pause_job(name=f"{PARENT}/jobs/cron-yaml-1")
    paused = client.pause_job(name=NAME)

    platform.do(platform.clock.advance(3600))
    resumed = client.resume_job(name=NAME)

    assert (paused.state, resumed.state, platform.got) == (Paused, Enabled, [])
    assert resumed.schedule_time.timestamp() > platform.clock.now()


def test_only_an_enabled_job_is_paused_and_only_a_paused_one_resumed(
    client: scheduler_v1.CloudSchedulerClient,
) -> None:
    client.create_job(parent=PARENT, job=app_engine_job())

    with pytest.raises(exceptions.FailedPrecondition):
        client.resume_job(name=NAME)
    client.pause_job(name=NAME)
    with pytest.raises(exceptions.FailedPrecondition):
        client.pause_job(name=NAME)


def test_an_update_changes_what_its_mask_names(client: scheduler_v1.CloudSchedulerClient) -> None:
    client.create_job(parent=PARENT, job=app_engine_job(description="old"))
    changed = {"name": NAME, "schedule": "every 12 hours", "description": "new"}

    job = client.update_job(job=changed, update_mask={"paths": ["schedule"]})

    assert (job.schedule, job.description) == ("every 12 hours", "old")
    assert job.app_engine_http_target.relative_uri == "/log"


def test_an_update_changes_the_kind_of_the_target(client: scheduler_v1.CloudSchedulerClient) -> None:
    client.create_job(parent=PARENT, job=app_engine_job())
    changed = {"name": NAME, "http_target": {"uri": "http://example.com/"}}

    job = client.update_job(job=changed, update_mask={"paths": ["http_target"]})

    assert job.http_target.uri == "http://example.com/"
    assert "app_engine_http_target" not in job


def test_jobs_are_listed_in_pages_with_those_of_the_file(client: scheduler_v1.CloudSchedulerClient) -> None:
    client.create_job(parent=PARENT, job=app_engine_job())

    pages = client.list_jobs(request={"parent": PARENT, "page_size": 1}).pages

    names = [[job.name.rpartition("/")[2] for job in page.jobs] for page in pages]
    assert names == [["cron-yaml-1"], ["nightly"]]


def test_jobs_survive_a_restart(platform: Platform, client: scheduler_v1.CloudSchedulerClient) -> None:
    created = client.create_job(parent=PARENT, job=app_engine_job())
    platform.stop()

    assert platform.start().get_job(name=NAME) == created


def test_a_deleted_job_is_gone(client: scheduler_v1.CloudSchedulerClient) -> None:
    client.create_job(parent=PARENT, job=app_engine_job())
    client.delete_job(name=NAME)

    with pytest.raises(exceptions.NotFound):
        client.delete_job(name=NAME)


def test_a_deploy_does_not_see_jobs_that_were_created_by_calls(
    platform: Platform, client: scheduler_v1.CloudSchedulerClient
) -> None:
    client.create_job(parent=PARENT, job=app_engine_job())
    beta = scheduler_v1beta1.CloudSchedulerClient(transport=BetaTransport(channel=platform.channel))

    found = list(beta.list_jobs(request={"parent": PARENT, "legacy_app_engine_cron": True}))

    assert [job.name.rpartition("/")[2] for job in found] == ["cron-yaml-1"]


@pytest.mark.parametrize(
    ("job", "error"),
    [
        (app_engine_job(schedule="every fortnight"), exceptions.InvalidArgument),
        (app_engine_job(schedule=""), exceptions.InvalidArgument),
        (app_engine_job(time_zone="Mars/Base"), exceptions.InvalidArgument),
        (app_engine_job(attempt_deadline={"seconds": 5}), exceptions.InvalidArgument),
        (app_engine_job(retry_config={"retry_count": 6}), exceptions.InvalidArgument),
        (app_engine_job(name=f"{PARENT}/jobs/white space"), exceptions.InvalidArgument),
        (
            app_engine_job(name="projects/photo-timeline/locations/us-east1/jobs/x"),
            exceptions.InvalidArgument,
        ),
        ({"schedule": "* * * * *"}, exceptions.InvalidArgument),
        ({"schedule": "* * * * *", "http_target": {"uri": "ftp://x"}}, exceptions.InvalidArgument),
        (
            {"schedule": "* * * * *", "pubsub_target": {"topic_name": "projects/p/topics/t"}},
            exceptions.MethodNotImplemented,
        ),
    ],
)
def test_a_job_that_breaks_a_rule_is_refused(
    client: scheduler_v1.CloudSchedulerClient, job: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        client.create_job(parent=PARENT, job=job)


def test_a_cron_job_has_the_deadline_of_its_service_unless_it_names_one(
    platform: Platform, client: scheduler_v1.CloudSchedulerClient
) -> None:
    name = f"{PARENT}/jobs/cron-yaml-1"
    told = client.get_job(name=name).attempt_deadline.total_seconds()

    client.update_job(job={"name": name, "description": "new"}, update_mask={"paths": ["description"]})
    client.run_job(name=name)
    eventually(lambda: len(platform.got) == 1)
    client.update_job(
        job={"name": name, "attempt_deadline": {"seconds": 600}}, update_mask={"paths": ["attempt_deadline"]}
    )
    client.run_job(name=name)
    eventually(lambda: len(platform.got) == 2)

    assert told == 600
    assert [delivery.deadline for delivery in platform.got] == [None, 600]
