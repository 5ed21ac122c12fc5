"""The Datastore and Storage of a data folder, whether or not a platform runs on it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from gaelocal.data_folder import DataFolder, is_running, read_ready
from gaelocal.ports import HOST, listening_socket

START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class EmulatorAddresses:
    datastore: str
    storage: str
    project: str


@contextmanager
def emulators_of(data: Path, project: str) -> Iterator[EmulatorAddresses]:
    """Use the running platform, or start the two emulators on its data folder until the block ends.

    Raises:
        ConfigError: the folder is in use but does not answer, or cannot be used.
    """
    if is_running(data):
        ready = read_ready(data)
        yield EmulatorAddresses(f"http://{ready['datastore']}", ready["storage"], ready["project"])
        return
    folder = DataFolder(data)
    folder.open(empty_first=False)
    try:
        with _started(data, project) as addresses:
            yield addresses
    finally:
        folder.close()


@contextmanager
def _started(data: Path, project: str) -> Iterator[EmulatorAddresses]:
    from gaelocal.datastore import DatastoreServer  # noqa: PLC0415 - a running platform does not need them
    from gaelocal.storage import StorageServer  # noqa: PLC0415 - the same

    datastore = DatastoreServer(data / "datastore", 0)
    buckets = (f"{project}.appspot.com",)
    storage = StorageServer(data / "storage", listening_socket(0, "--storage-port", HOST), buckets)
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    started: list[DatastoreServer | StorageServer] = []
    try:
        for server in (datastore, storage):
            asyncio.run_coroutine_threadsafe(server.start(), loop).result(START_SECONDS)
            started.append(server)
        yield EmulatorAddresses(f"http://{datastore.address}", storage.url, project)
    finally:
        for server in started:
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result(START_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(START_SECONDS)
        loop.close()
