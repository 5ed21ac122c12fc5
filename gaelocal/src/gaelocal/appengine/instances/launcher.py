"""Replace this process by a program that ends when its parent does, and may have read-only files.

Usage: `python launcher.py PARENT_PID FILES PROGRAM ARGUMENT…`. FILES is empty, or JSON with the folders that
are `writable` and those below them that are `protected`.

Linux sends the signal also when the parent was `kill -9`ed; elsewhere the reaper does.
"""

import contextlib
import ctypes
import json
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def follow(parent: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the parent process has already ended")


def restrict(files: str) -> None:
    """Make files read-only; a namespace of users clears the signal of `follow`, so that it comes later."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - quicker than pathlib
    from read_only_files import make_read_only  # type: ignore[import-not-found]  # noqa: PLC0415

    make_read_only(**json.loads(files))


if __name__ == "__main__":
    if sys.argv[2]:
        restrict(sys.argv[2])
    follow(int(sys.argv[1]))
    os.execvp(sys.argv[3], sys.argv[3:])  # noqa: S606 - replacing this process is what it is for
