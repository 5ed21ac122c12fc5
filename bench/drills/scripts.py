"""The seven drills."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import requests
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from bench.drills.stage import Stage
from tests import pictures
from tests.faults.faults import Fault, Kind

DELAY_SECONDS = 2.0
CREATED = 201
SERVER_ERRORS = range(500, 600)
RESUME_INCOMPLETE = 308
LOCATION = "us-central1"
DISK_MB = 24
FILLER_MARGIN = 300_000
NOISE_BYTES = 600_000
TWICE = 2


def slow_storage(stage: Stage) -> None:
    stage.say(f"Cloud Storage answers every call {DELAY_SECONDS:g} seconds late.")
    stage.storage.fault = Fault(Kind.DELAY, seconds=DELAY_SECONDS)
    answer, seconds = stage.post("slow")
    begun = time.monotonic()
    page = stage.platform.get("/")
    reading = time.monotonic() - begun
    stage.look("/", stage.log_lines("api-backend", "POST /api/v1/photos"))
    stage.check(f"the post is slow ({seconds:.1f} s) and succeeds", holds=answer.status_code == CREATED)
    stage.check(
        f"the timeline needs no storage and stays fast ({reading:.2f} s)", holds=page.ok and reading < seconds
    )
    stage.storage.fault = None
    photo = stage.ana.ready_photo(answer.json()["id"])
    stage.check("the renditions are made", holds=photo["status"] == "ready")


def cache_gone(stage: Stage) -> None:
    before, _ = stage.post("before")
    stage.platform.get("/").raise_for_status()
    stage.say("memcached disappears: open connections are dropped, new ones are refused.")
    stage.memcache.fault = Fault(Kind.ERROR)
    stage.drop_cache_connections()
    answer, _ = stage.post("without a cache")
    stage.look("/", stage.log_lines("api-backend", "memcache"))
    stage.check("a post succeeds", holds=answer.status_code == CREATED)
    stage.check("the next read shows it", holds=stage.is_in_stream(answer.json()["id"]))
    stage.ana.ask("DELETE", f"/api/v1/photos/{before.json()['id']}").raise_for_status()
    stage.say("memcached returns, with the pages that it had before.")
    stage.memcache.fault = None
    stage.check("no old page comes back", holds=not stage.is_in_stream(before.json()["id"]))


def task_twice(stage: Stage) -> None:
    stage.say("Cloud Tasks delivers a task twice, at the same time.")
    address, project = stage.platform.addresses["tasks"], stage.platform.addresses["project"]
    client = tasks_v2.CloudTasksClient(
        transport=CloudTasksGrpcTransport(channel=grpc.insecure_channel(address))
    )
    queue = f"projects/{project}/locations/{LOCATION}/queues/renditions"
    client.pause_queue(name=queue)
    answer, _ = stage.post("twice")
    listed = {"parent": queue, "response_view": tasks_v2.Task.View.FULL}
    (task,) = stage.until(lambda: list(client.list_tasks(listed)))
    copy = tasks_v2.Task(app_engine_http_request=task.app_engine_http_request)
    client.create_task(parent=queue, task=copy)
    client.resume_queue(name=queue)
    photo = stage.ana.ready_photo(answer.json()["id"])
    stage.until(lambda: len(_accepted(stage)) >= TWICE)
    stage.look("/", stage.log_lines("tasks-backend", "POST /tasks/renditions/"))
    names = [rendition["name"] for rendition in photo["renditions"]]
    stage.check("the photo is ready, with each rendition once", holds=len(names) == len(set(names)) > 0)
    stage.check("both deliveries were accepted", holds=len(_accepted(stage)) == TWICE)
    stage.check("the stream shows one photo", holds=len(stage.ana.stream()) == 1)


def _accepted(stage: Stage) -> list[str]:
    """Return the front door's lines of accepted rendition tasks; those of the service have no duration."""
    lines = stage.log_lines("tasks-backend", "POST /tasks/renditions/ 200")
    return [line for line in lines if line.endswith(" ms")]


def half_upload(stage: Stage) -> None:
    image = pictures.a_jpeg(640, 480) + bytes(NOISE_BYTES)
    begun = {"content_type": "image/jpeg", "size": len(image)}
    upload = stage.ana.ask("POST", "/api/v1/uploads", json=begun).json()
    half = 256 * 1024
    first = {"Content-Range": f"bytes 0-{half - 1}/{len(image)}"}
    stage.say(f"A phone sends {half:,} of {len(image):,} bytes, and loses its connection.")
    requests.put(upload["upload_url"], data=image[:half], headers=first, timeout=30)
    early = stage.ana.ask("POST", "/api/v1/photos", json={"upload_id": upload["id"]})
    stage.look("/", stage.log_lines("api-backend", "/api/v1/"))
    stage.check("half a photo cannot be posted", holds=early.status_code not in (CREATED, *SERVER_ERRORS))
    asked = requests.put(upload["upload_url"], headers={"Content-Range": f"bytes */{len(image)}"}, timeout=30)
    stage.check(
        "the storage says how much has arrived",
        holds=(asked.status_code, asked.headers.get("Range")) == (RESUME_INCOMPLETE, f"bytes=0-{half - 1}"),
    )
    rest = {"Content-Range": f"bytes {half}-{len(image) - 1}/{len(image)}"}
    requests.put(upload["upload_url"], data=image[half:], headers=rest, timeout=30).raise_for_status()
    answer = stage.ana.ask("POST", "/api/v1/photos", json={"upload_id": upload["id"]})
    stage.check("the phone sends only the rest, and posts the photo", holds=answer.status_code == CREATED)
    stage.check("it is ready", holds=stage.ana.ready_photo(answer.json()["id"])["status"] == "ready")


