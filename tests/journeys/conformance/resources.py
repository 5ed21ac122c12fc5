"""The resources of ana, by the names of their path parameters."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import requests

from tests import pictures
from tests.journeys.conformance.callers import ANSWER_SECONDS, Caller
from tests.journeys.conformance.surface import Operation, Surface

RARE = "Antarctica/Troll"
NOBODYS = {"limit", "dedupe", "timezone"}
"""Inputs that belong to nobody."""
Found = Callable[[Caller], str]


def _a_photo(ana: Caller) -> str:
    return str(ana.post_photo(pictures.a_jpeg(), "of ana").json()["id"])


def _a_cursor(ana: Caller) -> str:
    ana.post_photo(pictures.a_jpeg(), "further down")
    page = ana.get(f"/api/v1/users/{ana.handle()}/photos?limit=1").json()
    return str(page["next_cursor"])


def _an_upload(ana: Caller) -> str:
    wanted = {"content_type": "image/jpeg", "size": len(pictures.a_jpeg())}
    upload = ana.ask("POST", "/api/v1/uploads", json=wanted).json()
    sent = requests.put(upload["upload_url"], data=pictures.a_jpeg(), timeout=ANSWER_SECONDS)
    assert sent.status_code == HTTPStatus.OK
    return str(upload["id"])


def _a_token(ana: Caller) -> str:
    return str(ana.get("/api/v1/sync?limit=1").json()["next"])


def _a_session(ana: Caller) -> str:
    """Return the ID of a browser session, or a well-formed ID if there is none."""
    sessions = ana.get("/api/v1/me/sessions").json()["results"]
    return str(sessions[0]["id"]) if sessions else "0" * 32


def _no_receipt(_: Caller) -> str:
    """Skip receipts: they are readable by anyone who has the ID, which cannot be guessed."""
    return "0" * 32


BELONGINGS: dict[str, Found] = {
    "photo_id": _a_photo,
    "user": lambda ana: ana.handle(),
    "cursor": _a_cursor,
    "session_id": _a_session,
    "upload_id": _an_upload,
    "since": _a_token,
    "receipt_id": _no_receipt,
}
"""A new kind of path parameter fails the swap test until this class can create its resource."""


@dataclass
class Request:
    """A request for a resource of ana, without credentials."""

    operation: Operation
    path: str
    more: dict[str, Any]
    is_about_something: bool

    def sent_by(self, caller: Caller) -> Any:
        return caller.ask(self.operation.method, self.path, **self.more)


def requests_for(surface: Surface, operation: Operation, ana: Caller) -> Iterator[Request]:
    """Build requests whose parameters name resources of ana, one per body type."""
    wanted = [name for name in operation.names("query") if name not in NOBODYS]
    query = {"params": {name: BELONGINGS[name](ana) for name in wanted}}
    for mimetype, example in [*surface.example_bodies(operation)] or [("", {})]:
        names = {*operation.names("path"), *(BELONGINGS.keys() & example.keys())}
        body = _body(mimetype, example, ana)
        yield Request(operation, _path(operation, ana), query | body, is_about_something=bool(names))


def _path(operation: Operation, ana: Caller) -> str:
    path = operation.path
    for name in operation.names("path"):
        path = path.replace(f"{{{name}}}", quote(BELONGINGS[name](ana), safe=""))
    return path


def _body(mimetype: str, example: dict[str, Any], ana: Caller) -> dict[str, Any]:
    filled = {name: BELONGINGS[name](ana) if name in BELONGINGS else value for name, value in example.items()}
    if mimetype == "multipart/form-data":
        texts = {name: value for name, value in filled.items() if name != "image"}
        return {"data": texts, "files": {"image": ("photo.jpg", pictures.a_jpeg(), "image/jpeg")}}
    return {"data": json.dumps(filled), "headers": {"Content-Type": mimetype}} if mimetype else {}


def settle(ana: Caller) -> None:
    """Create the resources, with a caption that is recognised wherever it appears."""
    ana.ask("PATCH", "/api/v1/me", json={"timezone": RARE})
    ana.ask("POST", "/api/v1/me/export")


def state_of(ana: Caller) -> dict[str, Any]:
    """The state that requests of others must not change."""
    photos = {photo["id"]: photo["caption"] for photo in ana.stream(ana.handle())}
    return {
        "account": ana.get("/api/v1/me").json(),
        "photos": photos,
        "sessions": ana.get("/api/v1/me/sessions").json(),
        "export": ana.get("/api/v1/me/export").json()["id"],
    }


def secrets_of(ana: Caller) -> set[str]:
    """The values that must not appear in responses to others."""
    account = ana.get("/api/v1/me").json()
    folders = {
        f"{folder}{account['user']}" for folder in ("exports/", "uploads/", "exports%2F", "uploads%2F")
    }
    told_to_all = json.dumps(ana.surface.document)
    found = {account["email"], ana.token, RARE, *folders} - {""}
    return {
        secret for secret in found if secret not in told_to_all
    }  # ana is also whom the examples are about
