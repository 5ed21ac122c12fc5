"""The log on the terminal."""

import io

import pytest

from gaelocal.appengine.logs import Entry, HttpRequest, Source
from gaelocal.appengine.logs.terminal import Terminal

REQUEST = HttpRequest("GET", "/", 200, 0.012, 5, "127.0.0.1", "curl")


class ColourTerminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def an_entry(message: str = "", severity: str = "DEFAULT", **more: object) -> Entry:
    return Entry(0.0, severity, Source("default"), "stderr", message, **more)  # type: ignore[arg-type]


def shown(*entries: Entry, level: str = "info") -> str:
    stream = io.StringIO()
    Terminal(stream, level).show(entries)
    return stream.getvalue()


def test_a_request_is_one_readable_line() -> None:
    assert shown(an_entry(severity="INFO", request=REQUEST)) == "default | GET / 200 12 ms\n"


@pytest.mark.parametrize(
    "message",
    [
        "Booting worker with pid: 12",
        "Listening at: http://127.0.0.1:4000 (11)",
        "INFO:     Application startup complete.",
        '127.0.0.1 - - [28/Nov/2026 16:32:46] "GET / HTTP/1.1" 200 -',
        'INFO:     127.0.0.1:0 - "GET /x HTTP/1.1" 404 Not Found',
        " + flask==3.1.3",
        " Downloaded grpcio",
        "/e/site-packages/google/auth/__init__.py:54: FutureWarning: You are using a Python version",
        "  warnings.warn(message, FutureWarning)",
    ],
)
def test_what_servers_and_packages_say_of_themselves_is_shown_at_debug_only(message: str) -> None:
    assert shown(an_entry(message)) == ""
    assert message in shown(an_entry(message), level="debug")


def test_a_static_file_is_shown_at_debug_only() -> None:
    entry = an_entry(severity="INFO", request=REQUEST, is_static=True)

    assert shown(entry) == ""
    assert shown(entry, level="debug")


def test_a_level_hides_what_is_below_it() -> None:
    entries = [an_entry("printed"), an_entry("careful", "WARNING"), an_entry("broken", "ERROR")]

    assert "printed" in shown(*entries)
    assert shown(*entries, level="error") == "default | ERROR broken\n"


def test_severities_stand_out_in_colour_on_a_terminal_alone() -> None:
    stream = ColourTerminal()

    Terminal(stream).show([an_entry("broken", "ERROR"), an_entry("printed")])

    assert stream.getvalue() == "\x1b[31mdefault | ERROR broken\x1b[0m\ndefault | printed\n"
    assert "\x1b" not in shown(an_entry("broken", "ERROR"))
