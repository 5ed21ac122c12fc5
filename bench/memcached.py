"""Operations per second of gaelocal's memcached, relative to memcached 1.6, with pymemcache.

Rounds on both servers alternate in one run, so that other work on the machine hits both; each ratio is
the median of the rounds. gaelocal's server runs in a process of its own, as `gaelocal --only emulators`
runs it beside the others. The client and both servers share one processor: otherwise the scheduler decides
whether a server wakes up on the client's processor or on another one, which changes the operations per second
of either server by a factor of up to three.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from pymemcache.client.base import Client

from bench.figures import report
from gaelocal.ports import free_port
from tests.waiting import eventually

ROUNDS = 15
OPERATIONS = 1_000
PAGE = b"x" * 12_500
TARGET = 0.8
SERVER = """
import asyncio, sys, uvloop
from gaelocal.memcache import MemcacheServer
from gaelocal.ports import listening_socket

async def serve():
    await MemcacheServer(listening_socket(int(sys.argv[1]), "--port")).start()
    await asyncio.Event().wait()

uvloop.run(serve())
"""
MEASURED: Mapping[str, Callable[[Client], object]] = {
    "get, 100 bytes": lambda client: client.get("small"),
    "get, 12.5 kB": lambda client: client.get("page"),
    "get, absent": lambda client: client.get("absent"),
    "gets ten keys": lambda client: client.get_many([f"key{number}" for number in range(10)]),
    "set, 100 bytes": lambda client: client.set("small", b"x" * 100, noreply=False),
    "set, 12.5 kB": lambda client: client.set("page", PAGE, noreply=False),
    "add, present": lambda client: client.add("small", b"x", noreply=False),
    "incr": lambda client: client.incr("count", 1),
    "delete, absent": lambda client: client.delete("absent", noreply=False),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    if (program := shutil.which("memcached")) is None:
        print("memcached is not installed; nothing to compare with: make bench-peers")
        return 0
    share_one_processor()
    with ExitStack() as stack:
        ours, theirs = (
            stack.enter_context(a_client(command))
            for command in (
                lambda port: [sys.executable, "-c", SERVER, port],
                lambda port: [program, "-u", "nobody", "-l", "127.0.0.1", "-p", port, "-t", "1"],
            )
        )
        for name, operation in MEASURED.items():
            ratios = [per_second(ours, operation) / per_second(theirs, operation) for _ in range(rounds)]
            report(f"{name} ÷ memcached, operations per second", statistics.median(ratios), at_least=TARGET)
    return 0


def share_one_processor() -> None:
    """Keep this process, and those that it starts, on one processor where the system can."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def per_second(client: Client, operation: Callable[[Client], object]) -> float:
    began = time.perf_counter()
    for _ in range(OPERATIONS):
        operation(client)
    return OPERATIONS / (time.perf_counter() - began)


@contextmanager
def a_client(command: Callable[[str], list[str]]) -> Iterator[Client]:
    port = free_port(0, "--port")
    with subprocess.Popen(command(str(port))) as server:
        try:
            client = Client(("127.0.0.1", port), no_delay=True)
            eventually(lambda: answers(client), within=20)
            client.set_many({f"key{number}": b"x" * 100 for number in range(10)})
            client.set_many({"small": b"x" * 100, "page": PAGE, "count": b"1"}, noreply=False)
            yield client
            client.close()
        finally:
            server.kill()


def answers(client: Client) -> bool:
    try:
        return bool(client.version())
    except OSError:
        return False


if __name__ == "__main__":
    raise SystemExit(main())
