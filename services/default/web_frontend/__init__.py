"""The website: timelines, photos, posting, sign-in and account settings."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from timeline.backends import connect
from timeline.interfaces import Backends
from timeline.photos import uploads
from timeline.photos.create import MAX_BYTES
from timeline.pictures.header import CONTENT_TYPES
from timeline.serving import current_backends, make_app
from timeline.settings import Settings
from web_frontend.account_deletion import account_deletion
from web_frontend.administration import administration
from web_frontend.browser_sessions import keep_sessions, visitor_for_header
from web_frontend.exports import exports
from web_frontend.formatting import format_age, format_size, hue_of
from web_frontend.images import images
from web_frontend.logs import logs
from web_frontend.photos import photos
from web_frontend.posts import posts
from web_frontend.receipts import receipts
from web_frontend.robots import robots
from web_frontend.service_options import options_for
from web_frontend.service_worker import service_worker
from web_frontend.sessions import sessions
from web_frontend.settings import settings
from web_frontend.shares import shares
from web_frontend.signouts import signouts
from web_frontend.static_files import static_file, static_files
from web_frontend.summary_preview import summary_preview
from web_frontend.timelines import timelines
from web_frontend.unsubscribes import unsubscribes
from web_frontend.users import users

SITE_MAP = (
    ("", timelines),
    ("/user", users),
    ("/photo", photos),
    ("/post", posts),
    ("/image", images),
    ("", sessions),
    ("/signout", signouts),
    ("/settings", settings),
    ("/settings/summary", summary_preview),
    ("/settings/export", exports),
    ("/settings/delete", account_deletion),
    ("/admin", administration),
    ("/deleted", receipts),
    ("/unsubscribe", unsubscribes),
    ("/logging", logs),
    ("/share", shares),
    ("", service_worker),
    ("/static", static_files),
    ("", robots),
)


ACCEPTED_FILES = ",".join([*CONTENT_TYPES, "image/heif", ".heic", ".heif", ".avif"])
"""Listed in full: with `image/*` alone, iPhones convert HEIC before they send it, and Windows hides it."""


def create_app(backends: Backends | None = None) -> Flask:
    backends = backends or connect(Settings.from_environment())
    app = make_app(__name__, backends, SITE_MAP, options_for(backends.settings))
    # App Engine's front end terminates https and reports it in X-Forwarded-Proto.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=0, x_proto=1, x_host=0)  # type: ignore[method-assign]
    keep_sessions(app)
    app.jinja_env.globals.update(
        static_file=static_file,
        max_form_bytes=MAX_BYTES,
        max_upload_bytes=uploads.MAX_BYTES,
        accepted_files=ACCEPTED_FILES,
        public_url=backends.settings.public_url.rstrip("/"),
    )
    app.jinja_env.filters["format_age"] = lambda then: format_age(then, current_backends().clock.now())
    app.jinja_env.filters["format_size"] = format_size
    app.jinja_env.filters["hue"] = hue_of
    app.context_processor(lambda: {"visitor": visitor_for_header()})
    return app
