"""The log buffer, and parsing a program's lines into log entries."""

import asyncio
import io
import json
import logging
from pathlib import Path

import pytest
from tests.appengine.running import Running, until

from gaelocal.appengine.logs import Entry, HttpRequest, LineReader, LogBuffer, OwnMessages, Source
from gaelocal.appengine.logs.file import LogFile
from gaelocal.appengine.logs.terminal import Terminal

TRACE = "1bf7651916cd43dd8448eb211c80319d"
TRACEBACK = """before
Traceback (most recent call last):
  File "main.py", line 1, in app
    raise ValueError("one")
ValueError: one

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "main.py", line 2, in app
    raise KeyError("two")
KeyError: 'two'
after
"""


def read(text: str, size: int = 7) -> list[Entry]:
    entries: list[Entry] = []
    reader = LineReader(Source("default"), "stderr", entries.append)
    content = text.encode()
    for start in range(0, len(content), size):
        reader.feed(content[start : start + size])
    reader.close()
    return entries


def test_a_json_line_gives_its_severity_message_and_trace() -> None:
    line = json.dumps(
        {
            "severity": "WARNING",
            "message": "slow",
            "logging.googleapis.com/trace": f"projects/demo/traces/{TRACE}",
            "photo": 7,
        }
    )

    (entry,) = read(line + "\n")

    assert (entry.severity, entry.message, entry.trace) == ("WARNING", "slow", TRACE)
    assert entry.fields == {"photo": 7}


def test_a_json_line_gives_its_request_id_and_keeps_it() -> None:
    (entry,) = read('{"message": "x", "request_id": "r1"}')

    assert (entry.request_id, entry.fields) == ("r1", {"request_id": "r1"})
    assert entry.as_json()["request_id"] == "r1"


def test_a_json_line_keeps_its_own_timestamp() -> None:
    (entry,) = read('{"message": "x", "time": "2026-11-20T09:31:00.250Z"}')

    assert entry.as_json()["timestamp"] == "2026-11-20T09:31:00.250000Z"
    assert entry.fields == {}


@pytest.mark.parametrize("told", ["yesterday", "2026-11-20T09:31:00", "", 5, None, [1], {"seconds": 1}])
def test_a_moment_that_cannot_be_read_stays_in_the_payload(told: object) -> None:
    (entry,) = read(json.dumps({"message": "x", "time": told}))

    assert entry.fields == {"time": told}


@pytest.mark.parametrize(
    ("line", "severity", "message"),
    [
        ("plain", "DEFAULT", "plain"),
        ("{broken", "DEFAULT", "{broken"),
        ('{"severity": "shouting", "message": "x"}', "DEFAULT", "x"),
        ('{"severity": "warn", "msg": "x"}', "WARNING", "x"),
        ("[2026-11-20 11:16:38 +0000] [12] [INFO] Starting", "INFO", "Starting"),
        ("no newline at the end", "DEFAULT", "no newline at the end"),
    ],
)
def test_a_line_has_a_severity(line: str, severity: str, message: str) -> None:
    (entry,) = read(line)

    assert (entry.severity, entry.message) == (severity, message)


def test_the_lines_of_a_traceback_stay_together() -> None:
    before, traceback, after = read(TRACEBACK, size=10_000)

    assert (before.message, after.message) == ("before", "after")
    assert traceback.severity == "ERROR"
    assert traceback.message == TRACEBACK.removeprefix("before\n").removesuffix("\nafter\n")


def test_a_traceback_that_comes_in_pieces_stays_together() -> None:
    before, traceback = read(TRACEBACK.partition("\n\n")[0] + "\n")

    assert (before.message, traceback.message.splitlines()[-1]) == ("before", "ValueError: one")


def test_the_file_is_turned_over_and_old_ones_are_dropped(tmp_path: Path) -> None:
    file = LogFile(tmp_path, largest=100)

    for number in range(9):
        file.append(f"{number}" * 101 + "\n")

    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["log.1.jsonl", "log.2.jsonl", "log.3.jsonl"]
    assert (tmp_path / "log.1.jsonl").read_text().startswith("8")


def test_a_request_and_its_log_lines_share_a_trace(front_door: Running) -> None:
    front_door.ask("/say/cheese", Host="api.localhost", X_Cloud_Trace_Context=f"{TRACE}/1")
    front_door.ask("/say/cheese", X_Cloud_Trace_Context=f"{TRACE}/1")

    until(lambda: len(front_door.engine.logs.entries(service="default", trace=TRACE)) == 2)

    entries = {
        entry["log"]: entry for entry in front_door.engine.logs.entries(service="default", trace=TRACE)
    }
    assert (entries["stdout"]["severity"], entries["stdout"]["message"]) == ("NOTICE", "cheese")
    assert entries["request"]["httpRequest"]["status"] == 200
    assert entries["request"]["httpRequest"]["requestUrl"] == "/say/cheese"
    assert entries["request"]["httpRequest"]["responseSize"] == 4


