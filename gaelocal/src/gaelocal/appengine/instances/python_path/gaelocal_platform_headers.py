"""Removes the platform's headers from requests that did not come from gaelocal.

App Engine's front end removes headers such as `X-Appengine-Cron` from clients, so that a service may believe
them. An instance here listens at a port of this machine, to which any local program can connect. gaelocal
therefore adds a secret to each of its requests; without it, these headers are removed before the service
sees them. The module knows the common servers: gunicorn, uvicorn, hypercorn, waitress, gevent, tornado,
aiohttp, and http.server, on which wsgiref, Flask's and Django's development servers are built.
"""

import hmac

from gaelocal_client_routes import patch_when_imported

PLATFORM = ("x-appengine", "x-google", "x-cloudtasks", "x-cloudscheduler")
SECRET_HEADER = "x-gaelocal-secret"  # noqa: S105 - a name
STATE = {"secret": ""}


def install(secret):
    """Change the servers when they are imported."""
    STATE["secret"] = secret
    patch_when_imported(
        {
            "gunicorn.http.wsgi": patch_gunicorn,
            "gunicorn.asgi.protocol": patch_gunicorn_asgi,
            "http.server": patch_http_server,
            "aiohttp.web_request": patch_aiohttp,
            "uvicorn.protocols.http.httptools_impl": patch_uvicorn_httptools,
            "h11": patch_h11,
            "waitress.parser": patch_waitress,
            "gevent.pywsgi": patch_gevent,
            "tornado.http1connection": patch_tornado,
        }
    )


def _text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _plain(name):
    """Return a header's name in lower case with hyphens: `HTTP_X_A`, `X_A` and `X-A` are the same."""
    name = _text(name).lower().replace("_", "-")
    return name[5:] if name.startswith("http-") else name


def _is_genuine(value):
    return hmac.compare_digest(_text(value).encode("latin-1"), STATE["secret"].encode())


def trusted(headers):
    """Return the pairs of names and values that the service may see."""
    is_from_gaelocal = any(_plain(name) == SECRET_HEADER and _is_genuine(value) for name, value in headers)
    removed = (SECRET_HEADER,) if is_from_gaelocal else (SECRET_HEADER, *PLATFORM)
    return [(name, value) for name, value in headers if not _plain(name).startswith(removed)]


def _clean_mapping(mapping):
    """Remove names from a dictionary in place."""
    pairs = [(name, value) for name, value in mapping.items() if isinstance(value, (str, bytes))]
    kept = {name for name, _ in trusted(pairs)}
    for name, _ in pairs:
        if name not in kept:
            del mapping[name]


def patch_gunicorn(module):
    create = module.create

    def create_trusted(req, *args, **kwargs):
        req.headers = trusted(req.headers)
        return create(req, *args, **kwargs)

    module.create = create_trusted


def patch_gunicorn_asgi(module):
    build = module.ASGIProtocol._build_http_scope

    def build_trusted(self, *args, **kwargs):
        scope = build(self, *args, **kwargs)
        scope["headers"] = trusted(scope["headers"])
        return scope

    module.ASGIProtocol._build_http_scope = build_trusted


def patch_http_server(module):
    parse = module.BaseHTTPRequestHandler.parse_request

    def parse_trusted(self):
        is_parsed = parse(self)
        if is_parsed and hasattr(self, "headers"):
            pairs = list(self.headers.items())
            kept = {name.lower() for name, _ in trusted(pairs)}
            for name, _ in pairs:
                if name.lower() not in kept:
                    del self.headers[name]
        return is_parsed

    module.BaseHTTPRequestHandler.parse_request = parse_trusted


def patch_aiohttp(module):
    init = module.BaseRequest.__init__

    def init_trusted(self, message, *args, **kwargs):
        from multidict import CIMultiDict, CIMultiDictProxy

        headers = CIMultiDictProxy(CIMultiDict(trusted(list(message.headers.items()))))
        message = message._replace(headers=headers, raw_headers=tuple(trusted(message.raw_headers)))
        init(self, message, *args, **kwargs)

    module.BaseRequest.__init__ = init_trusted


def patch_uvicorn_httptools(module):
    complete = module.HttpToolsProtocol.on_headers_complete

    def complete_trusted(self):
        self.headers[:] = trusted(self.headers)
        return complete(self)

    module.HttpToolsProtocol.on_headers_complete = complete_trusted


def patch_h11(module):
    next_event = module.Connection.next_event

    def next_trusted(self):
        event = next_event(self)
        if self.our_role is not module.SERVER or not isinstance(event, module.Request):
            return event
        return module.Request(
            method=event.method,
            headers=trusted(list(event.headers)),
            target=event.target,
            http_version=event.http_version,
        )

    module.Connection.next_event = next_trusted


def patch_waitress(module):
    parse = module.HTTPRequestParser.parse_header

    def parse_trusted(self, *args, **kwargs):
        parsed = parse(self, *args, **kwargs)
        _clean_mapping(self.headers)
        return parsed

    module.HTTPRequestParser.parse_header = parse_trusted


def patch_gevent(module):
    get = module.WSGIHandler.get_environ

    def get_trusted(self):
        environ = get(self)
        headers = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
        kept = {name for name, _ in trusted(list(headers.items()))}
        for name in headers:
            if name not in kept:
                del environ[name]
        return environ

    module.WSGIHandler.get_environ = get_trusted


def patch_tornado(module):
    parse = module.HTTP1Connection._parse_headers

    def parse_trusted(self, *args, **kwargs):
        first_line, headers = parse(self, *args, **kwargs)
        if not self.is_client:
            pairs = list(headers.get_all())
            kept = {name for name, _ in trusted(pairs)}
            for name, _ in pairs:
                if name not in kept and name in headers:
                    del headers[name]
        return first_line, headers

    module.HTTP1Connection._parse_headers = parse_trusted
