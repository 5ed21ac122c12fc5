"""A real Chromium with the website, served by threads of this process."""

import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from tests.browser import WAIT_MILLISECONDS, Chromium

PHONE = {"width": 375, "height": 812}
DESKTOP = {"width": 1280, "height": 860}
DEFAULTS: dict[str, Any] = {"viewport": DESKTOP, "locale": "en-GB", "timezone_id": "UTC"}
TOUCH: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
LAYOUT_SHIFTS = """() => new Promise((done) => {
    const seen = [];
    const observer = new PerformanceObserver((list) => seen.push(...list.getEntries()));
    observer.observe({type: "layout-shift", buffered: true});
    requestAnimationFrame(() => requestAnimationFrame(() => done([...seen, ...observer.takeRecords()]
        .filter((shift) => !shift.hadRecentInput).map((shift) => shift.value))));
})"""
"""Those that no press of the reader asked for, as browsers count them."""

Open = Callable[..., "Window"]


class Window:
    """A browser window; `complaints` are console errors, including violations of the security policy."""

    def __init__(self, page: Page, address: str) -> None:
        self.address = address
        self.page = page
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)

    def goes_to(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def signs_in(self, user: str) -> Page:
        page = self.goes_to("/signin")
        page.fill("#user", user)
        page.click("button.primary")
        page.wait_for_url(f"{self.address}/")
        return page

    def close(self) -> None:
        self.page.context.close()

    def _listen(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


class LosesTheFirstAnswer:
    """A proxy that loses the response to the first POST."""

    def __init__(self, app: Flask) -> None:
        self._app: Any = app
        self.lost: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST" or self.lost:
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        with closing(self._app(environ, lambda status, *_: self.lost.append(status))) as answer:
            list(answer)
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return []


class Tunnel:
    """A network that can be cut, also in the middle of a request."""

    def __init__(self, app: Flask) -> None:
        self._app: Any = app
        self.is_cut = False
        self.cuts_after_bytes = 0
        """Of the body of the next POST; 0 lets it pass."""
        self.cut_path = ""
        """A path that cannot be reached."""
        self.failing_path = ""
        """A path that answers 503."""
        self.failed = 0
        self.posted: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST" and self.cuts_after_bytes:
            environ["wsgi.input"].read(self.cuts_after_bytes)
            self.cuts_after_bytes, self.is_cut = 0, True
        if self.is_cut or environ["PATH_INFO"] == self.cut_path:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            return []
        if environ["PATH_INFO"] == self.failing_path:
            self.failed += 1
            start_response("503 SERVICE UNAVAILABLE", [("Content-Type", "text/html")])
            return [b"<h1>Temporarily unavailable</h1>"]
        if environ["REQUEST_METHOD"] == "POST":
            self.posted.append(environ["PATH_INFO"])
        return self._app(environ, start_response)  # type: ignore[no-any-return]


class HoldsPosts:
    """A proxy that holds POSTs until `release`."""

    def __init__(self, app: Flask) -> None:
        self._app: Any = app
        self._released = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/post/"):
            self._released.wait(120)
        return self._app(environ, start_response)  # type: ignore[no-any-return]

    def release(self) -> None:
        self._released.set()


class HoldsTheRest:
    """A proxy that sends a page up to its third photo, and the rest after `release`."""

    def __init__(self, app: Flask) -> None:
        self._app: Any = app
        self._released = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with closing(self._app(environ, start_response)) as answer:
            whole = b"".join(answer)
        third = [found.start() for found in re.finditer(b'<li [^>]*class="photo', whole)][2:3]
        if third:
            yield whole[: third[0]]
            self._released.wait(120)
        yield whole[third[0] if third else 0 :]

    def release(self) -> None:
        self._released.set()


def closing_answer(app: Any, environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    """Close the response also if the browser disconnects, which Werkzeug's server does not do.

    (`execute` in werkzeug.serving reads the rest of the request before it closes the response.)
    """
    answer = app(environ, start_response)
    try:
        yield from answer
    finally:
        if hasattr(answer, "close"):
            answer.close()


@contextmanager
def served(app: Any) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, partial(closing_answer, app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.port}"
    finally:
        server.shutdown()
        thread.join(timeout=60)
        server.server_close()


def opener(chromium: Chromium, address: str) -> Open:
    def open_window(**options: Any) -> Window:
        page = chromium.open_page(**(DEFAULTS | options))
        page.context.set_default_timeout(WAIT_MILLISECONDS)
        return Window(page, address)

    return open_window
