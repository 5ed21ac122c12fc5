"""The measured operations, and the three services with metered clients that run them."""

import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from bench.metering import Meter, metered
from timeline import first_page_cache
from timeline.interfaces import Backends
from timeline.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PHOTOS = 25
"""More than one page of twenty."""
SERVICES = ("default", "api-backend", "tasks-backend")


@dataclass(frozen=True)
class MeteredPlatform:
    """The three services on metered clients; ana has posted some photos, and they are ready."""

    cloud: Any
    backends: Backends
    meter: Meter
    phone: Any
    browser: Any
    worker: Any
    photo_ids: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """`prepare` is not measured; its result is passed to `run`."""

    name: str
    run: Callable[[MeteredPlatform, Any], Any]
    prepare: Callable[[MeteredPlatform], Any] = lambda _: None


@contextmanager
def metered_platform(folder: Path) -> Iterator[MeteredPlatform]:
    from tests.cloud import running_cloud

    with (
        running_cloud(folder, "embedded", 1.0) as cloud,
        metered_platform_on(cloud, settings_for(cloud)) as platform,
    ):
        yield platform


def settings_for(cloud: Any) -> Settings:
    from tests.cloud import LOCATION

    return Settings(
        google_cloud_project=f"budgets-{uuid.uuid4().hex[:8]}",
        datastore_emulator_host=cloud.addresses["datastore"],
        storage_emulator_host=cloud.addresses["storage"],
        cloud_tasks_emulator_host=cloud.addresses["tasks"],
        tasks_location=LOCATION,
        memcache_host=cloud.addresses["memcache"],
        oidc_issuer=cloud.addresses["oidc"],
        oidc_audience=cloud.project,
        oidc_client_id=cloud.project,
        oidc_client_secret="local",
        public_url="http://localhost:8080",
        rate_limit_scale=0,  # reads count in the cache only occasionally, which would make the counts random
    )


@contextmanager
def metered_platform_on(cloud: Any, settings: Settings) -> Iterator[MeteredPlatform]:
    """Yield the services on running emulators; the settings must name a new project."""
    sys.path += [str(ROOT / "services" / service) for service in SERVICES]
    from api_backend import create_app as create_api
    from tasks_backend import create_app as create_worker
    from tests.services.api_backend.actors import Actor
    from tests.services.web_frontend.visitors import Site
    from web_frontend import create_app as create_website

    meter = Meter()
    with metered(settings, meter) as backends:
        backends.blobs._client.create_bucket(settings.bucket)  # type: ignore[attr-defined]
        phone = Actor(create_api(backends).test_client(), cloud.token_for("ana"))
        photo_ids = tuple(phone.post_photo().get_json()["id"] for _ in range(PHOTOS))
        worker = create_worker(backends)
        cloud.run_tasks(settings.google_cloud_project, worker, "renditions")
        browser = Site(create_website(backends), cloud).sign_in("ana")
        yield MeteredPlatform(cloud, backends, meter, phone, browser, worker, photo_ids)


def invalidate_first_pages(platform: MeteredPlatform) -> None:
    first_page_cache.invalidate(platform.backends, "ana")


def second_page(path: str) -> Callable[[MeteredPlatform], str]:
    def prepare(platform: MeteredPlatform) -> str:
        return f"{path}?cursor={platform.phone.get(path).get_json()['next_cursor']}"

    return prepare


def tag_of(path: str) -> Callable[[MeteredPlatform], dict[str, str]]:
    return lambda platform: {"If-None-Match": platform.phone.get(path).headers["ETag"]}


def a_fresh_photo(platform: MeteredPlatform) -> str:
    photo_id: str = platform.phone.post_photo().get_json()["id"]
    return photo_id


def a_fresh_key(_: MeteredPlatform) -> str:
    return uuid.uuid4().hex


def post_with_key(platform: MeteredPlatform, key: str) -> Any:
    return platform.phone.post_photo(key=key)


def a_waiting_task(queue: str) -> Callable[[MeteredPlatform], Any]:
    def prepare(platform: MeteredPlatform) -> Any:
        photo_id = a_fresh_photo(platform)
        if queue == "erase":
            platform.phone.delete_photo(photo_id)
        if queue == "webp":
            platform.cloud.run_tasks(
                platform.backends.settings.google_cloud_project, platform.worker, "renditions"
            )
        return platform.cloud.tasks(platform.backends.settings.google_cloud_project, queue)[-1]

    return prepare


def run_task(platform: MeteredPlatform, task: Any) -> Any:
    request = task.app_engine_http_request
    headers = {"X-Appengine-Queuename": "any", "X-Appengine-Taskretrycount": "0", **request.headers}
    return platform.worker.test_client().post(request.relative_uri, data=request.body, headers=headers)


def rendition_url(platform: MeteredPlatform) -> str:
    url: str = platform.phone.photo(platform.photo_ids[0]).get_json()["renditions"][0]["url"]
    return url


