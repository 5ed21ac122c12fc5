"""Median times of Datastore calls: gaelocal ÷ the faster of Google's two emulators."""

import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from google.auth import credentials
from google.cloud import datastore

from bench.figures import report

google_datastore: Any = datastore  # its functions have no annotations
google_credentials: Any = credentials

TARGET = 0.5
BESIDE_TARGET = 3.0
ROUNDS = 300
PHOTOS = 100
PAGE = 20
SUMMED = 20_000
BATCH = 500

Call = Callable[[Any, int], object]


def _photo(client: Any, number: int, user: str = "ana") -> Any:
    entity = google_datastore.Entity(client.key("User", user, "Photo", f"p{number:06d}"))
    entity.update(caption=f"photo {number}", width=4032, height=3024, n=number, status="ready")
    return entity


def _put(client: Any, number: int) -> None:
    client.put(_photo(client, number, "ben"))


def _get(client: Any, number: int) -> None:
    assert client.get(_photo(client, number % PHOTOS).key) is not None


def _query(client: Any, _number: int) -> None:
    query = client.query(kind="Photo", order=["-n"])
    assert len(list(query.fetch(limit=PAGE))) == PAGE


def _ancestor_query(client: Any, _number: int) -> None:
    query = client.query(kind="Photo", ancestor=client.key("User", "ana"))
    assert len(list(query.fetch(limit=PAGE))) == PAGE


def _transaction(client: Any, number: int) -> None:
    with client.transaction() as transaction:
        found = client.get(_photo(client, number % PHOTOS).key)
        assert found is not None
        found["width"] = number
        transaction.put(found)


CALLS: dict[str, Call] = {
    "put": _put,
    "get": _get,
    "query": _query,
    "ancestor query": _ancestor_query,
    "transaction": _transaction,
}


def main() -> int:
    """Print one line per call and its ratio."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = {name: stack.enter_context(start(folder)) for name, start in _starters().items()}
        clients = {name: _client(address) for name, address in servers.items()}
        _compare(clients)
        _compare_beside_a_sum(clients["gaelocal"], servers["gaelocal"])
    return 0


def _compare(clients: dict[str, Any]) -> None:
    for client in clients.values():
        client.put_multi([_photo(client, number) for number in range(PHOTOS)])
    for name, call in CALLS.items():
        medians = _medians(clients, call)
        ours = medians.pop("gaelocal")
        told = ", ".join(f"{server} {seconds * 1000:.2f} ms" for server, seconds in medians.items())
        print(f"{name:15} gaelocal {ours * 1000:.2f} ms, {told or 'no emulator'}")
        if medians:
            report(f"{name} ÷ the faster Google emulator", ours / min(medians.values()), at_most=TARGET)


def _medians(clients: dict[str, Any], call: Call) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in clients}
    for number in range(ROUNDS + ROUNDS // 2):
        for name, client in clients.items():
            started = time.perf_counter()
            call(client, number)
            times[name].append(time.perf_counter() - started)
    return {name: statistics.median(taken[ROUNDS // 2 :]) for name, taken in times.items()}


def _compare_beside_a_sum(client: Any, address: str) -> None:
    """Compare a get alone with a get while another process sums entities without a pause."""
    for first in range(0, SUMMED, BATCH):
        client.put_multi([_photo(client, first + number, "sum") for number in range(BATCH)])
    alone = _get_times(client, 500)
    summing = subprocess.Popen([sys.executable, "-m", "bench.datastore_calls", address])
    time.sleep(2.0)
    try:
        beside = _get_times(client, 500)
    finally:
        summing.kill()
        summing.wait()
    for name, share in (("median", statistics.median), ("mean", statistics.mean)):
        print(f"get beside a sum, {name} {share(beside) * 1000:.2f} ms, alone {share(alone) * 1000:.2f} ms")
        ratio = share(beside) / share(alone)
        report(f"get beside a sum of {SUMMED} entities ÷ alone, {name}", ratio, at_most=BESIDE_TARGET)


def _get_times(client: Any, rounds: int) -> list[float]:
    times = []
    for number in range(rounds):
        started = time.perf_counter()
        _get(client, number)
        times.append(time.perf_counter() - started)
    return times


def _sum_without_a_pause(address: str) -> None:
    client = _client(address)
    while True:
        query = client.aggregation_query(client.query(kind="Photo")).sum("n", "total")
        list(query.fetch())


def _client(address: str) -> Any:
    return google_datastore.Client(
        project="bench",
        credentials=google_credentials.AnonymousCredentials(),
        client_options={"api_endpoint": f"http://{address}"},
    )


def _starters() -> dict[str, Callable[[Path], AbstractContextManager[str]]]:
    starters: dict[str, Callable[[Path], AbstractContextManager[str]]] = {"gaelocal": _gaelocal}
    platform = gcloud_platform()
    for name, jar, command in _EMULATORS:
        if shutil.which("java") and platform and (platform / jar).exists():
            starters[name] = partial(_java, platform / jar, command)
    if len(starters) == 1:
        print("without gcloud's emulators and Java there is nothing to compare with: make bench-peers")
    return starters


def gcloud_platform() -> Path | None:
    """Return the folder in which gcloud installs emulators."""
    gcloud = shutil.which("gcloud")
    return Path(gcloud).resolve().parents[1] / "platform" if gcloud else None


def _gaelocal(folder: Path) -> AbstractContextManager[str]:
    module = [sys.executable, "-m", "gaelocal.datastore"]
    return _process(lambda port: [*module, "--port", str(port), "--data", str(folder / "gaelocal")])


def _java(
    jar: Path, command: Callable[[Path, Path, int], list[str]], folder: Path
) -> AbstractContextManager[str]:
    return _process(lambda port: command(jar, folder, port))


def _google(jar: Path, folder: Path, port: int) -> list[str]:
    java = ["java", "-cp", str(jar), "com.google.cloud.datastore.emulator.CloudDatastore"]
    data = str(folder / "google")
    subprocess.run([*java, "create", "--project_id=bench", data], check=True, capture_output=True)
    return [*java, "start", f"--port={port}", "--testing", "--consistency=1.0", data]


def _firestore(jar: Path, _folder: Path, port: int) -> list[str]:
    main_class = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
    words = ["start", "--host=127.0.0.1", f"--port={port}", "--database-mode=datastore-mode"]
    return ["java", "-Duser.language=en", "-cp", str(jar), main_class, *words]


_EMULATORS = (
    ("Datastore emulator", "cloud-datastore-emulator/CloudDatastore.jar", _google),
    ("Firestore emulator", "cloud-firestore-emulator/cloud-firestore-emulator.jar", _firestore),
)


@contextmanager
def _process(command: Callable[[int], list[str]]) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    process = subprocess.Popen(command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_listening(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        threading.Event().wait(0.1)
    raise RuntimeError(f"nothing listens at port {port}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _sum_without_a_pause(sys.argv[1])
    else:
        sys.exit(main())
