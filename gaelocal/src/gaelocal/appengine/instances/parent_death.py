"""Replace this process by a program that ends when its parent does.

Usage: `python parent_death.py PARENT_PID PROGRAM ARGUMENT…`.

Linux sends the signal also when the parent was `kill -9`ed; elsewhere the reaper does.
"""

import contextlib
import ctypes
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


if __name__ == "__main__":
    follow(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - replacing this process is what it is for
