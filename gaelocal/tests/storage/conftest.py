"""A storage server in a thread of its own, and the unmodified client pointed at it."""

import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from tests.serving_thread import serving

from gaelocal.ports import listening_socket
from gaelocal.storage import StorageServer
from gaelocal.storage.service_account import ServiceAccount

BUCKET = "photos.appspot.com"


@dataclass
class Clock:
    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class RunningStorage:
    """One server on a free port; `restart` keeps the folder and the port."""

    data: Path
    clock: Clock = field(default_factory=Clock)
    port: int = 0

    def start(self) -> None:
        sock = listening_socket(self.port, "--port")
        self.server = StorageServer(self.data, sock, buckets=(BUCKET,), clock=self.clock)
        self._serving = serving(self.server)
        self._serving.__enter__()
        self.port = int(self.server.url.rpartition(":")[2])

    def stop(self) -> None:
        self._serving.__exit__(None, None, None)

    def restart(self) -> None:
        self.stop()
        self.start()

    def files(self) -> list[str]:
        return sorted(
            str(file.relative_to(self.data)) for file in self.data.rglob("*") if self._is_content(file)
        )

    @contextmanager
    def rows(self) -> Iterator[sqlite3.Connection]:
        """Yield the database of a stopped server; changes are committed at the end."""
        with closing(sqlite3.connect(self.data / "catalog.sqlite3")) as rows, rows:
            yield rows

    @contextmanager
    def said(self, request: bytes) -> Iterator[None]:
        """Send these bytes, and hang up in the end."""
        with socket.create_connection(("127.0.0.1", self.port), 10) as sock:
            sock.sendall(request)
            yield

    def bytes_kept(self) -> int:
        return sum((self.data / file).stat().st_size for file in self.files())

    def _is_content(self, file: Path) -> bool:
        return file.is_file() and file.relative_to(self.data).parts[0] in ("incoming", "contents")


def client_of(url: str) -> storage.Client:
    """Return the client that STORAGE_EMULATOR_HOST would configure."""
    endpoint = ClientOptions(api_endpoint=url)
    return storage.Client(project="p", credentials=AnonymousCredentials(), client_options=endpoint)


@pytest.fixture(scope="session")
def account_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one key for all tests: making an RSA key is what takes longest in a first start."""
    key = tmp_path_factory.mktemp("account") / "service-account.json"
    ServiceAccount(key).write("http://127.0.0.1:1/token")
    return key


@pytest.fixture
def cloud(tmp_path: Path, account_key: Path) -> Iterator[RunningStorage]:
    running = RunningStorage(tmp_path / "storage")
    running.data.mkdir()
    shutil.copy(account_key, running.data)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def client(cloud: RunningStorage) -> Iterator[storage.Client]:
    made = client_of(cloud.server.url)
    yield made
    made.close()


@pytest.fixture
def bucket(client: storage.Client) -> storage.Bucket:
    return client.bucket(BUCKET)
