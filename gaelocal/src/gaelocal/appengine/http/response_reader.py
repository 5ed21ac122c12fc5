"""One connection to an instance: sends a request and reads the whole response."""

import asyncio

import httptools

from gaelocal.appengine.http.bodies import LARGEST_BODY, Body, NoRoom
from gaelocal.appengine.http.flow import Flow
from gaelocal.appengine.http.messages import Headers, Response

LARGEST_HEAD = 8 * 1024
INFORMATIONAL = range(100, 200)
FRAMED_BY = (b"content-length", b"transfer-encoding")


class BrokenOff(Exception):
    """The instance closed the connection before the response was complete."""


class ResponseTooLarge(Exception):
    """The response is larger than App Engine allows: `what` is `headers` or `body`."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class InstanceConnection(Flow):
    """Sends one request at a time to an instance; reusable only if the response allows it."""

    def __init__(self) -> None:
        super().__init__()
        self._respond: asyncio.Future[Response] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._is_head = False
        self._status = 0
        self._head_size = 0
        self._headers: Headers = []
        self._body = Body()
        self.is_reusable = False

    async def exchange(self, head: bytes, body: Body, seconds: float, *, is_head: bool) -> Response:
        """Send a request and return the response; raise TimeoutError after `seconds`."""
        if self.is_lost:
            raise BrokenOff
        self._is_head, self.is_reusable = is_head, False
        loop = asyncio.get_running_loop()
        self._respond = loop.create_future()
        deadline = loop.call_later(seconds, self._give_up, TimeoutError())
        try:
            if body.is_small:
                self.write(head + body.whole())
            else:
                await self._send(head, body, self._respond)
            return await self._respond
        finally:
            deadline.cancel()
            self._respond = None

    def data_received(self, data: bytes) -> None:
        if self._respond is None:
            self._give_up(BrokenOff("the instance sent data without a request"))
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._give_up(BrokenOff(str(error)))
        except httptools.HttpParserUpgrade:
            self._give_up(BrokenOff("the instance switched protocols"))

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.is_reusable = False
        ends_with_connection = self._status and not any(n.lower() in FRAMED_BY for n, _ in self._headers)
        if ends_with_connection and exc is None:
            self._complete()
        else:
            self._give_up(BrokenOff("the connection was closed"))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_size += len(name) + len(value) + 4
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._status = self._parser.get_status_code()
        if self._respond is None or self._respond.done():
            self._give_up(BrokenOff("the instance sent two responses to one request"))
        elif self._head_size > LARGEST_HEAD:
            self._give_up(ResponseTooLarge("headers"))
        elif self._is_head and self._status not in INFORMATIONAL:
            self.is_reusable = self._parser.should_keep_alive()
            self._complete()
            self._parser = httptools.HttpResponseParser(self)

    def on_body(self, body: bytes) -> None:
        try:
            self._body.append(body)
        except NoRoom as error:
            self._give_up(error)
            return
        if self._body.size > LARGEST_BODY:
            self._give_up(ResponseTooLarge("body"))

    def on_message_complete(self) -> None:
        if self._status in INFORMATIONAL:
            self._reset()
        elif self._respond is not None and not self._respond.done():
            self.is_reusable = self._parser.should_keep_alive()
            self._complete()

    def _complete(self) -> None:
        if self._respond is not None and not self._respond.done():
            self._respond.set_result(Response(self._status, self._headers, self._body))
        self._reset()

    def _reset(self) -> None:
        self._status, self._head_size, self._headers, self._body = 0, 0, [], Body()

    def _give_up(self, error: Exception) -> None:
        self.is_reusable = False
        if self._respond is not None and not self._respond.done():
            self._respond.set_exception(error)
        self._body.close()
        if not self.is_lost:
            self.close()

    async def _send(self, head: bytes, body: Body, response: "asyncio.Future[Response]") -> None:
        """Send part by part; stop if the instance responds before the end."""
        self.write(head)
        for part in body.parts():
            if response.done():
                self.is_reusable = False
                return
            self.write(part)
            await self._drained_or(response)

    async def _drained_or(self, response: "asyncio.Future[Response]") -> None:
        if self._room is not None:
            await asyncio.wait({self._room, response}, return_when=asyncio.FIRST_COMPLETED)  # type: ignore[type-var]
