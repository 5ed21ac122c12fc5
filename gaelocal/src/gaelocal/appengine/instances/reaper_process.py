"""Kills every process group it was told of as soon as whoever told it is gone, however that went.

The end of its input is that news: no signal can be lost on the way, and workers end with their master.
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
