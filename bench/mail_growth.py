"""The daily job for 100, 1,000 and 10,000 users: calls per user, growth of CPU time and memory.

Only tasks-backend is measured: its Flask application with the real clients in a separate process (one for
each size), which gets the requests of cron and the queues one after the other. The emulators run in
the parent process.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from bench.figures import report
from bench.mail_campaign import SEEDED_AT_ONCE, a_user
from bench.metering import CACHE, Meter, metered

SIZES = (100, 1_000, 10_000)
PHOTOS = 16
CRON, BATCHES, MAILS = "/tasks/summary_email/daily", "summary-email", "email"


@dataclass(frozen=True)
class Cost:
    """The cost of one run of the job; `longest` is the slowest request in seconds."""

    users: int
    mails: int
    cpu: float
    peak_mb: float
    longest: float
    calls: dict[str, int]

    @property
    def calls_per_user(self) -> float:
        return sum(self.calls.values()) / self.users


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        return work(json.loads(given.worker))
    costs = [cost_of(size) for size in given.sizes]
    for cost in costs:
        show(cost)
    if len(costs) > 1:
        report("exponent of CPU", exponent(costs), at_most=1.03)
        report("peak memory, most ÷ least", spread(costs), at_most=1.1)
    return 0


def cost_of(users: int) -> Cost:
    """Run the job once for this number of users, with new emulators."""
    from tests.cloud import running_cloud

    with tempfile.TemporaryDirectory() as folder, running_cloud(Path(folder), "embedded", 1.0) as cloud:
        settings = settings_for(cloud)
        seed(settings, users)
        with a_worker(settings) as worker:
            worker.warm_up()
            worker.ask("GET", CRON)
            for queue in (BATCHES, MAILS):
                run_queue(cloud, settings["google_cloud_project"], queue, worker)
            spent = worker.ask("END", "")
        mails = len(cloud.emulators.mail.messages())
    return Cost(users=users, mails=mails, longest=worker.longest, **spent)


def settings_for(cloud: Any) -> dict[str, Any]:
    host, port = cloud.addresses["smtp"].rsplit(":", 1)
    return {
        "google_cloud_project": f"growth-{uuid.uuid4().hex[:8]}",
        "datastore_emulator_host": cloud.addresses["datastore"],
        "storage_emulator_host": cloud.addresses["storage"],
        "cloud_tasks_emulator_host": cloud.addresses["tasks"],
        "smtp_host": host,
        "smtp_port": int(port),
        "gae_service": "tasks-backend",
    }


def seed(settings: dict[str, Any], users: int) -> None:
    """Write users with daily summaries; one of them has recent photos."""
    from timeline.backends import connect, disconnect
    from timeline.settings import Settings

    now = datetime.now(UTC)
    rows = [a_user(number, now) for number in range(users)]
    wanting = [replace(row, values={**row.values, "summary": "daily"}) for row in rows]
    backends = connect(Settings(**settings))
    for start in range(0, users, SEEDED_AT_ONCE):
        backends.entities.put(*wanting[start : start + SEEDED_AT_ONCE])
    backends.entities.put(*photos_of(rows[0].key[1], now))
    disconnect(backends)


def photos_of(handle: str, now: datetime) -> Iterator[Any]:
    from timeline import ids
    from timeline.photos.model import Photo, Rendition, entity_of

    medium = Rendition(name="medium", width=640, height=480, type="image/jpeg", digest="0123456789")
    for number in range(PHOTOS):
        yield entity_of(
            Photo(
                id=ids.id_of(ids.new_key(now), handle),
                user=handle,
                caption=f"photo number {number}",
                created=now,
                status="ready",
                width=4032,
                height=3024,
                content_type="image/jpeg",
                renditions=(medium,),
            )
        )


def run_queue(cloud: Any, project: str, queue: str, worker: "Worker") -> None:
    """Run all tasks of a queue, including those that they create."""
    while waiting := cloud.tasks(project, queue):
        for task in waiting:
            body = task.app_engine_http_request.body.decode()
            worker.ask("POST", task.app_engine_http_request.relative_uri, body)
            cloud.tasks_client().delete_task(name=task.name)


@dataclass
class Worker:
    """The measured process, seen from its parent."""

    orders: IO[str]
    answers: IO[str]
    longest: float = 0.0

    def warm_up(self) -> None:
        """Wait until it has started, which does not count as a request."""
        self.ask("GET", "/healthz")
        self.longest = 0.0

    def ask(self, method: str, path: str, body: str = "") -> Any:
        began = time.perf_counter()
        self.orders.write(json.dumps([method, path, body]) + "\n")
        self.orders.flush()
        answer = json.loads(self.answers.readline())
        self.longest = max(self.longest, time.perf_counter() - began)
        assert isinstance(answer, dict) or answer == 200, f"{method} {path}: {answer}"
        return answer


@contextmanager
def a_worker(settings: dict[str, Any]) -> Iterator[Worker]:
    command = [sys.executable, "-m", "bench.mail_growth", "--worker", json.dumps(settings)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Worker(process.stdin, process.stdout)
        process.stdin.close()
        process.wait(30)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def work(settings: dict[str, Any]) -> int:
    """Run tasks-backend: read lines with method, path and body, write lines with the status."""
    sys.path.insert(0, "services/tasks-backend")
    from tasks_backend import create_app  # type: ignore[import-not-found,unused-ignore]
    from timeline.settings import Settings

    answers, sys.stdout = sys.stdout, Path(os.devnull).open("w")  # noqa: SIM115 - the log, as long as it runs
    meter = Meter()
    with metered(Settings(**settings), meter) as backends:
        client = create_app(backends).test_client()
        began = time.process_time()
        for line in sys.stdin:
            method, path, body = json.loads(line)
            if method == "END":
                answer: Any = spent(began, meter)
            else:
                answer = client.open(path, method=method, data=body, headers=HEADERS).status_code
            print(json.dumps(answer), file=answers, flush=True)
    return 0


HEADERS = {
    "X-Appengine-Cron": "true",
    "X-Appengine-Queuename": "email",
    "Content-Type": "application/json",
}


def spent(began: float, meter: Meter) -> dict[str, Any]:
    status = Path("/proc/self/status").read_text()  # getrusage would count the parent from before exec
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    calls = {name: count for name, count in meter.calls.items() if name != CACHE}
    return {"cpu": time.process_time() - began, "peak_mb": peak, "calls": calls}


def show(cost: Cost) -> None:
    print(f"\n{cost.users} users, {cost.mails} emails")
    print(f"  calls per user           {cost.calls_per_user:.2f}")
    print(f"  CPU per user             {1000 * cost.cpu / cost.users:.1f} ms")
    print(f"  peak memory              {cost.peak_mb:.0f} MB")
    print(f"  slowest request          {cost.longest:.2f} s")
    print(f"  {json.dumps(asdict(cost)['calls'])}", flush=True)


def exponent(costs: list[Cost]) -> float:
    """Return the slope of log CPU over log users, by least squares."""
    points = [(math.log(cost.users), math.log(cost.cpu)) for cost in costs]
    middle_x, middle_y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    rise = sum((x - middle_x) * (y - middle_y) for x, y in points)
    return float(rise / sum((x - middle_x) ** 2 for x, _ in points))


def spread(costs: list[Cost]) -> float:
    peaks = [cost.peak_mb for cost in costs]
    return max(peaks) / min(peaks)


if __name__ == "__main__":
    sys.exit(main())
