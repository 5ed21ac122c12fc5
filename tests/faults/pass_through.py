"""The operations of a file system that passes them on to a folder, delays them or refuses changes.

The structures are those of Linux's `include/uapi/linux/fuse.h`.
"""

import errno
import os
import stat
import struct
import time
from collections.abc import Callable
from pathlib import Path

MAJOR, MINOR = 7, 31
MOST_WRITTEN = 1 << 20
ATTRIBUTES = struct.Struct("<6Q10I")
VALID_SECONDS = 60
"""The kernel may remember names and attributes this long: nobody else changes the content."""
ROOT_NODE = 1
BIG_WRITES = 1 << 5
SET_MODE, SET_OWNER, SET_GROUP, SET_SIZE, SET_ATIME, SET_MTIME = 1, 2, 4, 8, 16, 32
SET_ATIME_NOW, SET_MTIME_NOW = 128, 256
HAS_HANDLE = 1 << 6
GETATTR_HANDLE = 1
WRITING = os.O_WRONLY | os.O_RDWR | os.O_TRUNC
RENAME, RENAME_WITH_FLAGS = 8, 16
"""Where the names begin in the body of both forms of the operation."""


class Faults:
    """The faults of operations that change something."""

    def __init__(self) -> None:
        self.refusal = 0
        self.seconds = 0.0
        self.refused = 0

    def obey(self, line: str) -> str:
        command, _, value = line.strip().partition(" ")
        if command == "count":
            return str(self.refused)
        self.refusal = int(value) if command == "refuse" else 0
        self.seconds = float(value) if command == "delay" else 0.0
        return "ok"

    def apply(self, *, frees_space: bool = False) -> None:
        """Delay or refuse one operation; a full disk still lets files be deleted and renamed.

        Raises:
            OSError: it is refused.
        """
        time.sleep(self.seconds)
        if self.refusal and not (frees_space and self.refusal == errno.ENOSPC):
            self.refused += 1
            raise OSError(self.refusal, "refused")


class Nodes:
    """The paths of the kernel's node numbers."""

    def __init__(self, root: str) -> None:
        self._paths = {ROOT_NODE: root}
        self._numbers = {root: ROOT_NODE}
        self._next = ROOT_NODE + 1

    def path(self, node: int) -> str:
        return self._paths[node]

    def child(self, node: int, name: bytes) -> str:
        return f"{self._paths[node]}/{os.fsdecode(name)}"

    def number(self, path: str) -> int:
        if path not in self._numbers:
            self._numbers[path] = self._next
            self._paths[self._next] = path
            self._next += 1
        return self._numbers[path]

    def remove(self, path: str) -> None:
        """The number keeps its path, but a new file of this name gets a new number."""
        self._numbers.pop(path, None)

    def rename(self, old: str, new: str) -> None:
        self.remove(new)
        for number, path in list(self._paths.items()):
            if path == old or path.startswith(old + "/"):
                moved = new + path[len(old) :]
                self._paths[number] = moved
                if self._numbers.get(path) == number:
                    del self._numbers[path]
                    self._numbers[moved] = number


