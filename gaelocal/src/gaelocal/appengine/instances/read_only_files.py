"""Make all files read-only for this process and its children, except those below some folders.

Linux only: a mount namespace of its own, made with a user namespace where the user is not root. The module is
loaded by the launcher, which imports nothing but the standard library.
"""

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
MOUNT_ATTR_RDONLY = 1
MOUNT_SETATTR = 442
"""The number of the system call, the same on all architectures (Linux 5.12)."""
LOGS = "/var/log"
"""Writable on App Engine, too. Each instance has an own, empty one, in memory."""
DEVICES = ("/dev", "/proc")
"""Not files of a disk. POSIX semaphores, which multiprocessing uses, are in /dev/shm."""


class MountAttributes(ctypes.Structure):
    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


def make_read_only(writable: Sequence[str], protected: Sequence[str]) -> None:
    """Leave only the folders `writable` and /var/log writable; `protected` folders below one of them are not.

    Raises:
        OSError: the kernel does not allow it; nothing has changed for the files.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    _enter_namespace(libc)
    _mount(libc, "/", "/", MS_REC | MS_PRIVATE)
    for folder in writable:
        _mount(libc, folder, folder, MS_BIND | MS_REC)
    _set_read_only(libc, "/", recursive=True)
    for folder in writable:
        _set_writable(libc, folder)
    for folder in DEVICES:
        try:
            _set_writable(libc, folder)
        except OSError:
            continue  # it was read-only before, or does not exist
    if os.path.isdir(LOGS):  # noqa: PTH112 - quicker than pathlib
        _mount(libc, "tmpfs", LOGS, 0)
    for folder in protected:
        _mount(libc, folder, folder, MS_BIND | MS_REC)
        _set_read_only(libc, folder, recursive=True)
    os.chdir(Path.cwd())  # the same folder, in its new mount


def _enter_namespace(libc: ctypes.CDLL) -> None:
    if libc.unshare(CLONE_NEWNS) == 0:
        return
    user, group = os.getuid(), os.getgid()
    _check(libc.unshare(CLONE_NEWUSER | CLONE_NEWNS), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def _mount(libc: ctypes.CDLL, source: str, target: str, flags: int) -> None:
    kind = None if flags else source.encode()
    _check(libc.mount(source.encode(), target.encode(), kind, ctypes.c_ulong(flags), None), target)


def _set_read_only(libc: ctypes.CDLL, folder: str, *, recursive: bool) -> None:
    _set(libc, folder, MountAttributes(attr_set=MOUNT_ATTR_RDONLY), AT_RECURSIVE if recursive else 0)


def _set_writable(libc: ctypes.CDLL, folder: str) -> None:
    _set(libc, folder, MountAttributes(attr_clr=MOUNT_ATTR_RDONLY), AT_RECURSIVE)


def _set(libc: ctypes.CDLL, folder: str, attributes: MountAttributes, flags: int) -> None:
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    result = libc.syscall(MOUNT_SETATTR, AT_FDCWD, folder.encode(), flags, ctypes.byref(attributes), size)
    _check(result, folder)


def _check(result: int, name: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
