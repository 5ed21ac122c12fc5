"""A real browser for tests of pages."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import psutil
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""Without its user interface, if it is installed: that needs 40 % less CPU for the same tests."""
WAIT_MILLISECONDS = 60_000
OPENS_WITHIN = 60.0
TEST_WITHIN = 300.0
"""Seconds; less than the limit of pytest-timeout, which would leave the browser as it is."""


@contextmanager
def launched_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"], timeout=2 * WAIT_MILLISECONDS
        )
        try:
            yield browser
        finally:
            browser.close()


class Chromium:
    """Launches the browser again after it had to be killed.

    Some commands have no time limit, such as opening a page or evaluating a script, and in about one of a
    thousand tests the browser never responds to one of them. The pending call then fails with an Error.
    """

    def __init__(self, launch: Callable[[], Browser]) -> None:
        self._launch = launch
        self._processes: set[psutil.Process] = set()
        self.browser = self._launched()

    @contextmanager
    def within(self, seconds: float) -> Iterator[Browser]:
        """Kill the browser if the block takes longer; it is launched again for the next block."""
        if not self.browser.is_connected():
            self.browser = self._launched()
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
            self.browser.close()

    @contextmanager
    def _limited(self, seconds: float) -> Iterator[None]:
        timer = threading.Timer(seconds, self._kill)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    def _launched(self) -> Browser:
        before = _processes()
        browser = self._launch()
        self._processes = _processes() - before
        return browser

    def _kill(self) -> None:
        for process in self._processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()


def _processes() -> set[psutil.Process]:
    found = set()
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "chrom" in process.name():
                found.add(process)
    return found


@contextmanager
def running_chromium() -> Iterator[Chromium]:
    """Launch a browser that a hanging command cannot stop for ever."""
    expect.set_options(timeout=WAIT_MILLISECONDS)
    with sync_playwright() as playwright:
        chromium = Chromium(
            partial(
                playwright.chromium.launch,
                executable_path=CHROMIUM,
                args=["--no-sandbox"],
                timeout=2 * WAIT_MILLISECONDS,
            )
        )
        try:
            yield chromium
        finally:
            chromium.close()
