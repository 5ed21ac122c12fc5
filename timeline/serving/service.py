"""How every service is put together: its own routes, and what all of them share around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, Flask, Request, Response, request
from flask.sessions import NullSession, SessionInterface

from timeline.backends import connect
from timeline.interfaces import Backends
from timeline.rate_limits.limits import UNLIMITED, Limits
from timeline.serving import cors, health, identity, logs, photo_forms, problems, rate_limits
from timeline.serving.photo_forms import FORM_BYTES, MAX_REQUEST_BYTES
from timeline.settings import Settings

STRICT = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
HSTS = "max-age=31536000; includeSubDomains"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOptions:
    """How a service differs from its siblings.

    `credentials` are tried in their order; `show` renders what went wrong; `headers` are set on every
    answer that does not bring its own; below `platform_folder` only queues and cron get an answer at all.
    Only who `has_sessions` looks for Flask's cookie, which costs more than a cached page.
    `reads` and `writes` limit the views that name no limits of their own; pages of other origins may ask for
    the paths below `cross_origin`, where CORS_ORIGINS lists them.
    """

    credentials: Sequence[identity.Credential] = (identity.bearer,)
    show: problems.Show = problems.as_json
    headers: Mapping[str, str] = field(default_factory=lambda: STRICT)
    platform_folder: str | None = None
    has_sessions: bool = False
    reads: Limits = UNLIMITED
    writes: Limits = UNLIMITED
    cross_origin: tuple[str, ...] = ()


def make_app(
    package: str,
    backends: Backends | None,
    routes: Sequence[tuple[str, Blueprint]],
    manners: ServiceOptions | None = None,
) -> Flask:
    """`routes` pairs URL prefixes with blueprints and reads as the site map; "" is the root.

    Raises SecretKeyMissing.
    """
    manners = manners or ServiceOptions()
    backends = backends or connect(Settings.from_environment())
    backends.settings.check_secret_key()
    app = Flask(package, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = FORM_BYTES
    app.config["SECRET_KEY"] = backends.settings.secret_key
    if not manners.has_sessions:
        app.session_interface = _NoSessions()
    app.extensions["backends"] = backends
    logs.install(app, backends.settings)
    problems.install(app, manners.show)
    photo_forms.install(app)
    if manners.platform_folder:
        identity.close_folder(app, manners.platform_folder)
    cors.install(app, backends.settings.origins, manners.cross_origin)
    rate_limits.install(app, backends, manners.reads, manners.writes)
    identity.install(app, backends.settings, manners.credentials)
    _install_headers(app, manners.headers)
    for prefix, blueprint in [*routes, ("", health.health)]:
        app.register_blueprint(blueprint, url_prefix=prefix or None)
    return app


class _NoSessions(SessionInterface):
    def open_session(self, app: Flask, _: Request) -> NullSession:
        return self.make_null_session(app)


def _install_headers(app: Flask, headers: Mapping[str, str]) -> None:
    def add_headers(response: Response) -> Response:
        response.headers.extend({name: headers[name] for name in headers if name not in response.headers})
        if request.headers.get("X-Appengine-Https") == "on":
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        if response.calculate_content_length() == 0:
            response.headers.pop("Content-Type", None)
        return response

    app.after_request(add_headers)
