"""HTTP/1.1 on both sides of the front door: bodies, requests, answers and their framing."""

from gaelocal.appengine.wire.bodies import LARGEST_BODY, Body
from gaelocal.appengine.wire.messages import Answer, Headers, Request, field

__all__ = ["LARGEST_BODY", "Answer", "Body", "Headers", "Request", "field"]
