"""Post many notes of one user: each in its own commit, and as pending writes that are committed together."""

import json
import os
import time
import uuid
from typing import Any

from cache import Cache
from flask import Flask, jsonify, render_template, request
from google.api_core.exceptions import AlreadyExists, GoogleAPICallError
from google.cloud import datastore, tasks_v2
from pending import Pending

USER = "ana"
SHOWN = 500
LONGEST = 100
QUEUE = f"projects/{os.environ['GOOGLE_CLOUD_PROJECT']}/locations/us-central1/queues/flush"
RPC_SECONDS = 20.0

app = Flask(__name__)
client: Any = datastore.Client()  # type: ignore[no-untyped-call]
tasks = tasks_v2.CloudTasksClient()
cache = Cache(os.environ.get("MEMCACHE_HOST", ""))


@app.get("/")
def page() -> str:
    return render_template("lab.html")


@app.get("/streams")
def streams() -> Any:
    """Return the notes of both sides, as a reader sees them now."""
    naive = [row["text"] for row in _committed("naive")]
    committed = _committed("pending")
    pending = _pending().read()
    texts = {row.key.name: row["text"] for row in committed} | {note["id"]: note["text"] for note in pending}
    return jsonify(
        naive={"visible": naive, "commits": len(naive)},
        pending={
            "visible": list(texts.values()),
            "committed": len(committed),
            "commits": len({row["commit"] for row in committed}),
        },
    )


@app.post("/naive")
def post_naively() -> Any:
    """Write at once: the user's entity group takes one commit per second."""
    note = client.entity(client.key("User", "naive", "Note"))
    note.update(text=_text(), commit=uuid.uuid4().hex)
    try:
        client.put(note, retry=None, timeout=RPC_SECONDS)
    except GoogleAPICallError as error:
        return jsonify(error=type(error).__name__, message=error.message), 503
    return jsonify(state="committed"), 201


@app.post("/pending")
def post_pending() -> Any:
    """Write to the log, whose rows are entity groups of their own; show it by memcache; commit it later."""
    _pending().add({"id": uuid.uuid4().hex, "text": _text()})
    _create_flush_task()
    return jsonify(state="pending"), 201


@app.route("/flush", methods=["GET", "POST"])
def flush() -> Any:
    """Commit what is pending. Called by the queue and by cron; calling it again changes nothing."""
    return jsonify(committed=_pending().flush())


@app.post("/reset")
def reset() -> Any:
    _pending().clear()
    rows = client.query(kind="Note")
    rows.keys_only()
    client.delete_multi([row.key for row in rows.fetch(limit=SHOWN)])
    return jsonify(state="empty")


def _committed(side: str) -> list[Any]:
    """Read with an ancestor query, which is strongly consistent."""
    return list(client.query(kind="Note", ancestor=client.key("User", side)).fetch(limit=SHOWN))


def _pending() -> Pending:
    return Pending(client, cache, USER)


def _create_flush_task() -> None:
    """Create at most one task per second: its name is the second in which it runs."""
    second = int(time.time()) + 1
    task: Any = {
        "name": f"{QUEUE}/tasks/{USER}-{second}",
        "schedule_time": {"seconds": second},
        "app_engine_http_request": {"relative_uri": "/flush", "http_method": "POST"},
    }
    try:
        tasks.create_task(parent=QUEUE, task=task, timeout=RPC_SECONDS)
    except AlreadyExists:
        return  # it was created by another note of this second
    except GoogleAPICallError as error:
        print(json.dumps({"severity": "WARNING", "message": f"cron will commit it: {error.message}"}))  # noqa: T201


def _text() -> str:
    return request.form.get("text", "")[:LONGEST] or "hello"
