"""The operations whose cost is counted, and the world they happen in: three services on metered clients."""

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
class World:
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
    """`prepare` is not measured; what it gives is handed to `run`."""

    name: str
    run: Callable[[World, Any], Any]
    prepare: Callable[[World], Any] = lambda _: None


@contextmanager
def a_world_of_its_own(folder: Path) -> Iterator[World]:
    from tests.cloud import running_cloud

    with running_cloud(folder, "embedded", 1.0) as cloud, a_world(cloud, settings_for(cloud)) as world:
        yield world


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
        rate_limit_scale=0,  # a read tells the cache of itself now and then only, which is no cost of its own
    )


@contextmanager
def a_world(cloud: Any, settings: Settings) -> Iterator[World]:
    """Settings of a project nobody has used yet."""
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
        yield World(cloud, backends, meter, phone, browser, worker, photo_ids)


def forget_heads(world: World) -> None:
    first_page_cache.invalidate(world.backends, "ana")


def second_page(path: str) -> Callable[[World], str]:
    def prepare(world: World) -> str:
        return f"{path}?cursor={world.phone.get(path).get_json()['next_cursor']}"

    return prepare


def tag_of(path: str) -> Callable[[World], dict[str, str]]:
    return lambda world: {"If-None-Match": world.phone.get(path).headers["ETag"]}


def a_fresh_photo(world: World) -> str:
    photo_id: str = world.phone.post_photo().get_json()["id"]
    return photo_id


def a_fresh_key(_: World) -> str:
    return uuid.uuid4().hex


def post_with_key(world: World, key: str) -> Any:
    return world.phone.post_photo(key=key)


def a_waiting_task(queue: str) -> Callable[[World], Any]:
    def prepare(world: World) -> Any:
        photo_id = a_fresh_photo(world)
        if queue == "erase":
            world.phone.delete_photo(photo_id)
        if queue == "webp":
            world.cloud.run_tasks(world.backends.settings.google_cloud_project, world.worker, "renditions")
        return world.cloud.tasks(world.backends.settings.google_cloud_project, queue)[-1]

    return prepare


def run_task(world: World, task: Any) -> Any:
    request = task.app_engine_http_request
    headers = {"X-Appengine-Queuename": "any", "X-Appengine-Taskretrycount": "0", **request.headers}
    return world.worker.test_client().post(request.relative_uri, data=request.body, headers=headers)


def rendition_url(world: World) -> str:
    url: str = world.phone.photo(world.photo_ids[0]).get_json()["renditions"][0]["url"]
    return url


def sweep(world: World, _: Any = None) -> Any:
    return world.worker.test_client().get("/tasks/sweep", headers={"X-Appengine-Cron": "true"})


def whole_sync(world: World, path: str = "/api/v1/sync?limit=100") -> str:
    """Give the path of the sync that follows."""
    return f"/api/v1/sync?since={world.phone.get(path).get_json()['next']}"


def one_change(world: World) -> str:
    path = whole_sync(world)
    world.phone.patch_photo(world.photo_ids[0], uuid.uuid4().hex[: len("sea")])
    return path


def a_stored_upload(world: World) -> str:
    image = a_picture()
    upload = begin_upload(world).get_json()
    requests.put(upload["upload_url"], data=image, timeout=10).raise_for_status()
    upload_id: str = upload["id"]
    return upload_id


def begin_upload(world: World, _: Any = None) -> Any:
    wanted = {"content_type": "image/jpeg", "size": len(a_picture())}
    return world.phone.call("POST", "/api/v1/uploads", json=wanted)


def a_picture() -> bytes:
    from tests.pictures import a_jpeg

    return a_jpeg()


def post_upload(world: World, upload_id: str) -> Any:
    return world.phone.call("POST", "/api/v1/photos", json={"upload_id": upload_id})


EVERYONE, STREAM, NEWEST = "/api/v1/photos", "/api/v1/users/ana/photos", "/api/v1/newest"
OPERATIONS = (
    Operation("GET /api/v1/sync, nothing new", lambda w, path: w.phone.get(path), whole_sync),
    Operation("GET /api/v1/sync, one photo changed", lambda w, path: w.phone.get(path), one_change),
    Operation("GET /api/v1/newest, unchanged", lambda w, tag: w.phone.get(NEWEST, tag), tag_of(NEWEST)),
    Operation("GET /api/v1/photos, not cached", lambda w, _: w.phone.get(EVERYONE), forget_heads),
    Operation("GET /api/v1/photos, cached", lambda w, _: w.phone.get(EVERYONE)),
    Operation("GET /api/v1/photos, unchanged", lambda w, tag: w.phone.get(EVERYONE, tag), tag_of(EVERYONE)),
    Operation("GET /api/v1/photos?cursor", lambda w, path: w.phone.get(path), second_page(EVERYONE)),
    Operation("GET /api/v1/users/{user}/photos, not cached", lambda w, _: w.phone.get(STREAM), forget_heads),
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
    Operation("GET /, not cached", lambda w, _: w.browser.opens("/"), forget_heads),
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
