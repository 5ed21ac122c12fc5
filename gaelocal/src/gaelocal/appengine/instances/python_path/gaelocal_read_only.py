"""Lets a Python program write only to some folders, on systems without mount namespaces.

The variable GAELOCAL_READ_ONLY is JSON: `writable` are the folders, `protected` are folders below them that
are read-only nevertheless.
"""

import errno
import fcntl
import json
import os
import sys

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
PATHS = {
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.truncate": ((0, None),),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.utime": ((0, 3),),
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
}
"""The positions of each changed path, and of its `dir_fd`, in the arguments of each event."""
NO_FOLDER = -1
F_GETPATH = 50
"""Of macOS; old Pythons do not name it."""
DEVICES = ("/dev", "/proc")


def install(text):
    folders = json.loads(text)
    writable = [*folders["writable"], *DEVICES]
    protected = folders["protected"]

    def check(path, descriptor=NO_FOLDER):
        if isinstance(path, int) or path is None:
            return
        text_path = os.fsdecode(path)
        if descriptor not in (NO_FOLDER, None):
            text_path = os.path.join(_folder_of(descriptor), text_path)
        folder, name = os.path.split(os.path.abspath(text_path))
        real = os.path.join(os.path.realpath(folder), name)
        if not _is_below(real, writable) or _is_below(real, protected):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), text_path)

    def hook(event, args):
        if event == "open":
            path, mode, flags = args
            if (flags or 0) & WRITING or (isinstance(mode, str) and set(mode) & set("wax+")):
                check(path)
        elif event in PATHS:
            for path, descriptor in PATHS[event]:
                check(args[path], NO_FOLDER if descriptor is None else args[descriptor])

    sys.addaudithook(hook)


def _folder_of(descriptor):
    """Return the path of an open folder: shutil.rmtree removes files by their names in it."""
    if sys.platform == "linux":
        return os.readlink("/proc/self/fd/%d" % descriptor)
    return os.fsdecode(fcntl.fcntl(descriptor, F_GETPATH, bytes(1024)).rstrip(b"\0"))


def _is_below(path, folders):
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)
