"""The JSON API of the photo timeline."""

from flask import Flask

from api_backend import first_pages
from api_backend.account_deletion import account_deletion
from api_backend.accounts import accounts
from api_backend.documents import documents
from api_backend.exports import exports
from api_backend.internal import internal
from api_backend.photos import photos
from api_backend.sessions import sessions
from api_backend.sync import sync
from api_backend.uploads import uploads
from api_backend.users import users
from timeline.interfaces import Backends
from timeline.rate_limits.limits import READS, WRITES
from timeline.serving import ServiceOptions, make_app

OPTIONS = ServiceOptions(reads=READS, writes=WRITES, cross_origin=("/api/v1", "/api/openapi.json"))


def create_app(backends: Backends | None = None) -> Flask:
    app = make_app(
        __name__,
        backends,
        [
            ("/api", documents),
            ("/api/v1", photos),
            ("/api/internal", internal),
            ("/api/v1/uploads", uploads),
            ("/api/v1/sync", sync),
            ("/api/v1/users", users),
            ("/api/v1/me", accounts),
            ("/api/v1/me/export", exports),
            ("/api/v1/me/deletion", account_deletion),
            ("/api/v1/me/sessions", sessions),
        ],
        OPTIONS,
    )
    first_pages.install(app)
    return app
