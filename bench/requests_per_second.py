"""Requests per second of the whole platform with the requests of phones, and the time of a post meanwhile.

Of the requests, 90 % are the first page of everyone's timeline with its ETag, 8 % are following pages, and
2 % are posts of 200 kB. A probe posts a photo every half second. The load generator and the platform share
the processors, and other programs may use them too: therefore the requests per second of CPU time of the
platform are counted as well.
"""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import uvloop

from bench import figures
from tests.journeys.platform import Platform
from tests.pictures import a_noisy_jpeg

CONNECTIONS = 16
PERSONS = 4
"""Per connection: a person may make 3,000 requests a minute."""
SECONDS = 20.0
PHOTOS = 45
"""More than two pages."""
PROBE_SECONDS = 0.5
REQUESTS_TARGET, PROBE_TARGET = 500, 150
FIRST_PAGE = "/api/v1/photos"
BOUNDARY = "photo-of-the-load"


@dataclass
class Measured:
    """Counts by kind of request and status, and seconds by kind."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def note(self, kind: str, status: int, seconds: float) -> None:
        self.statuses[kind, status] += 1
        self.seconds[kind].append(seconds)

    @property
    def requests(self) -> int:
        return sum(
            count for (kind, status), count in self.statuses.items() if kind != "probe" and status < 400
        )


class Connection:
    """One kept connection to the front door with minimal parsing, to use little of the processors."""

    def __init__(self, address: str) -> None:
        self._host, _, port = address.removeprefix("http://").partition(":")
        self._port = int(port)

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)

    async def ask(self, head: str, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
        self._writer.write(f"{head}Host: localhost\r\n\r\n".encode() + body)
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        content = await self._reader.readexactly(int(headers.get("content-length", "0")))
        return int(lines[0].split(" ")[1]), headers, content

    def close(self) -> None:
        self._writer.close()


class Phone:
    """Scrolls and posts over one connection, as several persons."""

    def __init__(
        self, connection: Connection, tokens: Sequence[str], image: bytes, measured: Measured
    ) -> None:
        self._connection = connection
        self._tokens = tokens
        self._form = form_of(image)
        self._measured = measured
        self._etag = ""
        self._cursor = ""

    async def run(self, until: float, posts: float, scrolls: float) -> None:
        while time.monotonic() < until:
            chosen = random.random()
            if chosen < posts:
                await self.post("post")
            elif chosen < posts + scrolls and self._cursor:
                await self._read("scroll", f"{FIRST_PAGE}?cursor={self._cursor}")
            else:
                await self._read("first page", FIRST_PAGE, self._etag)

    async def post(self, kind: str) -> None:
        head = (
            f"POST {FIRST_PAGE} HTTP/1.1\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
            f"Content-Length: {len(self._form)}\r\n"
        )
        await self._ask(kind, head, self._form)

    async def _read(self, kind: str, path: str, etag: str = "") -> None:
        condition = f"If-None-Match: {etag}\r\n" if etag else ""
        headers = await self._ask(kind, f"GET {path} HTTP/1.1\r\n{condition}")
        if "cursor=" in headers.get("link", ""):
            self._cursor = headers["link"].partition("cursor=")[2].partition(">")[0]
        if kind == "first page":
            self._etag = headers.get("etag", "")

    async def _ask(self, kind: str, head: str, body: bytes = b"") -> dict[str, str]:
        token = random.choice(self._tokens)
        began = time.monotonic()
        status, headers, _ = await self._connection.ask(f"{head}Authorization: Bearer {token}\r\n", body)
        self._measured.note(kind, status, time.monotonic() - began)
        return headers


def form_of(image: bytes) -> bytes:
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="photo.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    return head.encode() + image + f"\r\n--{BOUNDARY}--\r\n".encode()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument(
        "--posts", type=float, default=0.02, help="part of the requests (default %(default)s)"
    )
    parser.add_argument(
        "--scrolls", type=float, default=0.08, help="part of the requests (default %(default)s)"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(Path(folder))
        platform.start()
        try:
            return measure(platform, given.seconds, given.posts, given.scrolls)
        finally:
            platform.stop()


def measure(platform: Platform, seconds: float, posts: float, scrolls: float) -> int:
    image = a_photo_of_200_kb()
    for _ in range(PHOTOS):
        platform.as_("first").post_photo(image).raise_for_status()
    tokens = [platform.as_(f"phone-{number}").token for number in range(CONNECTIONS * PERSONS)]
    probe = platform.as_("probe").token
    before = cpu_of(platform)
    measured = uvloop.run(load(platform.app, seconds, (posts, scrolls), image, (tokens, probe)))
    return report(measured, seconds, cpu_of(platform) - before)


async def load(
    address: str,
    seconds: float,
    mix: tuple[float, float],
    image: bytes,
    tokens: tuple[Sequence[str], str],
) -> Measured:
    measured = Measured()
    connections = [Connection(address) for _ in range(CONNECTIONS + 1)]
    for connection in connections:
        await connection.open()
    persons, probe = tokens
    phones = [
        Phone(connection, persons[number::CONNECTIONS], image, measured)
        for number, connection in enumerate(connections[:-1])
    ]
    until = time.monotonic() + seconds
    await asyncio.gather(
        *(phone.run(until, *mix) for phone in phones),
        keep_probing(Phone(connections[-1], [probe], image, measured), until),
    )
    for connection in connections:
        connection.close()
    return measured


async def keep_probing(phone: Phone, until: float) -> None:
    while time.monotonic() < until:
        await phone.post("probe")
        await asyncio.sleep(PROBE_SECONDS)


def report(measured: Measured, seconds: float, used: Counter[str]) -> int:
    for kind, times in sorted(measured.seconds.items()):
        p50, p95 = percentile(times, 50), percentile(times, 95)
        statuses = {status: count for (name, status), count in measured.statuses.items() if name == kind}
        print(f"{kind:12} {len(times):6} requests    p50 {p50:6.1f} ms    p95 {p95:7.1f} ms    {statuses}")
    for name, cpu in used.most_common():
        print(f"{name:24} {cpu:6.1f} s of CPU")
    cpu = sum(used.values())
    rate, probe = measured.requests / seconds, percentile(measured.seconds["probe"], 95)
    figures.report("requests per second", rate, at_least=REQUESTS_TARGET)
    figures.report("requests per second of the platform's CPU", measured.requests / cpu)
    figures.report("p95 of a probe post in ms", probe, at_most=PROBE_TARGET)
    return 0


def percentile(seconds: Sequence[float], percent: int) -> float:
    """In milliseconds."""
    return 1000 * statistics.quantiles([*seconds, *seconds], n=100)[percent - 1] if seconds else 0.0


def cpu_of(platform: Platform) -> Counter[str]:
    """Return the CPU seconds that the platform's processes and their ended children have used, by process."""
    used: Counter[str] = Counter()
    for pid in platform.pids():
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            times = process.cpu_times()
            used[name_of(process)] += (  # type: ignore[assignment]
                times.user + times.system + times.children_user + times.children_system
            )
    return used


def name_of(process: psutil.Process) -> str:
    """The service of a process of gunicorn, or the last part of its command."""
    command = " ".join(process.cmdline())
    if "decoder" in command:
        return "decoder"
    return process.environ().get("GAE_SERVICE", "gaelocal")


def a_photo_of_200_kb() -> bytes:
    return a_noisy_jpeg(1_200, 900, quality=62)


if __name__ == "__main__":
    sys.exit(main())
