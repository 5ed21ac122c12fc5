"""The API's description: its root, its OpenAPI document and its documentation page."""

import gzip
import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, request
from msgspec import Struct

from api_backend.openapi import document
from api_backend.operations import described, operation
from timeline.serving import current_backends, public
from timeline.serving.revalidation import revalidated

documents = Blueprint("documents", __name__)

FOLDER = Path(__file__).parent / "reference"
PAGE = FOLDER / "page.html"
SCRIPT = FOLDER / "start.js"
BUNDLE, BUNDLE_VERSION = FOLDER / "scalar.js.gz", "1.46.4"
"""Scalar's API reference, unchanged from npm: `make api-reference` writes it."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data: blob:; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Scalar writes its styles into the page. No script of the page may reach another origin."""
A_YEAR = "public, max-age=31536000, immutable"


class ApiView(Struct):
    """The API root. ID tokens come from `issuer` for `client_id`; both are empty if sign-in is not set up."""

    service: str
    version: str
    docs: str
    issuer: str
    client_id: str


@documents.get("")
@documents.get("/")
@public
@operation(headers=("ETag",))
def read_api() -> ApiView:
    """Get the name and version of the service.

    Apps find here which identity provider issues their ID tokens. `/api/` is the same.
    """
    settings = current_backends().settings
    return ApiView(
        service=settings.gae_service,
        version=settings.gae_version,
        docs="/api/docs",
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_audience,
    )


@documents.get("/openapi.json")
@public
@described("application/json", headers=("ETag",))
def read_openapi() -> Response:
    """Get this OpenAPI document.

    It is generated from the code of this version of the service.
    """
    return _respond(_document_of(_app()), "application/json")


@documents.get("/docs")
@public
@described("text/html", headers=("ETag",))
def read_docs() -> Response:
    """Get this document as a page.

    It has search and a form to send requests. The page loads nothing from other servers.
    """
    response = _respond(_page(), "text/html")
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


@documents.get("/docs/start.js")
@public
def read_script() -> Response:
    return _respond(SCRIPT.read_text(encoding="utf-8"), "text/javascript")


@documents.get(f"/docs/scalar-{BUNDLE_VERSION}.js")
@public
def read_bundle() -> Response:
    """Send the compressed bundle as it is to every browser, and unpacked to clients without gzip."""
    is_accepted = request.accept_encodings["gzip"] > 0
    content = BUNDLE.read_bytes()
    response = Response(content if is_accepted else gzip.decompress(content), mimetype="text/javascript")
    if is_accepted:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = A_YEAR
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]


@cache
def _document_of(app: Flask) -> str:
    return json.dumps(document(app), indent=1)


@cache
def _page() -> str:
    return PAGE.read_text(encoding="utf-8").replace("VERSION", BUNDLE_VERSION)


def _respond(content: str, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return revalidated(response)
