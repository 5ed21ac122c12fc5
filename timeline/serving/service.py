"""Create the Flask app of a service from its routes and options."""

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
    """The options in which services differ.

    `credentials` are tried in order; `show` renders errors; `headers` are added to every response that does
    not set them itself; only queues and cron may call paths below `platform_folders`. Sessions are optional
    because reading Flask's cookie takes longer than serving a cached page. `reads` and `writes` limit views
    without own limits. Pages of CORS_ORIGINS may call paths below `cross_origin`.
    """

    credentials: Sequence[identity.Credential] = (identity.bearer,)
    show: problems.Show = problems.as_json
    headers: Mapping[str, str] = field(default_factory=lambda: STRICT)
    platform_folders: tuple[str, ...] = ()
    has_sessions: bool = False
    reads: Limits = UNLIMITED
    writes: Limits = UNLIMITED
    cross_origin: tuple[str, ...] = ()


def make_app(
    package: str,
    backends: Backends | None,
    routes: Sequence[tuple[str, Blueprint]],
    options: ServiceOptions | None = None,
) -> Flask:
    """Create the app. `routes` pairs URL prefixes with blueprints; "" is the root.

    Raises SecretKeyMissing.
    """
    options = options or ServiceOptions()
    backends = backends or connect(Settings.from_environment())
    backends.settings.check_secret_key()
    app = Flask(package, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = FORM_BYTES
    app.config["SECRET_KEY"] = backends.settings.secret_key
    if not options.has_sessions:
        app.session_interface = _NoSessions()
    app.extensions["backends"] = backends
    logs.install(app, backends.settings)
    problems.install(app, options.show)
    photo_forms.install(app)
    for folder in options.platform_folders:
        identity.close_folder(app, folder)
    cors.install(app, backends.settings.origins, options.cross_origin)
    rate_limits.install(app, backends, options.reads, options.writes)
    identity.install(app, backends.settings, options.credentials)
    _install_headers(app, options.headers)
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