def test_entries_are_chosen_by_least_severity_and_limited(front_door: Running) -> None:
    front_door.ask("/fail")
    front_door.ask("/text/1")

    errors = front_door.engine.logs.entries(severity="ERROR", limit=5)

    assert 0 < len(errors) <= 5
    assert {entry["severity"] for entry in errors} <= {"ERROR", "CRITICAL", "ALERT", "EMERGENCY"}
    assert len(front_door.engine.logs.entries(limit=1)) == 1


def test_a_request_reads_the_same_on_disk_as_in_memory() -> None:
    request = HttpRequest("GET", '/a"b\\c?d=\xe4', 404, 0.0123, 7, "127.0.0.1", 'agent "x"')
    source = Source("api", "v1")
    entry = Entry(1_800_000_000.5, "WARNING", source, "request", trace=TRACE, request=request)

    written = json.loads(entry.as_line())

    assert entry.as_json() == {**written, "instance": ""}


def test_entries_are_kept_on_disk(front_door: Running) -> None:
    front_door.ask("/text/12")
    file = front_door.data / "logs" / "log.jsonl"

    until(lambda: file.exists() and "/text/12" in file.read_text())

    assert all(json.loads(line)["timestamp"] for line in file.read_text().splitlines())


def shown(tmp_path: Path, *entries: Entry) -> str:
    """Return the terminal output of a log buffer."""
    terminal = io.StringIO()

    async def keep() -> None:
        log_buffer = LogBuffer(LogFile(tmp_path), Terminal(terminal))
        for entry in entries:
            log_buffer.keep(entry)
        log_buffer.write()

    asyncio.run(keep())
    return terminal.getvalue()


def test_nothing_a_program_or_a_client_writes_steers_the_terminal(tmp_path: Path) -> None:
    evil = "a\x1b]0;title\x07b\x9b2Jc\rd\x7f\u202ee\u2066f\ud800\tg\nh é"
    request = HttpRequest("GET", "/\x9b31m", 200, 0.001, 7)
    said = Entry(0.0, "DEFAULT", Source("api"), "stdout", evil)
    asked = Entry(0.0, "INFO", Source("api"), "request", request=request)

    text = shown(tmp_path, said, asked)

    assert text == (
        "api | a\\x1b]0;title\\x07b\\x9b2Jc\\rd\\x7f\\u202ee\\u2066f\\ud800\tg\nh é\n"
        "api | GET /\\x9b31m 200 1 ms\n"
    )
    assert said.as_json()["message"] == evil


def test_the_terminal_has_one_line_for_a_request_and_the_book_both(tmp_path: Path) -> None:
    own = json.dumps({"severity": "INFO", "message": "GET /a 200", "httpRequest": {"status": 200}})
    more = json.dumps({"message": "oh\nTraceback", "httpRequest": {"status": 500}})
    asked = HttpRequest("GET", "/a", 200, 0.001, 7)
    front = Entry(0.0, "INFO", Source("default"), "request", request=asked)

    text = shown(tmp_path, *read(f"{own}\n{more}\n", size=1000), front)

    assert text == "default | oh\nTraceback\ndefault | GET /a 200 1 ms\n"
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 3


def test_the_terminal_names_the_version_of_what_was_deployed(tmp_path: Path) -> None:
    sources = Source("api", "v1"), Source("api", "dev")

    text = shown(tmp_path, *(Entry(0.0, "DEFAULT", source, "stdout", "hello") for source in sources))

    assert text == "api v1 | hello\napi    | hello\n"


def test_warnings_of_gaelocal_itself_are_kept_also_from_threads(tmp_path: Path) -> None:
    terminal = io.StringIO()

    async def log() -> list[dict[str, object]]:
        logs = LogBuffer(LogFile(tmp_path), Terminal(terminal))
        logger, handler = logging.getLogger("gaelocal.test"), OwnMessages(logs)
        logger.addHandler(handler)
        logger.info("not kept")
        logger.warning("the %s is cold", "oven")
        await asyncio.to_thread(logger.error, "no bread")
        logger.removeHandler(handler)
        await asyncio.sleep(0)
        logs.write()
        return logs.entries()

    entries = asyncio.run(log())

    assert [(entry["severity"], entry["service"], entry["message"]) for entry in entries] == [
        ("ERROR", "gaelocal", "no bread"),
        ("WARNING", "gaelocal", "the oven is cold"),
    ]
    assert (tmp_path / "log.jsonl").read_text().count("\n") == 2
    assert terminal.getvalue() == ""
