"""The pool of open connections to one instance."""

import asyncio

from gaelocal.appengine.http import Response
from gaelocal.appengine.http.response_reader import InstanceConnection
from gaelocal.appengine.instances.api_tickets import ApiTickets
from gaelocal.appengine.instances.environment import SECRET_HEADER
from gaelocal.appengine.instances.instance_request import InstanceRequest, Unreachable
from gaelocal.appengine.project import Service
from gaelocal.ports import HOST

LINE_END = b"\r\n"
IDLE_SECONDS = 1.0  # gunicorn closes an idle connection after two


class Connections:
    """Reuses idle connections.

    A request that must not be sent twice gets a new connection, because an idle one may be closing. Each
    request carries `secret`, if there is one.
    """

    def __init__(
        self, service: Service, tickets: ApiTickets, port: int, host: str = HOST, secret: str = ""
    ) -> None:
        self._service = service
        self._tickets = tickets
        self._host = host
        self._port = port
        self._secret_line = SECRET_HEADER + b": " + secret.encode() + LINE_END * 2 if secret else LINE_END
        self._idle: list[tuple[InstanceConnection, float]] = []
        self._all: set[InstanceConnection] = set()
        self._unanswered = 0
        self._all_answered = asyncio.Event()
        self._all_answered.set()

    async def exchange(self, instance_request: InstanceRequest) -> Response:
        self._unanswered += 1
        self._all_answered.clear()
        try:
            with self._tickets.issued(self._service, instance_request) as with_ticket:
                return await self._exchange(with_ticket)
        finally:
            self._unanswered -= 1
            if not self._unanswered:
                self._all_answered.set()

    async def all_answered(self) -> None:
        """Wait until every request is answered."""
        await self._all_answered.wait()

    def close_idle(self) -> None:
        for connection, _ in self._idle:
            self._drop(connection)
        self._idle.clear()

    async def _exchange(self, instance_request: InstanceRequest) -> Response:
        connection = (self._take_idle() if instance_request.is_safe else None) or await self._open()
        try:
            return await connection.exchange(
                instance_request.head.removesuffix(LINE_END) + self._secret_line,
                instance_request.body,
                instance_request.seconds,
                is_head=instance_request.is_head,
            )
        finally:
            self._put_back(connection)

    def close(self) -> None:
        for connection in list(self._all):
            self._drop(connection)
        self._idle.clear()

    async def _open(self) -> InstanceConnection:
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(InstanceConnection, self._host, self._port)
        except OSError as error:
            raise Unreachable(str(error)) from error
        self._all.add(connection)
        return connection

    def _take_idle(self) -> InstanceConnection | None:
        oldest = asyncio.get_running_loop().time() - IDLE_SECONDS
        while self._idle:
            connection, since = self._idle.pop()
            if connection.is_reusable and since > oldest:
                return connection
            self._drop(connection)
        return None

    def _put_back(self, connection: InstanceConnection) -> None:
        if connection.is_reusable:
            self._idle.append((connection, asyncio.get_running_loop().time()))
        else:
            self._drop(connection)

    def _drop(self, connection: InstanceConnection) -> None:
        self._all.discard(connection)
        connection.close()
