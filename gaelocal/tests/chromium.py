"""A real browser for tests of pages; the photo timeline's tests use this file as well."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psutil
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

CHROMIUM = (
    shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("google-chrome")
)
"""Without its user interface, if it is installed: that needs 40 % less CPU for the same tests."""
WAIT_MILLISECONDS = 60_000
"""For every condition; Playwright's own five seconds of `expect` are too few on a busy machine."""
OPENS_WITHIN = 60.0
TEST_WITHIN = 300.0
SLOW_TEST_WITHIN = 800.0
"""Seconds; less than the limit of pytest-timeout, which would leave the browser as it is."""


@contextmanager
def launched_browser() -> Iterator[Browser]:
    expect.set_options(timeout=WAIT_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"], timeout=2 * WAIT_MILLISECONDS
        )
        try:
            yield browser
        finally:
            browser.close()


class Chromium:
    """Starts Playwright and the browser again after they had to be killed.

    Some commands have no time limit, such as opening a page or evaluating a script, and in about one of a
    thousand tests there is never a response to one of them. The pending call then fails with an Error.
    Playwright's own process is killed as well: it waits for a browser that dies while it opens a page.
    """

    def __init__(self) -> None:
        self._start()

    @contextmanager
    def within(self, seconds: float) -> Iterator[Browser]:
        """Kill the browser if the block takes longer; it is started again for the next block."""
        if self._was_killed or not self.browser.is_connected():
            self.close()
            self._start()
        with self._limited(seconds):
            yield self.browser

    def open_page(self, **options: Any) -> Page:
        """Open a page in a context of its own; it is tried a second time with a new browser."""
        with suppress(Error), self.within(OPENS_WITHIN) as browser:
            return browser.new_context(**options).new_page()
        with self.within(OPENS_WITHIN) as browser:
            return browser.new_context(**options).new_page()

    def close(self) -> None:
        with suppress(Error), self._limited(OPENS_WITHIN):
            self._playwright.stop()

    @contextmanager
    def _limited(self, seconds: float) -> Iterator[None]:
        timer = threading.Timer(seconds, self._kill)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    def _start(self) -> None:
        self._was_killed = False
        with self._limited(2 * WAIT_MILLISECONDS / 1000):
            self._playwright = sync_playwright().start()
            self.browser = self._playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

    def _kill(self) -> None:
        self._was_killed = True
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if "chrom" in process.name() or "playwright" in process.exe():
                    process.kill()


@contextmanager
def running_chromium() -> Iterator[Chromium]:
    """Launch a browser that a hanging command cannot stop for ever."""
    expect.set_options(timeout=WAIT_MILLISECONDS)
    chromium = Chromium()
    try:
        yield chromium
    finally:
        chromium.close()
