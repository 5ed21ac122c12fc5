"""breakpoint() in a service: pdb in the terminal of gaelocal."""

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest

from gaelocal.debugger import DebuggerTerminal
from gaelocal.google_api_routes import PYTHON_PATH

PROGRAM = """
answer = 41
breakpoint()
print("the answer is", answer)
"""


@contextmanager
def a_keyboard() -> Iterator[tuple[TextIO, TextIO]]:
    """Yield what is read and what is typed."""
    reading, typing = os.pipe()
    with os.fdopen(reading) as keyboard, os.fdopen(typing, "w", buffering=1) as hands:
        yield keyboard, hands


def run_program(
    folder: Path, address: str = "", service: str = "default"
) -> subprocess.CompletedProcess[str]:
    (folder / "program.py").write_text(PROGRAM)
    environment = {
        "PYTHONPATH": str(PYTHON_PATH),
        "PYTHONBREAKPOINT": "gaelocal_breakpoint.set_trace",
        "GAE_SERVICE": service,
        "GAELOCAL_DEBUGGER": address,
    }
    command = [sys.executable, "program.py"]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def debug(
    folder: Path, *typed: str, attached: str = "default", service: str = "default"
) -> tuple[str, str, str]:
    """Run the program under a terminal; return its stdout and stderr, and what the terminal showed."""
    screen = io.StringIO()

    async def converse(keyboard: TextIO | None) -> subprocess.CompletedProcess[str]:
        terminal = DebuggerTerminal((attached,), keyboard, screen)
        await terminal.start()
        try:
            return await asyncio.to_thread(run_program, folder, terminal.address, service)
        finally:
            await terminal.stop()

    if not typed:
        ended = asyncio.run(converse(None))
    else:
        with a_keyboard() as (keyboard, hands):
            hands.write("".join(f"{line}\n" for line in typed))
            ended = asyncio.run(converse(keyboard))
    return ended.stdout, ended.stderr, screen.getvalue()


def test_a_variable_is_read_and_changed_at_a_breakpoint(tmp_path: Path) -> None:
    output, _, shown = debug(tmp_path, "p answer", "answer = 42", "c")

    assert "default program.py:3" in shown
    assert "(pdb) 41" in shown
    assert output == "the answer is 42\n"


@pytest.mark.parametrize("command", ["q", "quit", "exit", "EOF"])
def test_quitting_the_debugger_lets_the_request_go_on(command: str, tmp_path: Path) -> None:
    output, errors, _ = debug(tmp_path, command)

    assert (output, errors) == ("the answer is 41\n", "")


def test_a_breakpoint_without_a_keyboard_lets_the_request_go_on(tmp_path: Path) -> None:
    output, _, shown = debug(tmp_path)

    assert output == "the answer is 41\n"
    assert "There is no keyboard" in shown


def test_a_breakpoint_of_another_service_is_skipped_with_the_option_to_use(tmp_path: Path) -> None:
    output, errors, shown = debug(tmp_path, "c", service="worker")

    assert output == "the answer is 41\n"
    assert errors == "breakpoint at program.py:3 is skipped; to stop there: gaelocal --attach worker\n"
    assert shown == ""


def test_a_program_without_the_secret_of_this_run_gets_no_terminal(tmp_path: Path) -> None:
    screen = io.StringIO()

    async def intrude() -> bytes:
        terminal = DebuggerTerminal(("default",), None, screen)
        await terminal.start()
        try:
            host, _, port = terminal.address.split(" ")[0].rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            said = await reader.read()
            writer.close()
            return said
        finally:
            await terminal.stop()

    assert asyncio.run(intrude()) == b""
    assert screen.getvalue() == ""
