"""Conditional requests for a representation (RFC 9110, section 13)."""

from flask import Response, request

from timeline.errors import PreconditionFailed

OTHER_VERSION = "The content is not the version that If-Match names. Read it without If-Match."


def revalidated(response: Response) -> Response:
    """Return the response, or 304 without content if the client has it already.

    Raises PreconditionFailed for If-Match with another ETag. Werkzeug answers with 412 and the whole content,
    and keeps its Cache-Control, with which caches could store the 412 for everyone.
    """
    if "If-Match" not in request.headers:
        response.make_conditional(request)
    elif not request.if_match.contains_weak(response.get_etag()[0] or ""):
        raise PreconditionFailed(OTHER_VERSION)
    return response
