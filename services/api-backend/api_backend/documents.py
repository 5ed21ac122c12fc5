"""The API's description: its root, its OpenAPI document and its documentation page."""

import json
from functools import cache

from flask import Blueprint, Flask, Response, current_app, request
from msgspec import Struct

from api_backend.docs_page import STYLE_HASH, page
from api_backend.openapi import document
from api_backend.operations import described, operation
from timeline.serving import current_backends, public

documents = Blueprint("documents", __name__)

PAGE_POLICY = f"default-src 'none'; style-src '{STYLE_HASH}'; frame-ancestors 'none'"


class ApiView(Struct):
    """The API root. ID tokens come from `issuer` for `client_id`; both are empty if sign-in is not set up."""

    service: str
    version: str
    docs: str
    issuer: str
    client_id: str


@documents.get("/")
@public
@operation(headers=("ETag",))
def read_api() -> ApiView:
    """Get the service name, its version and the URL of its documentation."""
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
    """Get this OpenAPI document."""
    return _respond(_document_of(_app()), "application/json")


@documents.get("/docs")
@public
@described("text/html", headers=("ETag",))
def read_docs() -> Response:
    """Get this document as an HTML page without scripts."""
    response = _respond(_page_of(_app()), "text/html")
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]


@cache
def _document_of(app: Flask) -> str:
    return json.dumps(document(app), indent=1)


@cache
def _page_of(app: Flask) -> str:
    return page(document(app))


def _respond(content: str, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
