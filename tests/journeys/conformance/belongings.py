"""What ana has, under the names by which the document asks for it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tests import pictures
from tests.journeys.conformance.callers import PHOTOS, Caller
from tests.journeys.conformance.surface import Operation, Surface

NOBODYS = {"limit", "dedupe"}
"""Inputs that belong to nobody."""
Found = Callable[[Caller], str]


def _a_photo(ana: Caller) -> str:
    return str(ana.post_photo(pictures.a_jpeg(), "of ana").json()["id"])


def _a_cursor(ana: Caller) -> str:
    ana.post_photo(pictures.a_jpeg(), "further down")
    page = ana.get(f"/api/v1/users/{ana.handle()}/photos?limit=1").json()
    return str(page["next_cursor"])


BELONGINGS: dict[str, Found] = {
    "photo_id": _a_photo,
    "user": lambda ana: ana.handle(),
    "cursor": _a_cursor,
}
"""A route that asks for something new fails the swap test until it is told here how ana comes to it."""


@dataclass
class Request:
    """A request for what is ana's, as anybody could send it."""

    operation: Operation
    path: str
    more: dict[str, Any]

    def sent_by(self, caller: Caller) -> Any:
        return caller.ask(self.operation.method, self.path, **self.more)

    @property
    def is_about_something(self) -> bool:
        return "{" in self.operation.path


def request_for(surface: Surface, operation: Operation, ana: Caller) -> Request:
    """Every input that can name something of ana's does."""
    taken = {name: BELONGINGS[name](ana) for name in operation.names("path")}
    path = operation.path
    for name, value in taken.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    wanted = [name for name in operation.names("query") if name not in NOBODYS]
    return Request(
        operation,
        path,
        {"params": {name: BELONGINGS[name](ana) for name in wanted}} | _body(surface, operation, ana),
    )


def _body(surface: Surface, operation: Operation, ana: Caller) -> dict[str, Any]:
    found = surface.example_body(operation)
    if found is None:
        return {}
    mimetype, example = found
    filled = {name: BELONGINGS[name](ana) if name in BELONGINGS else value for name, value in example.items()}
    if mimetype == "multipart/form-data":
        texts = {name: value for name, value in filled.items() if name != "image"}
        return {"data": texts, "files": {"image": ("photo.jpg", pictures.a_jpeg(), "image/jpeg")}}
    return {"data": json.dumps(filled), "headers": {"Content-Type": mimetype}}


def state_of(ana: Caller) -> dict[str, Any]:
    """What must stay as it is, whatever others ask."""
    handle = ana.handle()
    photos = {photo["id"]: photo["caption"] for photo in ana.stream(handle)}
    account = ana.get("/api/v1/me").json()
    return {"account": account, "photos": photos, "listed": sorted(photos), "where": PHOTOS}


def secrets_of(ana: Caller) -> set[str]:
    """What nobody else may ever be told."""
    account = ana.get("/api/v1/me").json()
    return {account["email"], account["timezone"], ana.token} - {""}
