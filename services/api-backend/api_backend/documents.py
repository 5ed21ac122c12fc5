"""The API about itself: where it starts, its OpenAPI document, and a page to read that."""

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
    """Where the API starts. ID tokens come from `issuer`, for `client_id`: empty where nobody can sign in."""

    service: str
    version: str
    docs: str
    issuer: str
    client_id: str


@documents.get("/")
@public
@operation(headers=("ETag",))
def read_api() -> ApiView:
    """What answers here, and where it is described."""
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
    """This document."""
    return _answer(_document_of(_app()), "application/json")


@documents.get("/docs")
@public
@described("text/html", headers=("ETag",))
def read_docs() -> Response:
    """This document as a page that needs neither script nor network."""
    response = _answer(_page_of(_app()), "text/html")
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


def _answer(content: str, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
