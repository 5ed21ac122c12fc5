"""A console in front of real emulators with known content, for tests and screenshots."""

import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import grpc
import pytest
import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud import datastore, storage, tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport
from tests.appengine.releasing import a_version
from tests.appengine.running import a_service

from gaelocal.appengine import AppEngine
from gaelocal.appengine.logs import Entry, HttpRequest, Source
from gaelocal.console import Console, ConsoleParts
from gaelocal.delivery import Delivered, Delivery, DeliveryFailed
from gaelocal.ports import listening_socket
from gaelocal.supervision import Health
from gaelocal.testing import LocalEmulators

PROJECT = "test-project"
TRACE = "0af7651916cd43dd8448eb211c80319c"
QUEUES = """
queue:
- name: renditions
  rate: 20/s
  max_concurrent_requests: 4
  target: tasks-backend
  retry_parameters: {task_retry_limit: 2, min_backoff_seconds: 0.01}
- name: mail
  rate: 1/s
"""
CRON = """
cron:
- url: /tasks/summary/daily
  description: daily summary emails
  schedule: every day 09:00
  timezone: Europe/Berlin
- url: /tasks/sweep
  schedule: every 30 minutes
"""
INDEXES = """
indexes:
- kind: Photo
  ancestor: yes
  properties:
  - name: created
    direction: desc
"""


class World:
    """`respond` decides what the services answer to tasks and cron jobs; None is no answer."""

    def __init__(self, folder: Path) -> None:
        (folder / "queue.yaml").write_text(QUEUES)
        (folder / "cron.yaml").write_text(CRON)
        (folder / "index.yaml").write_text(INDEXES)
        self.delivered: list[Delivery] = []
        self.respond: Callable[[Delivery], int | None] = lambda _delivery: 200
        self.local = LocalEmulators(folder, project=PROJECT, deliver=self._deliver)
        a_service(folder, "default", "manual_scaling:\n  instances: 2\n")
        self.engine = AppEngine(folder, 0, PROJECT, {}, folder / ".gaelocal" / "appengine", terminal=None)
        self.health = Health()
        self.url = ""

    @contextmanager
    def running(self) -> Iterator["World"]:
        with self.local as local:
            emulators = local.emulators
            parts = ConsoleParts(
                mail=emulators.mail,
                tasks=emulators.tasks,
                scheduler=emulators.scheduler,
                memcache=emulators.memcache,
                datastore=emulators.datastore,
                storage=emulators.storage,
                engine=self.engine,
                health=self.health,
                addresses={
                    "project": PROJECT,
                    "smtp": local.addresses["smtp"],
                    "app": "http://127.0.0.1:8080",
                },
            )
            console = Console(listening_socket(0, "--port"), parts)
            self.url = console.url
            try:
                local.run(self.engine.start())
                local.run(self.engine.releases.create_version(a_version("two")))
                local.run(console.start())
                yield self
            finally:
                local.run(console.stop())
                local.run(self.engine.stop())

    def get(self, path: str, **options: Any) -> requests.Response:
        return requests.get(self.url + path, timeout=60, **options)

    def post(self, path: str, data: Any = None, **options: Any) -> requests.Response:
        """Send a form as the pages do, and follow to the page with the note."""
        return requests.post(self.url + path, data=data, timeout=60, **options)

    @property
    def datastore(self) -> datastore.Client:
        return self.client(datastore.Client)

    @property
    def storage(self) -> storage.Client:
        return self.client(storage.Client, credentials=AnonymousCredentials())

    def create_task(
        self, queue: str, path: str, body: bytes = b"", *, later: float = 0, **headers: str
    ) -> str:
        parent = f"projects/{PROJECT}/locations/europe-west1/queues/{queue}"
        request = {"relative_uri": path, "body": body, "headers": headers}
        task: dict[str, Any] = {"app_engine_http_request": request}
        if later:
            task["schedule_time"] = {"seconds": int(time.time() + later)}
        channel = grpc.insecure_channel(self.local.addresses["tasks"])
        client = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
        return str(client.create_task(parent=parent, task=task).name.rpartition("/")[2])

    def send_mail(
        self, subject: str, to: str = "ana@example.com", html: str = "<h1>Sea</h1>", **more: Any
    ) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "mail@example.com", to, subject
        mail.set_content(more.get("text", "Sea"))
        mail.add_alternative(html, subtype="html")
        for name, content in more.get("attachments", {}).items():
            mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        host, port = self.local.addresses["smtp"].split(":")
        with smtplib.SMTP(host, int(port), timeout=60) as smtp:
            smtp.send_message(mail)

    def log(self, *entries: Entry) -> None:
        async def keep() -> None:
            for entry in entries:
                self.engine.logs.keep(entry)

        self.local.run(keep())

    async def _deliver(self, delivery: Delivery) -> Delivered:
        self.delivered.append(delivery)
        status = self.respond(delivery)
        if status is None:
            raise DeliveryFailed("gone")
        return Delivered(status)

    def client(self, kind: Any, **options: Any) -> Any:
        """Return one of Google's clients, which read the variables of emulators when they are made."""
        with pytest.MonkeyPatch.context() as patch:
            for name in ("DATASTORE_EMULATOR_HOST", "STORAGE_EMULATOR_HOST"):
                patch.setenv(name, self.local.environment[name])
            return kind(project=PROJECT, **options)


def a_request(url: str = "/", status: int = 200, **more: Any) -> Entry:
    """Return the log entry of a request."""
    http = HttpRequest(
        more.pop("method", "GET"),
        url,
        status,
        more.pop("latency", 0.02),
        512,
        "127.0.0.1",
        more.pop("agent", "curl/8"),
    )
    defaults = {
        "time": time.time(),
        "severity": http.severity,
        "source": Source(more.pop("service", "default"), more.pop("version", "dev"), "0123abcd"),
        "log": "request",
        "request": http,
    }
    return Entry(**{**defaults, **more})


def a_line(message: str, severity: str = "INFO", **more: Any) -> Entry:
    """Return the log entry of an application."""
    source = Source(more.pop("service", "default"), more.pop("version", "dev"), "0123abcd")
    return Entry(
        **{
            "time": time.time(),
            "severity": severity,
            "source": source,
            "log": "stderr",
            "message": message,
            **more,
        }
    )
