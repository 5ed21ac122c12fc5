"""A file system in user space (FUSE) that delays operations or refuses changes.

`python -m tests.faults.fuse CONTENT FOLDER` mounts it and obeys the lines of its standard input: `work`,
`refuse ERRNO`, `delay SECONDS` and `count`. The structures are those of Linux's `include/uapi/linux/fuse.h`.
"""

import ctypes
import errno
import os
import struct
import sys
import threading
from contextlib import suppress
from pathlib import Path

from tests.faults.pass_through import MOST_WRITTEN, Faults, PassThrough

DEVICE = Path("/dev/fuse")
HEADER = struct.Struct("<IIQQIIIHH")
REPLY = struct.Struct("<IiQ")
NO_REPLY = {2, 36, 42}
"""The operations FORGET, INTERRUPT and BATCH_FORGET."""
MS_NOSUID, MS_NODEV = 2, 4


def can_mount() -> str:
    """Return why this machine cannot mount the file system; empty if it can."""
    if not sys.platform.startswith("linux") or not DEVICE.exists():
        return "there is no FUSE in this kernel"
    if os.geteuid():
        return "mounting needs root"
    return ""


def mount(folder: Path) -> int:
    """Mount at the folder and return the descriptor by which the kernel asks.

    Raises:
        OSError: the kernel refuses.
    """
    device = os.open(DEVICE, os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()},allow_other"
    library = ctypes.CDLL(None, use_errno=True)
    words = (b"faulty-disk", os.fsencode(folder), b"fuse.faulty", MS_NOSUID | MS_NODEV, options.encode())
    if library.mount(*words):
        raise OSError(ctypes.get_errno(), "mount failed")
    return device


def serve(device: int, disk: PassThrough) -> None:
    """Answer the kernel until the folder is unmounted."""
    while True:
        try:
            request = os.read(device, MOST_WRITTEN + 4096)
        except OSError as error:
            if error.errno in (errno.EINTR, errno.ENOENT):  # the request was interrupted
                continue
            return
        _, operation, unique, node, *_ = HEADER.unpack_from(request)
        if operation in NO_REPLY:
            continue
        status, body = disk.answer(operation, node, request[HEADER.size :])
        with suppress(OSError):  # nobody waits for the answer any more
            os.write(device, REPLY.pack(REPLY.size + len(body), status, unique) + body)


def main(words: list[str]) -> int:
    content, folder = map(Path, words)
    faults = Faults()
    device = mount(folder)
    threading.Thread(target=serve, args=(device, PassThrough(content, faults)), daemon=True).start()
    for line in sys.stdin:
        print(faults.obey(line), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
