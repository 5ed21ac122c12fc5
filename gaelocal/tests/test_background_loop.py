"""The event loop in which the emulators of a test suite run."""

import subprocess
import sys

PROGRAM = """
import asyncio, socket
from gaelocal.testing import BackgroundLoop

background = BackgroundLoop()
ours, theirs = socket.socketpair()
left_open = background.run(asyncio.open_connection(sock=ours))
background.close()
print("closed")
"""


def test_it_closes_with_an_open_connection_where_warnings_are_errors() -> None:
    # In a process of its own: uvloop cannot be interrupted while it waits.
    command = [sys.executable, "-W", "error::ResourceWarning", "-c", PROGRAM]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout == "closed\n", ended.stderr
