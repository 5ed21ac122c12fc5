"""`secure: always` of app.yaml: requests over HTTP are redirected to HTTPS."""

from gaelocal.appengine.http import Body, Request, Response
from gaelocal.appengine.project.handlers import Handler


def is_to_be_secured(request: Request, handler: Handler) -> bool:
    """Return whether a request came over HTTP although its handler requires HTTPS.

    A proxy in front of this machine sends the client's protocol in X-Forwarded-Proto.
    """
    return handler.secure == "always" and request.field(b"x-forwarded-proto").lower() != b"https"


def redirect_to_https(request: Request, handler: Handler) -> Response:
    host = request.field(b"host").decode("latin-1").partition(":")[0] or "localhost"
    location = f"https://{host}{request.target}".encode("latin-1")
    return Response(handler.redirect_code, [(b"Location", location)], Body())
