"""Add work, lease it as two workers, finish it, or let a worker crash and see its lease expire."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Flask, abort, jsonify, redirect, render_template, request
from google.api_core.exceptions import Aborted
from google.cloud import datastore
from leases import Item, LeaseLost, Tag
from werkzeug.wrappers import Response

TAGS = ("album-1", "album-2")
WORKERS = ("worker-1", "worker-2")
BATCH = 5
SECONDS = 20.0
LONGEST = 100

app = Flask(__name__)
client: Any = datastore.Client()  # type: ignore[no-untyped-call]


@app.get("/")
def page() -> str:
    now = datetime.now(UTC)
    tags = {name: [(item, item.leased_until > now) for item in Tag(client, name).items()] for name in TAGS}
    idle = next((worker for worker in WORKERS if worker == request.args.get("idle")), "")
    return render_template("lab.html", tags=tags, workers=WORKERS, batch=BATCH, seconds=SECONDS, idle=idle)


@app.post("/<name>/items")
def add(name: str) -> Response:
    count = min(int(request.form.get("count", BATCH)), LONGEST)
    _tag(name).add([f"thumbnail {number} of {name}" for number in range(1, count + 1)])
    return redirect("/", 303)


@app.post("/<name>/lease")
def lease(name: str) -> Any:
    """Return the leased items as JSON; the page asks for a redirect."""
    seconds = float(request.form.get("seconds", SECONDS))
    worker = request.form.get("worker", WORKERS[0])[:LONGEST]
    try:
        items = _tag(name).lease(worker, int(request.form.get("count", BATCH)), timedelta(seconds=seconds))
    except Aborted:  # two workers leased at the same moment: this one has to ask again
        items = []
    return redirect("/", 303) if "page" in request.form else jsonify(items=[asdict(item) for item in items])


@app.post("/<name>/finish")
def finish(name: str) -> Any:
    """Finish items given as ID:TRIES, or all that a worker holds."""
    tag, worker = _tag(name), request.form.get("worker")
    leased = [_pair(text) for text in request.form.getlist("item")] or _held(tag.items(), worker)
    try:
        tag.finish(leased)
    except LeaseLost:
        return jsonify(error="The lease has expired, and another worker has the item."), 409
    back = "/" if leased else f"/?{urlencode({'idle': worker or ''})}"
    return redirect(back, 303) if "page" in request.form else jsonify(finished=len(leased))


def _tag(name: str) -> Tag:
    if name not in TAGS:
        abort(404)
    return Tag(client, name)


def _pair(text: str) -> tuple[int, int]:
    number, _, tries = text.partition(":")
    return int(number), int(tries)


def _held(items: list[Item], worker: str | None) -> list[tuple[int, int]]:
    return [(item.id, item.tries) for item in items if item.worker == worker]
