"""The line of a request is the same with and without a LogRecord."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from timeline.serving import logs
from timeline.settings import Settings

PATHS = ["/api/v1/photos", '/a"b\\c\n', "/\xe4\u2028\udcff", "/" + "x" * 3_000]
ENVIRONMENTS: list[dict[str, str]] = [
    {"HTTP_X_APPENGINE_REQUEST_LOG_ID": "request-1", "HTTP_X_CLOUD_TRACE_CONTEXT": "0" * 31 + "1/2;o=1"},
    {"HTTP_X_APPENGINE_REQUEST_LOG_ID": 'a"\\\n\xe4', "HTTP_TRACEPARENT": f"00-{'0' * 31}2-{'1' * 16}-01"},
]
SETTINGS = Settings(google_cloud_project="project", gae_service='a "service"', gae_version="1")
LOGGERS = [logs.log, logging.getLogger("timeline"), logging.getLogger()]
TIME = re.compile(r'"time": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"')


class Counter(logging.Handler):
    """Counts records."""

    count = 0

    def emit(self, _record: logging.LogRecord) -> None:
        self.count += 1


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger with the handler of the services only, without those of pytest."""
    with without_handlers():
        logs.configure(SETTINGS)
        yield logging.getLogger()


@contextmanager
def without_handlers() -> Iterator[None]:
    before = [logger.handlers for logger in LOGGERS]
    for logger in LOGGERS:
        logger.handlers = []
    try:
        yield
    finally:
        for logger, handlers in zip(LOGGERS, before, strict=True):
            logger.handlers = handlers


def line_of(path: str, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    logs.log_request("GET", path, 200, 12, 0.25)
    line, replaced = TIME.subn("", capsys.readouterr().out)
    assert replaced == 1
    return line


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ascii(path[:20]))
def test_lines_equal_those_of_records(
    path: str, root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    for environ in [*ENVIRONMENTS, None]:
        if environ:
            logs.enter(environ)
        direct = line_of(path, capsys)
        root.addHandler(Counter())
        by_record = line_of(path, capsys)
        root.removeHandler(root.handlers[-1])
        logs.leave()

        assert direct == by_record


def test_other_handlers_get_a_record(root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    counter = Counter()
    root.addHandler(counter)

    line_of("/", capsys)

    assert counter.count == 1


def test_filters_see_requests(root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    root.handlers[0].addFilter(lambda _: False)

    logs.log_request("GET", "/", 200, 12, 0.25)

    assert not capsys.readouterr().out
