"""The resident memory of an instance's processes."""

import contextlib
import os
import sys
from pathlib import Path

import psutil

PAGE = os.sysconf("SC_PAGE_SIZE")
PROC = Path("/proc")


def memory_of(pid: int) -> int:
    """Return the resident memory of a process and its descendants in bytes; 0 if it has ended."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return sum(_linux_memory(each) for each in _linux_family(pid))
    return portable_memory_of(pid)


def proportional_memory_of(pid: int) -> int:
    """Return the memory with pages that several processes share divided among them.

    A server with many workers shares the code and data that it has loaded before it forked. Only Linux tells
    how much; elsewhere, the result is that of `memory_of`.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, StopIteration):
            return sum(_linux_share(each) for each in _linux_family(pid))
    return memory_of(pid)


def portable_memory_of(pid: int) -> int:
    """Use what the system offers; this works on macOS as well."""
    total = 0
    with contextlib.suppress(psutil.Error):
        leader = psutil.Process(pid)
        for process in (leader, *leader.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
    return total


def _linux_family(pid: int) -> list[int]:
    """Read the children of each thread, which costs much less than looking at every process.

    Raises:
        OSError: the kernel does not list children.
    """
    found = [pid]
    for each in found:
        for thread in (PROC / str(each) / "task").iterdir():
            found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def _linux_memory(pid: int) -> int:
    try:
        return int((PROC / str(pid) / "statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0  # it has ended


def _linux_share(pid: int) -> int:
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) * 1024
