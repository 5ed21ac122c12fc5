"""The admin server with real queues and a real scheduler, called over plain HTTP."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.admin.deployments import Deployments
from tests.serving_thread import serving

from gaelocal.admin import AdminParts, AdminServer
from gaelocal.delivery import Delivered, Delivery
from gaelocal.ports import listening_socket
from gaelocal.retry import RetryPolicy
from gaelocal.scheduler import Job, Scheduler
from gaelocal.scheduler.grammar import parse_schedule
from gaelocal.scheduler.protocol.api import SchedulerApi
from gaelocal.tasks import QueueConfig, TasksServer
from gaelocal.tasks.queue_config import Routing

PROJECT = "photo-timeline"
CODE_BUCKET = "staging.photo-timeline.appspot.com"
QUEUES = "v2beta3/projects/photo-timeline/locations/us-central1/queues"
JOBS = "v1beta1/projects/photo-timeline/locations/us-central1/jobs"
RENDITIONS = QueueConfig(
    name="renditions", rate=20.0, retry=RetryPolicy(max_attempts=8), target=Routing("tasks-backend")
)
ERASE = QueueConfig(name="erase", rate=5.0)


def a_job(url: str = "/tasks/sweep", schedule: str = "every 5 minutes") -> Job:
    return Job(url=url, schedule=schedule, rule=parse_schedule(schedule), target="tasks-backend")


class Logs:
    """A log buffer with fixed rows."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def entries(self, *, limit: int) -> list[dict[str, Any]]:
        return self.rows[:limit]

    def last_lines(self, service: str, version: str, count: int) -> list[str]:
        return [f"Collecting flask for {service} {version}"][:count]


async def answer_200(_delivery: Delivery) -> Delivered:
    return Delivered(200)


class Behind:
    """The admin server and the components that it controls."""

    def __init__(self, data: Path) -> None:
        self.tasks = TasksServer(
            data / "tasks",
            0,
            [RENDITIONS, ERASE],
            answer_200,
            project=PROJECT,
            app_address="localhost:8080",
        )
        jobs = [a_job(), a_job("/tasks/daily", "every day 09:00")]
        self.scheduler = Scheduler(data / "scheduler", jobs, answer_200)
        self.logs = Logs()
        self.releases = Deployments()
        self.bucket = data / CODE_BUCKET
        self.bucket.mkdir(exist_ok=True)
        self._data = data
        self._sock = listening_socket(0, "--admin-port")

    async def start(self) -> None:
        await self.tasks.start()
        await self.scheduler.start()
        parts = AdminParts(
            project=PROJECT,
            domain="localhost:8080",
            data=self._data / "admin",
            code_bucket=CODE_BUCKET,
            uploaded=self._uploaded,
            releases=self.releases,
            traffic=self.releases,
            control=self.releases,
            tasks=self.tasks.api,
            scheduler=SchedulerApi(self.scheduler, PROJECT, "localhost:8080"),
            logs=self.logs,
        )
        self.server = AdminServer(self._sock, parts)
        await self.server.start()

    def _uploaded(self, bucket: str, name: str) -> Path:
        if not (self._data / bucket / name).exists():
            raise LookupError(name)
        return self._data / bucket / name

    async def stop(self) -> None:
        await self.server.stop()
        await self.scheduler.stop()
        await self.tasks.stop()


@dataclass
class Asked:
    """Sends requests; `restart` restarts everything on the same folder."""

    folder: Path
    stack: ExitStack
    behind: Behind

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        return requests.request(method, f"{self.behind.server.url}/{path}", json=body, timeout=60, **more)

    def get(self, path: str) -> Any:
        answer = self("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def restart(self) -> None:
        self.stack.close()
        self.behind = self.stack.enter_context(serving(Behind(self.folder)))


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Asked]:
    with ExitStack() as stack:
        yield Asked(tmp_path, stack, stack.enter_context(serving(Behind(tmp_path))))
