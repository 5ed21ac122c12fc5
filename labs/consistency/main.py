"""Show the same notes from an ancestor query and from a global query."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask, redirect, render_template, request
from google.cloud import datastore
from werkzeug.wrappers import Response

PEOPLE = ("ana", "bo", "cleo")
"""The names of the root entities, one entity group each."""
SHOWN = 50
LONGEST = 100

app = Flask(__name__)
client: Any = datastore.Client()  # type: ignore[no-untyped-call]


@app.get("/")
def compare() -> str:
    """The global query runs first, because an ancestor query applies the pending writes of its group."""
    person = _person(request.args.get("person"))
    global_rows = _read(client.query(kind="Note"))
    ancestor_rows = _read(client.query(kind="Note", ancestor=client.key("Person", person)))
    missing = {row.key for row in ancestor_rows} - {row.key for row in global_rows}
    return render_template(
        "lab.html",
        people=PEOPLE,
        person=person,
        global_rows=global_rows,
        ancestor_rows=ancestor_rows,
        missing=missing,
    )


@app.post("/notes")
def write() -> Response:
    """Write without reading the group, so that its pending writes are not applied."""
    person = _person(request.form.get("person"))
    note = client.entity(client.key("Person", person, "Note"))
    note.update(text=request.form.get("text", "")[:LONGEST] or "hello", written=datetime.now(UTC))
    client.put(note)
    return redirect(f"/?person={person}", 303)


def _read(query: Any) -> list[Any]:
    rows = list(query.fetch(limit=SHOWN))
    return sorted(rows, key=lambda row: row["written"], reverse=True)


def _person(name: str | None) -> str:
    return name if name in PEOPLE else PEOPLE[0]