def poison_image(stage: Stage) -> None:
    whole = pictures.encoded(pictures.a_picture(600, 400), "WEBP", lossless=True)
    stage.say("Somebody posts an image whose header is correct, and whose pixels are not.")
    poison = whole[: len(whole) // 3] + bytes(len(whole) - len(whole) // 3)
    answer, _ = stage.post("poison", poison)
    healthy, _ = stage.post("healthy")
    if answer.status_code == CREATED:
        photo = stage.ana.ready_photo(answer.json()["id"])
        stage.look("/", stage.log_lines("tasks-backend", "POST /tasks/renditions/"))
        stage.check(
            f"the photo fails with a reason ({photo['failure_code']}) instead of being tried for ever",
            holds=photo["status"] == "failed" and bool(photo["failure_code"]),
        )
    else:
        stage.look("/", stage.log_lines("api-backend", "POST /api/v1/photos"))
        stage.check("it is refused by name", holds=answer.status_code not in SERVER_ERRORS)
    ready = stage.ana.ready_photo(healthy.json()["id"])
    stage.check("the next photo is not affected", holds=ready["status"] == "ready")
    waiting = sum(queue["tasks"] for queue in stage.platform.ask_console("/api/queues"))
    stage.check(
        "no task is left that would fail again", holds=stage.until(lambda: waiting == 0 or _idle(stage))
    )


def silent_mail(stage: Stage) -> None:
    stage.ana.ask("PATCH", "/api/v1/me", json={"summary": "daily"}).raise_for_status()
    bob = stage.platform.as_("bob")
    photo = bob.post_photo(pictures.a_jpeg(640, 480), caption="for the summary").json()["id"]
    bob.ready_photo(photo)
    stage.say("The mail server accepts connections and says nothing.")
    stage.smtp.fault = Fault(Kind.HANG)
    stage.platform.ask_console("/api/cron/run?url=/tasks/summary_email/daily", "POST")
    stage.until(lambda: stage.log_lines("tasks-backend", "POST /tasks/email/"))
    stage.look("/", stage.log_lines("tasks-backend", "/tasks/email/") + stage.queue_lines("email"))
    stage.check("no email is sent, and the task waits", holds=not stage.platform.ask_console("/api/mail"))
    stage.check("the website is not affected", holds=stage.platform.get("/").ok)
    stage.say("The mail server answers again.")
    stage.smtp.fault = None
    stage.until(lambda: stage.platform.ask_console("/api/mail"))
    stage.until(lambda: _idle(stage))
    stage.check("the email arrives once", holds=len(stage.platform.ask_console("/api/mail")) == 1)


def full_disk(stage: Stage) -> None:
    data = stage.platform.folder
    answer, _ = stage.post("with room")
    stage.ana.ready_photo(answer.json()["id"])
    stage.say("The disk of the data folder is full.")
    filler = data / "filler"
    _fill(filler)
    noise = pictures.a_jpeg(640, 480) + bytes(NOISE_BYTES)
    refused, _ = stage.post("without room", noise)
    health = stage.platform.ask_console("/api/health")
    stage.look(
        "/", [f"{name}: {state}" for name, state in health.items() if "ok" not in str(state)] or [str(health)]
    )
    stage.check("a post is refused with an error that says so", holds=refused.status_code in SERVER_ERRORS)
    stage.check("reading still works", holds=stage.is_in_stream(answer.json()["id"]))
    stage.say("Somebody makes room.")
    filler.unlink()
    again = stage.until(lambda: _posted(stage, noise))
    stage.check("posting works again without a restart", holds=bool(again))
    stage.check("it is ready", holds=stage.ana.ready_photo(again)["status"] == "ready")


def _posted(stage: Stage, image: bytes) -> str:
    answer, _ = stage.post("with room again", image)
    return str(answer.json()["id"]) if answer.status_code == CREATED else ""


def _fill(file: Path) -> None:
    """Write zeros until the disk is full."""
    with file.open("ab", buffering=0) as filler:
        try:
            while filler.write(bytes(65_536)):
                pass
        except OSError:
            return


def _idle(stage: Stage) -> bool:
    return all(queue["tasks"] == 0 for queue in stage.platform.ask_console("/api/queues"))


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """Mount a small file system, which needs root; None without."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


DRILLS: dict[str, tuple[str, Callable[[Stage], None]]] = {
    "slow-storage": ("Cloud Storage is slow", slow_storage),
    "cache-gone": ("memcached is gone", cache_gone),
    "task-twice": ("a task is delivered twice", task_twice),
    "half-upload": ("an upload breaks off in the middle", half_upload),
    "poison-image": ("an image cannot be decoded", poison_image),
    "silent-mail": ("the mail server is silent", silent_mail),
    "full-disk": ("the disk is full", full_disk),
}
