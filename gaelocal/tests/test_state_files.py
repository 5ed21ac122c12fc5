"""A start with damaged state files: one line names the file and what was done, and everything works."""

import asyncio
import logging
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gaelocal.cloud import LocalPlatform
from gaelocal.options import Options
from gaelocal.ports import Address
from gaelocal.yaml_files import ConfigError

CRON = "cron:\n- url: /job\n  schedule: every 24 hours\n"
QUEUE = "queue:\n- name: q\n  rate: 5/s\n"
DATABASES = (
    "datastore/datastore.sqlite",
    "storage/catalog.sqlite3",
    "tasks/tasks.sqlite3",
    "mail/mail.sqlite3",
)
TEXTS = (
    "identity/key.pem",
    "identity/recent.json",
    "scheduler/cron.json",
    "scheduler/deployed.json",
    "storage/service-account.json",
    "appengine/releases.json",
    "appengine/instances.json",
    "last-ready.json",
)
MAIN_TABLES = dict(zip(DATABASES, ("entity", "objects", "tasks", "mail"), strict=True))
FILES = (*DATABASES, *TEXTS)
FOLDERS = ("datastore", "storage", "tasks", "mail", "identity", "scheduler", "appengine")


def empty(file: Path) -> None:
    file.write_bytes(b"")


def truncated(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) * 2 // 3])


def garbage(file: Path) -> None:
    file.write_bytes(b"\x80\x00garbage\xff" * 100)


def folder_instead(file: Path) -> None:
    file.unlink()
    file.mkdir()
    (file / "inside").touch()


def another_shape(file: Path) -> None:
    file.write_text('[{"what": 1}, 2, null]', encoding="utf-8")


DAMAGES = (empty, truncated, garbage, folder_instead)


@contextmanager
def running(app: Path, data: Path) -> Iterator[LocalPlatform]:
    nowhere = {"default": Address("127.0.0.1", 9)}
    cloud = LocalPlatform(Options(app=app, port=0, data=data, only="emulators", services_at=nowhere))
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(cloud.start())
        yield cloud
    finally:
        loop.run_until_complete(cloud.stop())
        loop.close()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("app")
    (folder / "cron.yaml").write_text(CRON, encoding="utf-8")
    (folder / "queue.yaml").write_text(QUEUE, encoding="utf-8")
    (folder / "main.py").touch()
    (folder / "app.yaml").write_text("runtime: python313\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def used(app: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which each file exists."""
    data = tmp_path_factory.mktemp("used") / "data"
    with running(app, data):
        pass
    (data / "identity" / "recent.json").write_text('["ana"]', encoding="utf-8")
    (data / "scheduler" / "deployed.json").write_text("[]", encoding="utf-8")
    (data / "appengine").mkdir(exist_ok=True)
    (data / "appengine" / "releases.json").write_text(
        '{"versions": [], "splits": {}, "stopped": [], "rules": null}', encoding="utf-8"
    )
    (data / "appengine" / "instances.json").write_text('{"none": 999999999}', encoding="utf-8")
    return data


@pytest.fixture
def data(used: Path, tmp_path: Path) -> Path:
    return shutil.copytree(used, tmp_path / "data")


def about(caplog: pytest.LogCaptureFixture, file: Path) -> list[str]:
    return [record.getMessage() for record in caplog.records if f"{file} " in record.getMessage()]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_moved_aside_and_made_anew(
    app: Path,
    data: Path,
    caplog: pytest.LogCaptureFixture,
    name: str,
    damage: Callable[[Path], None],
) -> None:
    file = data / name
    damage(file)

    with caplog.at_level(logging.WARNING), running(app, data):
        pass

    (line,) = about(caplog, file)
    assert f"was moved to {file.name}.damaged-1" in line
    assert "\n" not in line
    assert file.with_name(f"{file.name}.damaged-1").exists()


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_may_not_be_read_is_moved_aside(
    app: Path, data: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    (data / name).chmod(0)
    if os.access(data / name, os.R_OK):
        pytest.skip("this user may read everything")

    with caplog.at_level(logging.WARNING), running(app, data):
        pass

    assert len(about(caplog, data / name)) == 1


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_that_may_not_be_written_is_named_in_one_line(app: Path, data: Path, name: str) -> None:
    (data / name).chmod(0o500)
    if os.access(data / name, os.W_OK):
        pytest.skip("this user may write everything")

    with pytest.raises(ConfigError, match=re.escape(str(data / name))), running(app, data):
        pass
    (data / name).chmod(0o700)


@pytest.mark.parametrize("name", [name for name in TEXTS if name.endswith(".json")])
def test_json_of_another_shape_is_moved_aside(
    app: Path, data: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    another_shape(data / name)

    with caplog.at_level(logging.WARNING), running(app, data):
        pass

    assert len(about(caplog, data / name)) == (name != "identity/recent.json")


@pytest.mark.parametrize("name", DATABASES)
def test_tables_of_another_version_are_moved_aside(
    app: Path, data: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    table = MAIN_TABLES[name]
    with sqlite3.connect(data / name) as connection:
        connection.execute(f"DROP TABLE {table}")
        connection.execute(f"CREATE TABLE {table} (id INTEGER, old TEXT)")
    connection.close()

    with caplog.at_level(logging.WARNING), running(app, data):
        pass

    (line,) = about(caplog, data / name)
    assert "of an incompatible version" in line


@pytest.mark.parametrize("name", FOLDERS)
def test_a_file_in_the_place_of_a_folder_is_moved_aside(
    app: Path, data: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    shutil.rmtree(data / name)
    (data / name).write_text("not a folder", encoding="utf-8")

    with caplog.at_level(logging.WARNING), running(app, data):
        pass

    assert len(about(caplog, data / name)) == 1


@pytest.mark.parametrize("side", ["-wal", "-shm"])
@pytest.mark.parametrize("name", DATABASES)
def test_a_damaged_log_beside_a_database_does_not_stop_the_start(
    app: Path, data: Path, name: str, side: str
) -> None:
    garbage(data / f"{name}{side}")

    with running(app, data):
        pass
