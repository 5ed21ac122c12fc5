"""Tickets by which the API server of the bundled services knows the request that a call belongs to."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from gaelocal.appengine.instances.instance_request import InstanceRequest
from gaelocal.appengine.project import Service

HOST_HEADER = re.compile(rb"\r\nhost:[ \t]*([^\r]*)", re.I)
HEADER = b"X-Appengine-Api-Ticket: "
END_OF_HEAD = b"\r\n"


class Caller(NamedTuple):
    """`host` is the Host header of the request during which a call is made."""

    service: str
    version: str
    host: str


class ApiTickets:
    """A ticket is valid while its request is answered, as on App Engine."""

    def __init__(self) -> None:
        self._callers: dict[str, Caller] = {}

    def caller(self, ticket: str) -> Caller | None:
        return self._callers.get(ticket)

    @contextmanager
    def issued(self, service: Service, request: InstanceRequest) -> Iterator[InstanceRequest]:
        """Yield the request with a ticket; a service without bundled services gets none."""
        if not service.has_bundled_services:
            yield request
            return
        ticket = secrets.token_urlsafe(24)
        host = HOST_HEADER.search(request.head)
        self._callers[ticket] = Caller(
            service.name, service.version, host[1].decode("latin-1") if host else ""
        )
        head = request.head.removesuffix(END_OF_HEAD) + HEADER + ticket.encode() + END_OF_HEAD * 2
        try:
            yield request._replace(head=head)
        finally:
            del self._callers[ticket]
