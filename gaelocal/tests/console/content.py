"""Content for every panel, as a busy day leaves it."""

import base64
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from google.cloud import datastore
from pymemcache.client.base import Client
from tests.console.world import TRACE, World, a_line, a_request

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200">
<rect width="320" height="200" fill="#8cc4e8"/><circle cx="250" cy="55" r="28" fill="#ffd76b"/>
<path d="M0 130q40-25 80 0t80 0 80 0 80 0v70H0z" fill="#2f6f9f"/></svg>"""
BUCKET = "test-project.appspot.com"
HTML = """<style>@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } }</style>
<h1>Your day</h1><p>Three new photos from ana.</p><script>document.title = "run"</script>"""


def fill(world: World) -> None:
    fill_datastore(world)
    fill_storage(world)
    fill_logs(world)
    fill_memcache(world)
    fill_mail(world)
    fill_queues(world)


def fill_datastore(world: World) -> None:
    client = world.datastore
    made = datetime(2026, 11, 20, 9, 31, tzinfo=UTC)
    for user in ("ana", "bruno"):
        owner = client.key("User", user)
        entity = datastore.Entity(owner, exclude_from_indexes=("about",))
        entity.update(
            {"handle": user, "created": made, "about": "Takes photos of the sea.", "active": user == "ana"}
        )
        photos = []
        for number in range(1, 31):
            photo = datastore.Entity(client.key("Photo", number, parent=owner))
            at = made + timedelta(minutes=number)
            photo.update(
                {
                    "caption": f"sea {number}",
                    "width": 100 * number,
                    "created": at,
                    "owner": owner,
                    "tags": ["sea", "sun"],
                }
            )
            photos.append(photo)
        client.put_multi([entity, *photos])
    query = client.query(kind="Photo", order=["-width"])
    query.add_filter(filter=datastore.query.PropertyFilter("caption", "=", "sea 1"))
    list(query.fetch())


def fill_storage(world: World) -> None:
    bucket = world.storage.bucket(BUCKET)
    picture = bucket.blob("photos/ana/sea.svg")
    picture.metadata = {"user": "ana"}
    picture.cache_control = "public, max-age=600"
    picture.upload_from_string(PICTURE, content_type="image/svg+xml")
    bucket.blob("photos/bruno/sun.png").upload_from_string(PIXEL, content_type="image/png")
    bucket.blob("exports/list.json").upload_from_string('{"photos": [1, 2]}', content_type="application/json")
    bucket.blob("readme.txt").upload_from_string("Pictures of the sea.", content_type="text/plain")


def fill_logs(world: World) -> None:
    now = time.time()
    upload: dict[str, Any] = {"trace": TRACE, "request_id": "a" * 32}
    world.log(
        a_line(
            "photo accepted",
            time=now - 9.7,
            service="api-backend",
            trace=TRACE,
            fields={"photo": 17, "user": "ana"},
        ),
        a_line("colour profile missing", "WARNING", time=now - 9.2, service="tasks-backend", trace=TRACE),
        a_request(
            "/tasks/renditions",
            200,
            time=now - 8.8,
            latency=0.6,
            service="tasks-backend",
            method="POST",
            trace=TRACE,
            request_id="b" * 32,
            agent="AppEngine-Google; (+http://code.google.com/appengine)",
        ),
        a_request(
            "/api/v1/photos", 201, time=now - 8.6, latency=1.2, service="api-backend", method="POST", **upload
        ),
        a_request(
            "/static/site.css",
            200,
            time=now - 8,
            latency=0.002,
            is_static=True,
            request_id="c" * 32,
            trace="c" * 32,
        ),
        a_line(
            'Traceback (most recent call last):\n  File "main.py", line 3\nValueError: odd',
            "ERROR",
            time=now - 5.01,
            trace="d" * 32,
        ),
        a_request("/user/cleo/", 500, time=now - 5, latency=0.05, request_id="d" * 32, trace="d" * 32),
        a_line("<img src=x onerror=alert(1)> without a request", "NOTICE", time=now - 4),
        *(
            a_request(
                f"/user/ana/?page={number}",
                200 if number % 4 else 404,
                time=now - 3 + number / 20,
                request_id=f"{number:032x}",
                trace=f"{number:032x}",
            )
            for number in range(1, 13)
        ),
    )


def fill_memcache(world: World) -> None:
    host, port = world.local.addresses["memcache"].split(":")
    cache = Client((host, int(port)))
    cache.set("stream:ana", b'{"photos": [17, 16], "next": null}', expire=600)
    cache.set("stream:bruno", b'{"photos": []}')
    cache.set("picture", bytes(range(64)))
    for key in ("stream:ana", "stream:ana", "stream:ana", "stream:cleo"):
        cache.get(key)
    cache.close()


def fill_mail(world: World) -> None:
    world.send_mail("Your day", html=HTML)
    world.send_mail(
        "Export ready", to="bruno@example.com", attachments={"photos.zip": b"PK\x05\x06" + bytes(18)}
    )


def fill_queues(world: World) -> None:
    world.respond = lambda delivery: 500 if "broken" in delivery.path else 200
    world.create_task(
        "renditions",
        "/tasks/renditions",
        b'{"photo": 17, "user": "ana"}',
        **{"Content-Type": "application/json"},
    )
    world.create_task(
        "renditions",
        "/tasks/broken",
        b"photo=18&user=bruno",
        **{"Content-Type": "application/x-www-form-urlencoded"},
    )
    world.create_task("mail", "/tasks/mail", b"\x00\x01\xff", later=3600)