def sweep(platform: MeteredPlatform, _: Any = None) -> Any:
    return platform.worker.test_client().get("/tasks/sweep", headers={"X-Appengine-Cron": "true"})


def whole_sync(platform: MeteredPlatform, path: str = "/api/v1/sync?limit=100") -> str:
    """Return the path of the next sync."""
    return f"/api/v1/sync?since={platform.phone.get(path).get_json()['next']}"


def one_change(platform: MeteredPlatform) -> str:
    path = whole_sync(platform)
    platform.phone.patch_photo(platform.photo_ids[0], uuid.uuid4().hex[: len("sea")])
    return path


def a_stored_upload(platform: MeteredPlatform) -> str:
    image = a_picture()
    upload = begin_upload(platform).get_json()
    requests.put(upload["upload_url"], data=image, timeout=10).raise_for_status()
    upload_id: str = upload["id"]
    return upload_id


def begin_upload(platform: MeteredPlatform, _: Any = None) -> Any:
    wanted = {"content_type": "image/jpeg", "size": len(a_picture())}
    return platform.phone.call("POST", "/api/v1/uploads", json=wanted)


def a_picture() -> bytes:
    from tests.pictures import a_jpeg

    return a_jpeg()


def post_upload(platform: MeteredPlatform, upload_id: str) -> Any:
    return platform.phone.call("POST", "/api/v1/photos", json={"upload_id": upload_id})


EVERYONE, STREAM, NEWEST = "/api/v1/photos", "/api/v1/users/ana/photos", "/api/v1/newest"
OPERATIONS = (
    Operation("GET /api/v1/sync, nothing new", lambda w, path: w.phone.get(path), whole_sync),
    Operation("GET /api/v1/sync, one photo changed", lambda w, path: w.phone.get(path), one_change),
    Operation("GET /api/v1/newest, unchanged", lambda w, tag: w.phone.get(NEWEST, tag), tag_of(NEWEST)),
    Operation("GET /api/v1/photos, not cached", lambda w, _: w.phone.get(EVERYONE), invalidate_first_pages),
    Operation("GET /api/v1/photos, cached", lambda w, _: w.phone.get(EVERYONE)),
    Operation("GET /api/v1/photos, unchanged", lambda w, tag: w.phone.get(EVERYONE, tag), tag_of(EVERYONE)),
    Operation("GET /api/v1/photos?cursor", lambda w, path: w.phone.get(path), second_page(EVERYONE)),
    Operation(
        "GET /api/v1/users/{user}/photos, not cached",
        lambda w, _: w.phone.get(STREAM),
        invalidate_first_pages,
    ),
    Operation("GET /api/v1/users/{user}/photos, cached", lambda w, _: w.phone.get(STREAM)),
    Operation(
        "GET /api/v1/users/{user}/photos?cursor", lambda w, path: w.phone.get(path), second_page(STREAM)
    ),
    Operation("GET /api/v1/users/{user}", lambda w, _: w.phone.get("/api/v1/users/ana")),
    Operation("GET /api/v1/photos/{id}", lambda w, _: w.phone.photo(w.photo_ids[0])),
    Operation("GET /api/v1/me", lambda w, _: w.phone.me()),
    Operation("POST /api/v1/photos", lambda w, _: w.phone.post_photo()),
    Operation(
        "POST /api/v1/photos, Idempotency-Key",
        lambda w, key: w.phone.post_photo(key=key),
        lambda _: uuid.uuid4().hex,
    ),
    Operation("PATCH /api/v1/photos/{id}", lambda w, fresh: w.phone.patch_photo(fresh, "new"), a_fresh_photo),
    Operation("DELETE /api/v1/photos/{id}", lambda w, fresh: w.phone.delete_photo(fresh), a_fresh_photo),
    Operation("GET /, not cached", lambda w, _: w.browser.opens("/"), invalidate_first_pages),
    Operation("GET /, cached", lambda w, _: w.browser.opens("/")),
    Operation("GET /user/{user}/, cached", lambda w, _: w.browser.opens("/user/ana/")),
    Operation("GET /photo/{id}/", lambda w, _: w.browser.opens(f"/photo/{w.photo_ids[0]}/")),
    Operation("GET /image/{id}/{name}", lambda w, url: w.browser.opens(url), rendition_url),
    Operation("POST /tasks/renditions/", run_task, a_waiting_task("renditions")),
    Operation("POST /tasks/webp/", run_task, a_waiting_task("webp")),
    Operation("POST /tasks/erase/", run_task, a_waiting_task("erase")),
    Operation("POST /api/v1/uploads", begin_upload),
    Operation("POST /api/v1/photos, of an upload", post_upload, a_stored_upload),
    Operation("POST /api/v1/photos, the same bytes again", lambda w, _: w.phone.post_photo(dedupe="true")),
    Operation("GET /tasks/sweep, nothing to do", sweep, sweep),
)
