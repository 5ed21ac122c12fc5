"""Every method and field of google-cloud-tasks over gRPC."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import grpc
from google.api_core import exceptions
from google.cloud import tasks_v2, tasks_v2beta3
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport
from google.cloud.tasks_v2beta3.services.cloud_tasks.transports import (
    CloudTasksGrpcTransport as BetaTransport,
)

from conformance.http_receiver import HttpReceiver, http_receiver
from conformance.platform import Platform, running
from conformance.report import Report, Settings

NAME = "google-cloud-tasks over gRPC"
ACCOUNT = "tasks@example.iam.gserviceaccount.com"
FULL = tasks_v2.Task.View.FULL
Invalid, Missing, Exists = exceptions.InvalidArgument, exceptions.NotFound, exceptions.AlreadyExists
SHORT = {"min_backoff": {"nanos": 100_000_000}, "max_backoff": {"nanos": 200_000_000}}


def run(_settings: Settings) -> Report:
    report = Report(NAME)
    files = {"queue.yaml": "queue:\n- name: of-the-file\n  rate: 5/s\n"}
    with running(files) as platform, http_receiver() as receiver:
        Probes(platform, receiver, report).run()
    return report


class Probes:
    def __init__(self, platform: Platform, receiver: HttpReceiver, report: Report) -> None:
        self.platform = platform
        self.receiver = receiver
        self.report = report
        self.check, self.refuses = report.check, report.refuses
        self.parent = f"projects/{platform.project}/locations/us-central1"
        self._count = 0

    @cached_property
    def channel(self) -> grpc.Channel:
        return grpc.insecure_channel(self.platform.addresses["tasks"])

    @cached_property
    def client(self) -> tasks_v2.CloudTasksClient:
        return tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=self.channel))

    def run(self) -> None:
        self.queues()
        self.queue_changes()
        self.queue_refusals()
        self.tasks()
        self.task_fields()
        self.task_refusals()
        self.delivery()
        self.http_delivery()
        self.batches()
        self.other_services()
        self.beta()

    def name(self) -> str:
        self._count += 1
        return f"{self.parent}/queues/q{self._count}"

    def queue(self, **fields: Any) -> str:
        return str(self.client.create_queue(parent=self.parent, queue={"name": self.name(), **fields}).name)

    @contextmanager
    def paused(self, **fields: Any) -> Iterator[str]:
        queue = self.queue(**fields)
        self.client.pause_queue(name=queue)
        yield queue

    def app_task(self, queue: str, uri: str = "/work", view: Any = None, **fields: Any) -> Any:
        request = {"relative_uri": uri} | fields.pop("request", {})
        task = {"app_engine_http_request": request, **fields}
        return self.client.create_task(request={"parent": queue, "task": task, "response_view": view})

    def http_task(self, queue: str, path: str, **fields: Any) -> Any:
        request = {"url": self.receiver.url + path} | fields.pop("request", {})
        return self.client.create_task(parent=queue, task={"http_request": request, **fields})

    def queues(self) -> None:
        client = self.client
        with self.check("create_queue fills in the defaults"):
            made = client.get_queue(name=self.queue())
            limits, retry = made.rate_limits, made.retry_config
            same((limits.max_dispatches_per_second, limits.max_burst_size), (500.0, 100))
            same(limits.max_concurrent_dispatches, 1000)
            same((retry.max_attempts, retry.max_doublings), (100, 16))
            same(retry.min_backoff.total_seconds(), 0.1)
            same(retry.max_backoff.total_seconds(), 3600.0)
            same(made.state, tasks_v2.Queue.State.RUNNING)
        fields: dict[str, Any] = {
            "rate_limits": {"max_dispatches_per_second": 3.5, "max_concurrent_dispatches": 7},
            "retry_config": {
                "max_attempts": 5,
                "max_retry_duration": {"seconds": 60},
                "max_doublings": 2,
                **SHORT,
            },
            "app_engine_routing_override": {"service": "worker", "version": "v1", "instance": "0"},
            "stackdriver_logging_config": {"sampling_ratio": 0.5},
            "http_target": {
                "uri_override": {
                    "scheme": "HTTP",
                    "host": "127.0.0.1",
                    "port": 9,
                    "path_override": {"path": "/p"},
                },
                "http_method": "PUT",
                "header_overrides": [{"header": {"key": "X-A", "value": "b"}}],
                "oauth_token": {"service_account_email": ACCOUNT, "scope": "s"},
            },
        }
        for field, value in fields.items():
            with self.check(f"create_queue keeps {field}"):
                found = client.get_queue(name=self.queue(**{field: value}))
                contains(getattr(found, field), value)
        with self.check("create_queue tells the host of a routing"):
            found = client.get_queue(name=self.queue(app_engine_routing_override={"service": "worker"}))
            same(found.app_engine_routing_override.host.split(".")[0], "worker")

    def queue_changes(self) -> None:
        client = self.client
        with self.check("update_queue changes what the mask names"):
            queue = self.queue(retry_config={"max_attempts": 5, "max_doublings": 3})
            changed = {"name": queue, "retry_config": {"max_attempts": 6, "max_doublings": 9}}
            found = client.update_queue(queue=changed, update_mask={"paths": ["retry_config.max_attempts"]})
            same((found.retry_config.max_attempts, found.retry_config.max_doublings), (6, 3))
        with self.check("update_queue without a mask changes everything"):
            queue = self.queue(retry_config={"max_attempts": 5})
            found = client.update_queue(
                queue={"name": queue, "rate_limits": {"max_dispatches_per_second": 1}}
            )
            same((found.rate_limits.max_dispatches_per_second, found.retry_config.max_attempts), (1.0, 100))
        with self.check("update_queue creates a queue"):
            same(client.update_queue(queue={"name": self.name()}).state, tasks_v2.Queue.State.RUNNING)
        with self.check("pause_queue and resume_queue"):
            queue = self.queue()
            same(client.pause_queue(name=queue).state, tasks_v2.Queue.State.PAUSED)
            same(client.resume_queue(name=queue).state, tasks_v2.Queue.State.RUNNING)
        with self.check("purge_queue removes tasks and tells the time"), self.paused() as queue:
            self.app_task(queue)
            same(bool(client.purge_queue(name=queue).purge_time), True)
            same(list(client.list_tasks(parent=queue)), [])
        with self.check("delete_queue"):
            queue = self.queue()
            client.delete_queue(name=queue)
            self.must_refuse(Missing, lambda: client.get_queue(name=queue))
        with self.check("list_queues in pages"):
            pages = list(client.list_queues(request={"parent": self.parent, "page_size": 2}).pages)
            same(len(pages[0].queues), 2)
            same(len({queue.name for page in pages for queue in page.queues}) > 5, True)
        with self.check("list_queues by state"):
            queue = self.queue()
            client.pause_queue(name=queue)
            found = client.list_queues(request={"parent": self.parent, "filter": "state: PAUSED"})
            same(queue in [each.name for each in found], True)
        with self.check("a queue of queue.yaml"):
            found = client.get_queue(name=f"{self.parent}/queues/of-the-file")
            same((found.rate_limits.max_dispatches_per_second, found.rate_limits.max_burst_size), (5.0, 5))
            same(found.retry_config.max_attempts, -1)

    def queue_refusals(self) -> None:
        client, parent = self.client, self.parent
        queue = self.queue()

        def create(**fields: Any) -> Callable[[], Any]:
            return lambda: client.create_queue(parent=parent, queue={"name": self.name(), **fields})

        self.refuses(
            "a queue that exists", Exists, lambda: client.create_queue(parent=parent, queue={"name": queue})
        )
        self.refuses("a missing queue", Missing, lambda: client.get_queue(name=self.name()))
        self.refuses("a bad queue ID", Invalid, lambda: client.get_queue(name=f"{parent}/queues/a_b"))
        self.refuses(
            "a long queue ID", Invalid, lambda: client.get_queue(name=f"{parent}/queues/{'x' * 101}")
        )
        self.refuses("a bad queue name", Invalid, lambda: client.get_queue(name="q"))
        self.refuses(
            "another parent",
            Invalid,
            lambda: client.create_queue(parent=f"{parent[:-1]}2", queue={"name": queue}),
        )
        self.refuses(
            "another project",
            exceptions.PermissionDenied,
            lambda: list(client.list_queues(parent="projects/somebody-else/locations/us-central1")),
        )
        self.refuses(
            "an unknown location",
            Invalid,
            lambda: list(client.list_queues(parent=f"projects/{self.platform.project}/locations/moon-1")),
        )
        self.refuses("a rate above 500", Invalid, create(rate_limits={"max_dispatches_per_second": 501}))
        self.refuses(
            "concurrency above 5000", Invalid, create(rate_limits={"max_concurrent_dispatches": 5001})
        )
        self.refuses(
            "crossed backoffs",
            Invalid,
            create(retry_config={"min_backoff": {"seconds": 9}, "max_backoff": {"seconds": 1}}),
        )
        self.refuses("attempts below -1", Invalid, create(retry_config={"max_attempts": -2}))
        self.refuses(
            "a bad update mask",
            Invalid,
            lambda: client.update_queue(queue={"name": queue}, update_mask={"paths": ["colour"]}),
        )
        self.refuses(
            "a foreign page token",
            Invalid,
            lambda: list(client.list_queues(request={"parent": parent, "page_token": "abc"})),
        )
        self.refuses(
            "a bad filter",
            Invalid,
            lambda: list(client.list_queues(request={"parent": parent, "filter": "colour = red"})),
        )

        def recreate() -> None:
            client.delete_queue(name=queue)
            client.create_queue(parent=parent, queue={"name": queue})

        self.refuses("the name of a deleted queue", exceptions.FailedPrecondition, recreate)

    def tasks(self) -> None:
        client = self.client
        with self.paused() as queue:
            with self.check("create_task returns the basic view"):
                task = self.app_task(queue, request={"body": b"secret"})
                same((task.view, task.app_engine_http_request.body), (tasks_v2.Task.View.BASIC, b""))
                same(bool(task.create_time and task.schedule_time), True)
                same(task.app_engine_http_request.http_method, tasks_v2.HttpMethod.POST)
                same(task.dispatch_deadline.total_seconds(), 600.0)
            with self.check("create_task returns the full view"):
                same(
                    self.app_task(queue, view=FULL, request={"body": b"x"}).app_engine_http_request.body, b"x"
                )
            with self.check("get_task in the full view"):
                name = self.app_task(queue, request={"body": b"secret"}).name
                found = client.get_task(request={"name": name, "response_view": FULL})
                same(found.app_engine_http_request.body, b"secret")
            with self.check("list_tasks in pages"):
                pages = list(client.list_tasks(request={"parent": queue, "page_size": 2}).pages)
                same([len(page.tasks) for page in pages], [2, 1])
            with self.check("delete_task"):
                client.delete_task(name=name)
                self.must_refuse(Missing, lambda: client.get_task(name=name))
            with self.check("run_task runs a task of a paused queue"):
                task = self.app_task(queue, "/forced")
                client.run_task(name=task.name)
                same(self.platform.wait_for("/forced").get("method"), "POST")
            with self.check("the name of a finished task stays reserved"):
                named = f"{queue}/tasks/once"
                self.app_task(queue, name=named)
                client.delete_task(name=named)
                self.must_refuse(Exists, lambda: self.app_task(queue, name=named))

    def task_fields(self) -> None:
        soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
        with self.paused() as queue:
            with self.check("name"):
                same(self.app_task(queue, name=f"{queue}/tasks/Own_name-1").name, f"{queue}/tasks/Own_name-1")
            with self.check("schedule_time"):
                same(self.app_task(queue, schedule_time=soon).schedule_time.timestamp(), soon.timestamp())
            with self.check("dispatch_deadline"):
                task = self.app_task(queue, dispatch_deadline={"seconds": 30})
                same(task.dispatch_deadline.total_seconds(), 30.0)
            with self.check("retry_config of a task"):
                same(self.app_task(queue, retry_config={"max_attempts": 3}).retry_config.max_attempts, 3)
            with self.check("app_engine_routing of a task"):
                routing = {"service": "worker", "version": "v1", "instance": "0"}
                found = self.app_task(queue, request={"app_engine_routing": routing})
                contains(found.app_engine_http_request.app_engine_routing, routing)
                same(found.app_engine_http_request.app_engine_routing.host.startswith("0.v1.worker."), True)
            with self.check("an HTTP request with method, headers and token"):
                request = {
                    "http_method": "PATCH",
                    "headers": {"X-A": "b"},
                    "oidc_token": {"service_account_email": ACCOUNT, "audience": "a"},
                }
                contains(self.http_task(queue, "/x", request=request).http_request, request)

    def task_refusals(self) -> None:
        with self.paused() as queue:

            def app(**request: Any) -> Callable[[], Any]:
                return lambda: self.app_task(queue, request=request)

            def task(**fields: Any) -> Callable[[], Any]:
                return lambda: self.app_task(queue, **fields)

            def http(url: str, **request: Any) -> Callable[[], Any]:
                return lambda: self.http_task(queue, "", request={"url": url, **request})

            late = datetime.now(UTC) + timedelta(days=31)
            create = self.client.create_task
            self.refuses("no target", Invalid, lambda: create(parent=queue, task={}))
            self.refuses("a missing queue for a task", Missing, lambda: create(parent=self.name(), task={}))
            self.refuses("a bad task ID", Invalid, task(name=f"{queue}/tasks/a.b"))
            self.refuses("a long task ID", Invalid, task(name=f"{queue}/tasks/{'x' * 501}"))
            self.refuses("a task of another queue", Invalid, task(name=f"{self.parent}/queues/other/tasks/a"))
            self.refuses("a schedule beyond 30 days", Invalid, task(schedule_time=late))
            self.refuses("a short deadline", Invalid, task(dispatch_deadline={"seconds": 14}))
            self.refuses("a long deadline", Invalid, task(dispatch_deadline={"seconds": 86416}))
            self.refuses("a relative URI without slash", Invalid, app(relative_uri="work"))
            self.refuses("a body with GET", Invalid, app(http_method="GET", body=b"x"))
            self.refuses("more than 100 KB for App Engine", Invalid, app(body=b"x" * 102_401))
            self.refuses("more than 1 MB", Invalid, http("http://127.0.0.1/", body=b"x" * 1_048_577))
            self.refuses("a header with a line break", Invalid, app(headers={"X-A": "a\r\nb"}))
            self.refuses("an FTP address", Invalid, http("ftp://127.0.0.1/"))
            self.refuses("an address without host", Invalid, http("http:///x"))
            self.refuses(
                "a token without account", Invalid, http("http://127.0.0.1/", oidc_token={"audience": "x"})
            )

    def delivery(self) -> None:
        queue = self.queue(retry_config={"max_attempts": 3, **SHORT})
        with self.check("headers of an App Engine task"):
            name = self.app_task(queue, "/headers", request={"headers": {"X-Mine": "1"}, "body": b"hi"}).name
            sent = self.platform.wait_for("/headers")
            headers = sent["headers"]
            same((sent["body"], headers["X-Mine"]), ("hi", "1"))
            same(headers["X-Appengine-Queuename"], queue.rpartition("/")[2])
            same(headers["X-Appengine-Taskname"], name.rpartition("/")[2])
            same(
                (headers["X-Appengine-Taskretrycount"], headers["X-Appengine-Taskexecutioncount"]), ("0", "0")
            )
            same("AppEngine-Google" in headers["User-Agent"], True)
        with self.check("a task is retried, then given up"):
            self.app_task(queue, "/500/always")
            self.wait(lambda: not list(self.client.list_tasks(parent=queue)))
            tries = [row for row in self.platform.received() if row["path"] == "/500/always"]
            same([row["headers"]["X-Appengine-Taskretrycount"] for row in tries], ["0", "1", "2"])
            same(tries[1]["headers"]["X-Appengine-Taskpreviousresponse"], "500")
        with self.check("dispatch_count, response_count and attempts"):
            slow = self.queue(retry_config={"min_backoff": {"seconds": 600}})
            name = self.app_task(slow, "/404/once").name
            self.wait(lambda: self.client.get_task(name=name).response_count)
            task = self.client.get_task(name=name)
            same((task.dispatch_count, task.response_count), (1, 1))
            same(task.last_attempt.response_status.code, grpc.StatusCode.NOT_FOUND.value[0])
            same(bool(task.first_attempt.dispatch_time), True)

    def http_delivery(self) -> None:
        queue = self.queue(retry_config={"max_attempts": 4, **SHORT})
        receiver = self.receiver
        with self.check("headers of an HTTP task"):
            self.http_task(queue, "/headers", request={"http_method": "PUT", "body": b"hi"})
            sent = receiver.wait_for("/headers")
            same((sent.method, sent.body), ("PUT", b"hi"))
            same(sent.headers["User-Agent"], "Google-Cloud-Tasks")
            same(sent.headers["X-Cloudtasks-Queuename"], queue.rpartition("/")[2])
        for kind, audience in (("", receiver.url + "/oidc"), ("own", "own")):
            with self.check(f"an OIDC token with {kind or 'the default'} audience"):
                token = {"service_account_email": ACCOUNT, "audience": kind}
                self.http_task(queue, f"/oidc{kind}", request={"oidc_token": token})
                found = claims(receiver.wait_for(f"/oidc{kind}").headers)
                same((found["aud"], found["email"]), (audience, ACCOUNT))
        with self.check("an OAuth token"):
            self.http_task(queue, "/oauth", request={"oauth_token": {"service_account_email": ACCOUNT}})
            same(claims(receiver.wait_for("/oauth").headers)["email"], ACCOUNT)
        with self.check("only answers below 500 count as executions"):
            receiver.answers["/count"] = [503, 404, 200]
            self.http_task(queue, "/count")
            self.wait(lambda: len(receiver.all("/count")) == 3)
            counts = [each.headers["X-Cloudtasks-Taskexecutioncount"] for each in receiver.all("/count")]
            same(counts, ["0", "0", "1"])
        with self.check("Retry-After"):
            receiver.answers["/later"], receiver.retry_after = [429], "600"
            name = self.http_task(queue, "/later").name
            self.wait(lambda: self.client.get_task(name=name).response_count)
            ahead = self.client.get_task(name=name).schedule_time.timestamp() - time.time()
            same(ahead > 500, True)
        with self.check("the HTTP target of a queue overrides its tasks"):
            override = {"scheme": "HTTP", "host": "127.0.0.1", "port": receiver.port}
            routed = self.queue(http_target={"uri_override": override, "http_method": "PUT"})
            task = {"http_request": {"url": "https://elsewhere.example/routed"}}
            self.client.create_task(parent=routed, task=task)
            same(receiver.wait_for("/routed").method, "PUT")

    def batches(self) -> None:
        with self.paused() as queue:
            one = {"parent": queue, "task": {"app_engine_http_request": {}}}
            bad = {"parent": queue, "task": {}}
            with self.check("batch_create_tasks"):
                operation = self.client.batch_create_tasks(request={"parent": queue, "requests": [one, one]})
                same(len(operation.result(5).tasks), 2)
            with self.check("batch_create_tasks tells what failed"):
                operation = self.client.batch_create_tasks(request={"parent": queue, "requests": [one, bad]})
                same(list(operation.metadata.failed_requests), [1])
                same(len(operation.result(5).tasks), 1)
            with self.check("get_operation"):
                same(self.client.get_operation({"name": operation.operation.name}).done, True)
            with self.check("batch_delete_tasks"):
                names = [task.name for task in self.client.list_tasks(parent=queue)]
                self.client.batch_delete_tasks(request={"parent": queue, "names": names}).result(5)
                same(list(self.client.list_tasks(parent=queue)), [])

    def other_services(self) -> None:
        client, queue = self.client, self.queue()
        with self.check("set_iam_policy and get_iam_policy"):
            binding = {"role": "roles/cloudtasks.viewer", "members": ["user:ana@example.com"]}
            client.set_iam_policy(request={"resource": queue, "policy": {"bindings": [binding]}})
            same(
                client.get_iam_policy(request={"resource": queue}).bindings[0].role, "roles/cloudtasks.viewer"
            )
        with self.check("test_iam_permissions"):
            asked = {"resource": queue, "permissions": ["cloudtasks.tasks.create"]}
            same(list(client.test_iam_permissions(request=asked).permissions), ["cloudtasks.tasks.create"])
        with self.check("list_locations and get_location"):
            found = client.list_locations({"name": f"projects/{self.platform.project}"}).locations
            same(client.get_location({"name": found[0].name}).location_id, found[0].location_id)
        with self.check("get_cmek_config"):
            same(client.get_cmek_config(name=f"{self.parent}/cmekConfig").kms_key, "")

    def beta(self) -> None:
        client = tasks_v2beta3.CloudTasksClient(transport=BetaTransport(channel=self.channel))
        with self.check("v2beta3 creates queues and tasks"):
            http = {"app_engine_routing_override": {"service": "worker"}}
            queue = client.create_queue(
                parent=self.parent, queue={"name": self.name(), "app_engine_http_queue": http}
            )
            same(queue.type_, tasks_v2beta3.Queue.Type.PUSH)
            same(queue.app_engine_http_queue.app_engine_routing_override.service, "worker")
            client.pause_queue(name=queue.name)
            request = {"relative_uri": "/b"}
            task = client.create_task(parent=queue.name, task={"app_engine_http_request": request})
            same(client.get_task(name=task.name).app_engine_http_request.relative_uri, "/b")

    def must_refuse(self, error: type[Exception], call: Callable[[], Any]) -> None:
        try:
            found = call()
        except error:
            return
        raise AssertionError(f"no {error.__name__}, but {found!r}")

    def wait(self, condition: Callable[[], Any], seconds: float = 15) -> None:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError("it did not happen in time")
            time.sleep(0.1)


def same(found: Any, expected: Any) -> None:
    if found != expected:
        raise AssertionError(f"{found!r} is not {expected!r}")


def contains(message: Any, expected: dict[str, Any]) -> None:
    """Check that a message has these fields."""
    wanted = type(message)(expected)
    found = {key: getattr(message, key) for key in expected}
    same(found, {key: getattr(wanted, key) for key in expected})


def claims(headers: dict[str, str]) -> dict[str, Any]:
    token = headers["Authorization"].removeprefix("Bearer ").split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token + "=="))
    return found