class PassThrough:
    """Answers the operations of the kernel; a handle is a file descriptor in the content."""

    def __init__(self, content: Path, faults: Faults) -> None:
        self._nodes = Nodes(str(content))
        self._faults = faults
        self._handles: dict[int, set[int]] = {}
        self._lists: dict[int, list[tuple[int, int, bytes]]] = {}
        self.operations: dict[int, Callable[[int, bytes], bytes]] = {
            1: self._lookup,
            3: self._get_attributes,
            4: self._set_attributes,
            5: lambda node, _: os.fsencode(Path(self._nodes.path(node)).readlink()),
            6: self._make_symlink,
            8: self._make_node,
            9: self._make_folder,
            10: lambda node, body: self._delete(os.unlink, node, body),
            11: lambda node, body: self._delete(os.rmdir, node, body),
            12: lambda node, body: self._rename(node, body, RENAME),
            13: self._link,
            14: self._open,
            15: self._read,
            16: self._write,
            17: self._statistics,
            18: self._close,
            20: self._synchronize,
            25: lambda _node, _body: b"",
            26: self._initialize,
            27: self._open_folder,
            28: self._list,
            29: self._close_folder,
            30: lambda _node, _body: b"",
            34: self._may_access,
            35: self._create,
            45: lambda node, body: self._rename(node, body, RENAME_WITH_FLAGS),
        }

    def answer(self, operation: int, node: int, body: bytes) -> tuple[int, bytes]:
        """Return the negative error number, or 0, and the body of the reply."""
        if operation not in self.operations:
            return -errno.ENOSYS, b""
        try:
            return 0, self.operations[operation](node, body)
        except KeyError:
            return -errno.ESTALE, b""
        except OSError as error:
            return -(error.errno or errno.EIO), b""

    def _initialize(self, _node: int, body: bytes) -> bytes:
        ahead = struct.unpack_from("<4I", body)[2]
        return struct.pack(
            "<4I2H2I2HI7I", MAJOR, MINOR, ahead, BIG_WRITES, 12, 10, MOST_WRITTEN, 1, 256, 0, 0, *[0] * 7
        )

    def _lookup(self, node: int, body: bytes) -> bytes:
        return self._entry(self._nodes.child(node, text(body)))

    def _entry(self, path: str) -> bytes:
        found = os.lstat(path)
        head = struct.pack("<4Q2I", self._nodes.number(path), 0, VALID_SECONDS, VALID_SECONDS, 0, 0)
        return head + attributes(found)

    def _get_attributes(self, node: int, body: bytes) -> bytes:
        flags, _, handle = struct.unpack_from("<IIQ", body)
        return self._attributes(node, handle if flags & GETATTR_HANDLE else None)

    def _attributes(self, node: int, handle: int | None) -> bytes:
        """A deleted file is still there for those who have it open."""
        handles = self._handles.get(node)
        if handle is None and handles:
            handle = next(iter(handles))
        found = os.lstat(self._nodes.path(node)) if handle is None else os.fstat(handle)
        return struct.pack("<Q2I", VALID_SECONDS, 0, 0) + attributes(found)

    def _set_attributes(self, node: int, body: bytes) -> bytes:
        self._faults.apply()
        valid, _, handle, size, _, atime, mtime, _, atime_ns, mtime_ns, _, mode, _, owner, group, _ = (
            struct.unpack_from("<IIQQQQQQ8I", body)
        )
        path = self._nodes.path(node)
        if valid & SET_SIZE and valid & HAS_HANDLE:
            os.ftruncate(handle, size)
        elif valid & SET_SIZE:
            os.truncate(path, size)
        if valid & SET_MODE:
            Path(path).chmod(stat.S_IMODE(mode))
        if valid & (SET_OWNER | SET_GROUP):
            os.chown(path, owner if valid & SET_OWNER else -1, group if valid & SET_GROUP else -1)
        if valid & (SET_ATIME | SET_MTIME) and not valid & (SET_ATIME_NOW | SET_MTIME_NOW):
            os.utime(path, ns=(atime * 10**9 + atime_ns, mtime * 10**9 + mtime_ns))
        elif valid & (SET_ATIME_NOW | SET_MTIME_NOW):
            os.utime(path)
        return self._attributes(node, handle if valid & HAS_HANDLE else None)

    def _make_symlink(self, node: int, body: bytes) -> bytes:
        self._faults.apply()
        name, target = body.split(b"\0")[:2]
        path = self._nodes.child(node, name)
        Path(path).symlink_to(os.fsdecode(target))
        return self._entry(path)

    def _make_node(self, node: int, body: bytes) -> bytes:
        self._faults.apply()
        mode, device = struct.unpack_from("<2I", body)
        path = self._nodes.child(node, text(body[16:]))
        os.mknod(path, mode, device)
        return self._entry(path)

    def _make_folder(self, node: int, body: bytes) -> bytes:
        self._faults.apply()
        path = self._nodes.child(node, text(body[8:]))
        Path(path).mkdir(struct.unpack_from("<I", body)[0])
        return self._entry(path)

    def _may_access(self, node: int, body: bytes) -> bytes:
        """Only a read-only disk says that it cannot be written; others fail when they are."""
        wanted = struct.unpack_from("<I", body)[0]
        if wanted & os.W_OK and self._faults.refusal == errno.EROFS:
            self._faults.apply()
        Path(self._nodes.path(node)).stat()
        return b""

    def _delete(self, how: Callable[[str], None], node: int, body: bytes) -> bytes:
        self._faults.apply(frees_space=True)
        path = self._nodes.child(node, text(body))
        how(path)
        self._nodes.remove(path)
        return b""

    def _rename(self, node: int, body: bytes, start: int) -> bytes:
        self._faults.apply(frees_space=True)
        if start == RENAME_WITH_FLAGS and struct.unpack_from("<I", body, 8)[0]:
            raise OSError(errno.EINVAL, "flags of rename are not supported")
        old, new = body[start:].split(b"\0")[:2]
        source = self._nodes.child(node, old)
        target = self._nodes.child(struct.unpack_from("<Q", body)[0], new)
        Path(source).rename(target)
        self._nodes.rename(source, target)
        return b""

    def _link(self, node: int, body: bytes) -> bytes:
        self._faults.apply()
        path = self._nodes.child(node, text(body[8:]))
        os.link(self._nodes.path(struct.unpack_from("<Q", body)[0]), path)
        return self._entry(path)

    def _open(self, node: int, body: bytes) -> bytes:
        flags = struct.unpack_from("<I", body)[0] & ~(os.O_NOFOLLOW | os.O_APPEND)
        if flags & WRITING:
            self._faults.apply()
        return self._opened(node, os.open(self._nodes.path(node), flags))

    def _opened(self, node: int, handle: int) -> bytes:
        self._handles.setdefault(node, set()).add(handle)
        return struct.pack("<Q2I", handle, 0, 0)

    def _create(self, node: int, body: bytes) -> bytes:
        self._faults.apply()
        flags, mode = struct.unpack_from("<2I", body)
        path = self._nodes.child(node, text(body[16:]))
        handle = os.open(path, flags & ~(os.O_NOFOLLOW | os.O_APPEND), mode)
        return self._entry(path) + self._opened(self._nodes.number(path), handle)

    def _read(self, _node: int, body: bytes) -> bytes:
        handle, offset, size = struct.unpack_from("<QQI", body)
        return os.pread(handle, size, offset)

    def _write(self, _node: int, body: bytes) -> bytes:
        self._faults.apply()
        handle, offset, size = struct.unpack_from("<QQI", body)
        return struct.pack("<2I", os.pwrite(handle, body[40 : 40 + size], offset), 0)

    def _synchronize(self, _node: int, _body: bytes) -> bytes:
        """The content is on a disk of its own, which need not be waited for."""
        self._faults.apply()
        return b""

    def _close(self, node: int, body: bytes) -> bytes:
        handle = struct.unpack_from("<Q", body)[0]
        self._handles[node].discard(handle)
        os.close(handle)
        return b""

    def _statistics(self, _node: int, _body: bytes) -> bytes:
        found = os.statvfs(self._nodes.path(ROOT_NODE))
        counts = (found.f_blocks, found.f_bfree, found.f_bavail, found.f_files, found.f_ffree)
        return struct.pack("<5Q4I6I", *counts, found.f_bsize, found.f_namemax, found.f_frsize, 0, *[0] * 6)

    def _open_folder(self, node: int, _body: bytes) -> bytes:
        path = self._nodes.path(node)
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        with os.scandir(path) as entries:
            self._lists[handle] = [
                (
                    entry.inode(),
                    stat.S_IFMT(entry.stat(follow_symlinks=False).st_mode) >> 12,
                    os.fsencode(entry.name),
                )
                for entry in entries
            ]
        return struct.pack("<Q2I", handle, 0, 0)

    def _list(self, _node: int, body: bytes) -> bytes:
        handle, offset, size = struct.unpack_from("<QQI", body)
        listed = b""
        for number, (inode, kind, name) in enumerate(self._lists[handle][offset:], offset + 1):
            entry = struct.pack("<QQ2I", inode, number, len(name), kind) + name
            entry += bytes(-len(entry) % 8)
            if len(listed) + len(entry) > size:
                break
            listed += entry
        return listed

    def _close_folder(self, _node: int, body: bytes) -> bytes:
        handle = struct.unpack_from("<Q", body)[0]
        del self._lists[handle]
        os.close(handle)
        return b""


def text(body: bytes) -> bytes:
    return body.partition(b"\0")[0]


def attributes(found: os.stat_result) -> bytes:
    moments = (found.st_atime_ns, found.st_mtime_ns, found.st_ctime_ns)
    return ATTRIBUTES.pack(
        found.st_ino,
        found.st_size,
        found.st_blocks,
        *(moment // 10**9 for moment in moments),
        *(moment % 10**9 for moment in moments),
        found.st_mode,
        found.st_nlink,
        found.st_uid,
        found.st_gid,
        found.st_rdev,
        found.st_blksize,
        0,
    )
