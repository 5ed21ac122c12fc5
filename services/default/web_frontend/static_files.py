"""Serve static/ at a URL that changes whenever one of its files changes."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from timeline.errors import NotFound
from timeline.serving import public

FOLDER = Path(__file__).parent / "static"
A_YEAR = 365 * 24 * 60 * 60

static_files = Blueprint("static_files", __name__)


@static_files.get("/<version>/<path:name>")
@public
def send(version: str, name: str) -> Response:
    """Send a file. On App Engine the handlers in app.yaml do this instead."""
    if version != version_of(FOLDER):
        raise NotFound
    response = send_from_directory(FOLDER, name, max_age=A_YEAR)
    response.cache_control.immutable = True
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@cache
def static_names() -> tuple[str, ...]:
    return tuple(path.relative_to(FOLDER).as_posix() for path in sorted(FOLDER.rglob("*")) if path.is_file())


def static_file(name: str) -> str:
    return f"/static/{version_of(FOLDER)}/{name}"


@cache
def version_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
