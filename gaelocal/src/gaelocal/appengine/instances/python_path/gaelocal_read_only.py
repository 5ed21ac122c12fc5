"""Lets a Python program write only to some folders, on systems without mount namespaces.

The variable GAELOCAL_READ_ONLY is JSON: `writable` are the folders, `protected` are folders below them that
are read-only nevertheless.
"""

import errno
import json
import os
import sys

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
PATHS = {
    "os.mkdir": (0,),
    "os.remove": (0,),
    "os.rmdir": (0,),
    "os.truncate": (0,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.utime": (0,),
    "os.rename": (0, 1),
    "os.link": (1,),
    "os.symlink": (1,),
}
"""The positions of the changed paths in the arguments of each event."""
DEVICES = ("/dev", "/proc")


def install(text):
    folders = json.loads(text)
    writable = [*folders["writable"], *DEVICES]
    protected = folders["protected"]

    def check(path):
        if isinstance(path, int) or path is None:
            return
        text_path = os.fsdecode(path)
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
            for position in PATHS[event]:
                check(args[position])

    sys.addaudithook(hook)


def _is_below(path, folders):
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)
