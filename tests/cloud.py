"""The emulators in the test process, with helpers to look at tasks and to run them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from gaelocal.testing import LocalEmulators
from timeline.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
LOCATION = "us-central1"


class Cloud(LocalEmulators):
    """The emulators; every queue is paused, so that a task stays until a test runs it."""

    def tasks(self, project: str, queue: str) -> list[Any]:
        from google.cloud import tasks_v2

        parent = f"projects/{project}/locations/{LOCATION}/queues/{queue}"
        return list(
            self.tasks_client().list_tasks({"parent": parent, "response_view": tasks_v2.Task.View.FULL})
        )

    def tasks_client(self) -> Any:
        import grpc
        from google.cloud import tasks_v2
        from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

        if not hasattr(self, "_tasks_client"):
            channel = grpc.insecure_channel(self.addresses["tasks"])
            self._tasks_client = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
        return self._tasks_client

    def settings(self, project: str, **changes: Any) -> Settings:
        """Return the settings of services that use these emulators, with other values for some."""
        host, port = self.addresses["smtp"].rsplit(":", 1)
        return Settings(
            google_cloud_project=project,
            datastore_emulator_host=self.addresses["datastore"],
            storage_emulator_host=self.addresses["storage"],
            cloud_tasks_emulator_host=self.addresses["tasks"],
            google_application_credentials=str(self.emulators.storage.service_account_key),
            tasks_location=LOCATION,
            memcache_host=self.addresses["memcache"],
            smtp_host=host,
            smtp_port=int(port),
            oidc_issuer=self.addresses["oidc"],
            oidc_audience=self.project,
            oidc_client_id=self.project,
            oidc_client_secret="local",
            gce_metadata_host=self.addresses["metadata"].removeprefix("http://"),
            service_account=self.environment["SERVICE_ACCOUNT"],
            public_url="http://localhost:8080",
            **changes,
        )

    def run_tasks(self, project: str, worker: Flask, *queues: str) -> list[tuple[str, int]]:
        """Send every waiting task to the worker as the platform would; return (path, status) of each.

        A task that is not answered with 2xx stays in its queue and is not sent again in this call.
        """
        answers: list[tuple[str, int]] = []
        refused: set[str] = set()
        while waiting := [t for q in queues for t in self.tasks(project, q) if t.name not in refused]:
            for task in waiting:
                status = self.run_task(worker, task)
                answers.append((task.app_engine_http_request.relative_uri, status))
                if 200 <= status < 300:
                    self.tasks_client().delete_task(name=task.name)
                else:
                    refused.add(task.name)
        return answers

    def run_task(self, worker: Flask, task: Any, retry_count: int = 0) -> int:
        """Send one task once and return the status."""
        _, _, _, _, _, queue, _, name = task.name.split("/")
        request = task.app_engine_http_request
        headers = dict(request.headers) | {
            "X-Appengine-Queuename": queue,
            "X-Appengine-Taskname": name,
            "X-Appengine-Taskretrycount": str(retry_count),
            "X-Appengine-Taskexecutioncount": str(retry_count),
            "User-Agent": "AppEngine-Google; (+http://code.google.com/appengine)",
        }
        answer = worker.test_client().post(request.relative_uri, data=request.body, headers=headers)
        return int(answer.status_code)


@contextmanager
def running_cloud(folder: Path, datastore: str, consistency: float) -> Iterator[Cloud]:
    """Start the emulators on free ports; stop them whatever happens."""
    with Cloud(
        ROOT,
        project="photo-timeline",
        any_project=True,  # each test has one of its own
        data=folder,
        datastore=datastore,
        consistency=consistency,
    ) as cloud:
        _pause_every_queue(cloud)
        yield cloud


def _pause_every_queue(cloud: Cloud) -> None:
    parent = f"projects/{cloud.project}/locations/{LOCATION}"
    for queue in cloud.tasks_client().list_queues(parent=parent):
        cloud.tasks_client().pause_queue(name=queue.name)


def body_of(task: Any) -> Any:
    return json.loads(task.app_engine_http_request.body)
