"""A project that has nothing to do with photos, with unmodified client code."""

from collections.abc import Iterator

import pytest
import requests

from tests.journeys.platform import ANSWER_SECONDS, Platform
from tests.waiting import eventually

SHOP = """
from flask import Flask, request
from google.cloud import datastore, storage, tasks_v2

app = Flask(__name__)


@app.post("/orders")
def order():
    client = datastore.Client()
    sold = datastore.Entity(client.key("Order"))
    sold["book"] = request.form["book"]
    client.put(sold)
    tasks = tasks_v2.CloudTasksClient()
    queue = tasks.queue_path("my-shop", "europe-west1", "invoices")
    asked = {"relative_uri": "/invoices", "body": str(sold.key.id).encode()}
    tasks.create_task(parent=queue, task={"app_engine_http_request": asked})
    return str(sold.key.id)


@app.get("/invoices/<number>")
def invoice(number):
    return storage.Client().bucket("my-shop.appspot.com").blob(number).download_as_text()
"""
WORKER = """
import os, threading
from flask import Flask, request
from google.cloud import datastore, storage

app = Flask(__name__)
ticking = threading.Event()


@app.get("/_ah/start")
def start():
    threading.Thread(target=ticking.set, daemon=True).start()
    return ""


@app.get("/instance")
def instance():
    return {"id": os.environ["GAE_INSTANCE"], "ticks": ticking.is_set()}


@app.post("/invoices")
def invoice():
    client = datastore.Client()
    number = request.get_data(as_text=True)
    book = client.get(client.key("Order", int(number)))["book"]
    storage.Client().bucket("my-shop.appspot.com").blob(number).upload_from_string(f"one {book}")
    return ""
"""
HANDLERS = """
runtime: python312
handlers:
- {url: /static, static_dir: static}
- {url: /.*, script: auto}
"""
BACKEND = """
runtime: python313
service: worker
instance_class: B1
manual_scaling: {instances: 2}
"""
FILES = {
    "shop/app.yaml": HANDLERS,
    "shop/static/shop.css": "h1 {}",
    "worker/app.yaml": BACKEND,
    "worker/main.py": WORKER,
    "queue.yaml": "queue:\n- {name: invoices, rate: 5/s, target: worker}\n",
    "cron.yaml": "cron:\n- {url: /instance, schedule: 1st monday of quarter 17:00, target: worker}\n",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("shop")
    for name, text in {**FILES, "shop/main.py": SHOP}.items():
        file = folder / "project" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    platform = Platform(folder, ("--project", "my-shop"), app_folder=folder / "project")
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()


def test_its_code_reaches_every_stand_in(shop: Platform) -> None:
    number = requests.post(f"{shop.app}/orders", data={"book": "Faust"}, timeout=ANSWER_SECONDS).text

    eventually(lambda: shop.get(f"/invoices/{number}").text == "one Faust")


def test_its_static_files_are_served(shop: Platform) -> None:
    assert shop.get("/static/shop.css").headers["Cache-Control"] == "public, max-age=600"


def test_each_instance_of_its_backend_has_an_address_and_has_begun_its_work(shop: Platform) -> None:
    port = shop.app.rpartition(":")[2]

    seen = [
        shop.get("/instance", headers={"Host": f"{number}-dot-dev-dot-worker.localhost:{port}"}).json()
        for number in (0, 1, 0)
    ]

    assert seen[0]["id"] == seen[2]["id"] != seen[1]["id"]
    assert all(each["ticks"] for each in seen)
