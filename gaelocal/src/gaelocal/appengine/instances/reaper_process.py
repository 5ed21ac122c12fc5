"""Kill every reported process group as soon as the parent process ends for any reason.

The end of its input means that the parent has ended; this is more reliable than a signal.
"""

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Iterable


def remaining(lines: Iterable[str]) -> set[int]:
    """Read `+GROUP` and `-GROUP` to the end."""
    groups: set[int] = set()
    for line in lines:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    return groups


if __name__ == "__main__":
    for group in remaining(sys.stdin):
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)
    shutil.rmtree(sys.argv[1], ignore_errors=True)
