"""A disk that can become read-only, full or slow, and work again, while programs have its files open.

Linux refuses to remount a file system read-only while files are open for writing, so that a real disk cannot
be switched back and forth. This one is a file system in user space (FUSE) that passes every operation on to
a folder, or refuses it. It speaks the protocol of the kernel itself and needs no library, but Linux and root.
"""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.fuse import can_mount

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class FaultyDisk:
    """The mounted folder; its state changes before each method returns."""

    folder: Path
    _server: subprocess.Popen[str]

    def become_read_only(self) -> None:
        self._tell(f"refuse {errno.EROFS}")

    def become_full(self) -> None:
        self._tell(f"refuse {errno.ENOSPC}")

    def fail(self) -> None:
        """Answer every write with an I/O error."""
        self._tell(f"refuse {errno.EIO}")

    def become_slow(self, seconds: float) -> None:
        """Let each write, and each creation, renaming and deletion of a file, take this long."""
        self._tell(f"delay {seconds}")

    def work_again(self) -> None:
        self._tell("work")

    @property
    def refused(self) -> int:
        """The number of operations that were refused until now."""
        return int(self._tell("count"))

    def _tell(self, command: str) -> str:
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(command + "\n")
        self._server.stdin.flush()
        return self._server.stdout.readline().strip()


@contextmanager
def faulty_disk(folder: Path) -> Iterator[FaultyDisk]:
    """Mount a working disk at a new folder, which is `folder/disk`.

    Raises:
        NotImplementedError: this machine cannot mount it; the message is the reason.
    """
    if reason := can_mount():
        raise NotImplementedError(reason)
    content, disk = folder / "content", folder / "disk"
    for each in (content, disk):
        each.mkdir(parents=True)
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.fuse", str(content), str(disk)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        mounted = FaultyDisk(disk, server)
        mounted.work_again()
        assert os.path.ismount(disk), "the file system was not mounted"
        yield mounted
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False, capture_output=True)
        server.kill()
        server.wait(10)
        for pipe in (server.stdin, server.stdout):
            if pipe:
                pipe.close()
