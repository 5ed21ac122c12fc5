"""The disk that fails on purpose, and what the local App Engine does on it."""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator

import pytest

from gaelocal.appengine.instances.orphan_cleanup import OrphanCleanup
from gaelocal.appengine.logs.file import LogFile
from tests.faults.faulty_disk import FaultyDisk, faulty_disk


@pytest.fixture(scope="module")
def mounted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyDisk]:
    try:
        with faulty_disk(tmp_path_factory.mktemp("faulty")) as disk:
            yield disk
    except NotImplementedError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def disk(mounted: FaultyDisk) -> Iterator[FaultyDisk]:
    yield mounted
    mounted.work_again()


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (FaultyDisk.become_read_only, errno.EROFS),
        (FaultyDisk.become_full, errno.ENOSPC),
        (FaultyDisk.fail, errno.EIO),
    ],
)
def test_an_open_file_is_refused_and_works_again(
    disk: FaultyDisk, state: Callable[[FaultyDisk], None], error: int
) -> None:
    with (disk.folder / "file").open("wb", buffering=0) as file:
        file.write(b"before ")
        state(disk)
        with pytest.raises(OSError, match=os.strerror(error)) as refused:
            file.write(b"lost")
        disk.work_again()
        file.write(b"after")

    assert refused.value.errno == error
    assert (disk.folder / "file").read_bytes() == b"before after"


def test_a_database_keeps_its_commits(disk: FaultyDisk) -> None:
    rows = sqlite3.connect(disk.folder / "rows", isolation_level=None)
    rows.execute("PRAGMA journal_mode = WAL")
    rows.execute("CREATE TABLE row (number)")
    rows.execute("INSERT INTO row VALUES (1)")
    disk.become_full()
    with pytest.raises(sqlite3.OperationalError):
        rows.execute("INSERT INTO row VALUES (2)")
    disk.work_again()
    rows.execute("INSERT INTO row VALUES (3)")

    assert rows.execute("SELECT number FROM row").fetchall() == [(1,), (3,)]
    rows.close()


def test_files_are_renamed_listed_and_deleted(disk: FaultyDisk) -> None:
    folder = disk.folder / "folder"
    folder.mkdir()
    (folder / "a").write_text("a")
    (folder / "a").rename(folder / "b")
    (folder / "c").write_text("c")
    disk.become_full()
    (folder / "c").unlink()

    assert {file.name: file.read_text() for file in folder.iterdir()} == {"b": "a"}


def test_an_instance_starts_on_a_read_only_disk(disk: FaultyDisk) -> None:
    cleanup = OrphanCleanup(disk.folder / "state")
    cleanup.record("one", 1)
    disk.become_read_only()

    cleanup.record("two", 2)
    cleanup.forget("two")


def test_the_log_of_a_read_only_disk_is_a_disk_error(disk: FaultyDisk) -> None:
    log = LogFile(disk.folder / "logs")
    log.append("before\n")
    disk.become_read_only()

    with pytest.raises(OSError, match="Read-only"):
        log.append("lost\n")
