"""The services in this process on the emulators, behind proxies that can inject faults."""

import logging
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from timeline.backends import connect, disconnect
from timeline.interfaces import Backends, Scan

ROOT = Path(__file__).resolve().parent.parent.parent
SERVICES = ("default", "api-backend", "tasks-backend")
QUEUES = ("renditions", "large-renditions", "erase", "webp", "email", "summary-email", "export", "rerender")
MOST_ROWS = 1_000


class AdjustableClock:
    """The clock of this machine plus an offset."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset


@dataclass
class LocalServices:
    """`backends` reach the emulators directly; the applications use `faulty`, which passes the proxies."""

    cloud: Any
    backends: Backends
    faulty: Backends
    proxies: Any
    clock: AdjustableClock
    api: Any
    worker: Any
    web: Any

    def person(self, user: str) -> Any:
        from tests.services.api_backend.actors import Actor

        return Actor(self.api.test_client(), self.cloud.token_for(user))

    def again(self, person: Any) -> Any:
        """Return the same person with another connection, for another thread."""
        from tests.services.api_backend.actors import Actor

        actor = Actor(self.api.test_client(), None)
        actor.headers = person.headers
        return actor

    @contextmanager
    def another_instance(self, clock: AdjustableClock | None = None) -> Iterator["LocalServices"]:
        """Yield the same services with clients, proxies and applications of their own."""
        from tests.faults.proxied_backends import proxied_backends

        with proxied_backends(self.backends.settings) as (connected, proxies):
            clock = clock or self.clock
            faulty = replace(connected, clock=clock)
            api, worker, web = _applications(faulty)
            with _served(api) as address:
                proxies.site.forward_to(address)
                yield LocalServices(self.cloud, self.backends, faulty, proxies, clock, api, worker, web)

    def tasks(self) -> list[Any]:
        return [task for queue in QUEUES for task in self.tasks_in(queue)]

    def run_tasks(self) -> None:
        """Run all waiting tasks and those that they create; a failed one stays in its queue."""
        done: list[str] = []
        while queues := [queue for queue in QUEUES if queue not in done and self.tasks_in(queue)]:
            self.cloud.run_tasks(self.backends.settings.google_cloud_project, self.worker, *queues)
            done += queues

    def sweep(self) -> None:
        """Run the cron job that redelivers outbox entries, as if they had been overdue for a while."""
        self.clock.offset += timedelta(minutes=4)
        response = self.worker.test_client().get("/tasks/sweep", headers={"X-Appengine-Cron": "true"})
        assert response.status_code == 200, response.get_data(as_text=True)

    def outbox(self, user: str) -> list[Any]:
        """Return the outbox entries and dead letters of a user."""
        return [row for kind in ("Outbox", "DeadLetter") for row in self.rows(user, kind)]

    def rows(self, user: str, kind: str) -> list[Any]:
        return list(self.backends.entities.scan(Scan(kind=kind, parent=("User", user), limit=MOST_ROWS)))

    def stream(self, user: str) -> list[dict[str, Any]]:
        """Return the whole stream of a user from the API, without faults."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            query = f"?limit=100&cursor={cursor}" if cursor else "?limit=100"
            page = self.api.test_client().get(f"/api/v1/users/{user}/photos{query}").get_json()
            found += page["results"]
            cursor = page["next_cursor"]
            if not cursor:
                return found

    def tasks_in(self, queue: str) -> list[Any]:
        """Return the waiting tasks of a queue; the project has it once its first task was created."""
        from google.api_core.exceptions import NotFound

        try:
            return list(self.cloud.tasks(self.backends.settings.google_cloud_project, queue))
        except NotFound:
            return []


@contextmanager
def local_services(
    folder: Path, consistency: float = 1.0, *, has_proxies: bool = True
) -> Iterator[LocalServices]:
    """Start the emulators and the services; nothing is rate-limited.

    Without proxies there are no faults, and calls take half the CPU.
    """
    from tests.cloud import running_cloud

    logging.disable(logging.ERROR)  # requests would fill the output; the campaigns count failed ones
    sys.path += [str(ROOT / "services" / service) for service in SERVICES]
    clock = AdjustableClock()
    with running_cloud(folder, "embedded", consistency) as cloud:
        project = f"faults-{uuid.uuid4().hex[:8]}"
        settings = cloud.settings(project, admins="admin@example.com", rate_limit_scale=0)
        backends = replace(connect(settings), clock=clock)
        backends.blobs._client.create_bucket(settings.bucket)  # type: ignore[attr-defined]
        bare = LocalServices(cloud, backends, backends, None, clock, None, None, None)
        try:
            if has_proxies:
                with bare.another_instance() as services:
                    yield services
            else:
                yield LocalServices(cloud, backends, backends, None, clock, *_applications(backends))
        finally:
            logging.disable(logging.NOTSET)
            disconnect(backends)


def _applications(backends: Backends) -> tuple[Any, Any, Any]:
    from api_backend import create_app as create_api
    from tasks_backend import create_app as create_worker
    from web_frontend import create_app as create_web

    return create_api(backends), create_worker(backends), create_web(backends)


@contextmanager
def _served(app: Any) -> Iterator[str]:
    """Serve an application for the HTTP calls of the others."""
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def unique_image(number: int) -> bytes:
    """Return a small JPEG whose bytes differ from those of every other number."""
    from tests.pictures import a_jpeg

    if not _IMAGE:
        _IMAGE.append(a_jpeg(64, 48))
    return _IMAGE[0] + number.to_bytes(8, "big")


_IMAGE: list[bytes] = []
