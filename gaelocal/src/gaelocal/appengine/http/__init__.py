"""HTTP/1.1 on both sides of the front door: bodies, requests, responses and their framing."""

from gaelocal.appengine.http.bodies import LARGEST_BODY, Body
from gaelocal.appengine.http.messages import Headers, Request, Response, field

__all__ = ["LARGEST_BODY", "Body", "Headers", "Request", "Response", "field"]
