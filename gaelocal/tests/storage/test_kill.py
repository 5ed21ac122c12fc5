"""A server that is killed at any moment: what was acknowledged is there, and nothing is there by half."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import requests
from google.api_core import exceptions
from google.auth.exceptions import TransportError
from google.cloud import storage
from tests.storage.conftest import BUCKET, client_of

from gaelocal.ports import free_port
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
SERVE = """
import asyncio, sys
from pathlib import Path
from gaelocal.ports import listening_socket
from gaelocal.storage import StorageServer

async def serve():
    sock = listening_socket(int(sys.argv[2]), "--port")
    await StorageServer(Path(sys.argv[1]), sock, buckets=(sys.argv[3],)).start()
    await asyncio.Event().wait()

asyncio.run(serve())
"""
GONE = (requests.RequestException, exceptions.GoogleAPIError, TransportError, ConnectionError)
KILLS = 3


@contextmanager
def process(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    arguments = [sys.executable, "-c", SERVE, str(data), str(port), BUCKET]
    running = subprocess.Popen(arguments, cwd=ROOT)
    try:
        eventually(lambda: answers(port))
        yield running
    finally:
        running.kill()
        running.wait()


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/storage/v1/b", timeout=60).ok
    except requests.ConnectionError:
        return False


class VersionStore:
    """The acknowledged content of each name, and the write in progress when the server was killed."""

    def __init__(self) -> None:
        self.told: dict[str, bytes | None] = {}
        self.tried: dict[str, bytes | None] = {}
        self.answers = 0

    def note(self, name: str, body: bytes | None, act: Callable[[], object]) -> None:
        self.tried[name] = body
        act()
        self.told[name] = self.tried.pop(name)
        self.answers += 1


class Writer(Thread):
    """Writes, overwrites and deletes under names of its own until the server is gone."""

    def __init__(self, port: int, name: str, ledger: VersionStore) -> None:
        super().__init__(name=name)
        self._client = client_of(f"http://127.0.0.1:{port}")
        self._ledger = ledger

    def run(self) -> None:
        try:
            while True:
                self._act(self._client.bucket(BUCKET))
        except GONE:
            self._client.close()

    def _act(self, bucket: storage.Bucket) -> None:
        blob = bucket.blob(f"{self.name}/{random.randrange(5)}", chunk_size=random.choice([None, 256 * 1024]))
        body = os.urandom(random.choice([10, 5_000, 300_000, 1_000_000]))
        if self._ledger.told.get(blob.name) and random.random() < 0.3:
            self._ledger.note(blob.name, None, lambda: blob.delete(retry=None))
        else:
            self._ledger.note(blob.name, body, lambda: blob.upload_from_string(body, retry=None))


def test_nothing_acknowledged_is_lost_and_nothing_is_half(tmp_path: Path, account_key: Path) -> None:
    data, port, ledger = tmp_path / "storage", free_port(0, "--port"), VersionStore()
    data.mkdir()
    shutil.copy(account_key, data)
    for _ in range(KILLS):
        with process(data, port) as running:
            kill_while_writing(running, port, ledger)
        with process(data, port):
            check(port, ledger)
        check_files(data)


def kill_while_writing(running: "subprocess.Popen[bytes]", port: int, ledger: VersionStore) -> None:
    writers = [Writer(port, f"w{number}", ledger) for number in range(2)]
    enough = ledger.answers + random.randrange(3, 30)
    for writer in writers:
        writer.start()
    eventually(lambda: ledger.answers >= enough)
    running.kill()
    for writer in writers:
        writer.join()


def check(port: int, ledger: VersionStore) -> None:
    client = client_of(f"http://127.0.0.1:{port}")
    found = {blob.name: blob.download_as_bytes() for blob in client.bucket(BUCKET).list_blobs()}
    client.close()
    for name in ledger.told.keys() | ledger.tried.keys() | found.keys():
        whole = [ledger.told.get(name)] + ([ledger.tried[name]] if name in ledger.tried else [])
        assert found.get(name) in whole, f"{name} is neither what was acknowledged nor what was being sent"
    ledger.told = dict(found)
    ledger.tried.clear()


def check_files(data: Path) -> None:
    """Say that no file is left that no object and no unfinished upload needs."""
    rows = sqlite3.connect(data / "catalog.sqlite3")
    wanted = {one for (one,) in rows.execute("SELECT content FROM objects")}
    unfinished = {one for (one,) in rows.execute("SELECT id FROM uploads WHERE generation IS NULL")}
    rows.close()
    assert {file.name for file in (data / "contents").rglob("*") if file.is_file()} == wanted
    assert {file.name for file in (data / "incoming").iterdir()} <= unfinished


def test_a_large_object_is_never_whole_in_memory(tmp_path: Path, account_key: Path) -> None:
    data, port, large = tmp_path / "storage", free_port(0, "--port"), 96 * 1024 * 1024
    data.mkdir()
    shutil.copy(account_key, data)
    with process(data, port) as running:
        before = most_memory(running.pid)
        url = f"http://127.0.0.1:{port}"
        sent = requests.post(
            f"{url}/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name=x", data=pieces(large), timeout=60
        )
        with requests.get(f"{url}/storage/v1/b/{BUCKET}/o/x?alt=media", stream=True, timeout=60) as got:
            read = sum(len(piece) for piece in got.iter_content(1 << 20))
        grown = most_memory(running.pid) - before

    assert (sent.json()["size"], read) == (str(large), large)
    assert grown < large / 3


def pieces(size: int) -> Iterator[bytes]:
    yield from (bytes(1 << 20) for _ in range(size >> 20))


def most_memory(pid: int) -> int:
    """Return the peak memory of the process in bytes (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024
