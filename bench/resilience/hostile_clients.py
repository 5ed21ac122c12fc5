"""Idle, slow and lying clients at the front door, while healthy ones are measured.

`make client-campaign` opens 10,000 idle connections, 200 slow readers and 200 slow writers, sends 1,000
spellings of the platform's headers and 2,000 requests with ambiguous framing. No header may reach a
service, no hidden request may be answered, and the p95 of healthy requests may at most double.
"""

import contextlib
import random
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import requests

from bench.resilience.command_line import run_campaign_command
from tests.journeys.platform import Platform

SLOW_CLIENTS = 200
HEALTHY_REQUESTS = 300
FLOOR_SECONDS = 0.01
"""Shorter times are all equally good: a p95 of 2 ms may become 8."""
ENOUGH_FOR_A_RATIO = 1_000
MOST_RATIO = 2.0
PLATFORM_HEADERS = ("X-Appengine-Cron", "X-Appengine-Queuename", "X-Appengine-Taskname", "X-CloudScheduler")
SPELLINGS = (
    "upper",
    "lower",
    "random",
    "underscores",
    "space before",
    "space after",
    "tab",
    "folded",
    "twice",
)
HIDDEN = b"GET /whoami HTTP/1.1\r\nHost: localhost\r\n\r\n"
LENGTHS = (b"0", b"+%d", b"0x%x", b"%d, %d", b"%d\x0b", b" %d ", b"%d.0", b"-1", b"00%d")
CODINGS = (
    b"chunked",
    b"xchunked",
    b"chunked, chunked",
    b"identity",
    b"chunked;q=1",
    b"\x0bchunked",
    b"gzip, chunked",
)
NAMES = (
    b"Transfer-Encoding",
    b"transfer-encoding",
    b"Transfer-Encoding ",
    b"Transfer_Encoding",
    b" Transfer-Encoding",
)
LINE_ENDS = (b"\r\n", b"\n", b"\r\r\n")


@dataclass
class Counts:
    idle_connections: int = 0
    slow_clients: int = 0
    header_spellings: int = 0
    framings: int = 0
    bypasses: int = 0
    p95_ms_before: float = 0.0
    p95_ms_during: float = 0.0
    failed_healthy_requests: int = 0

    @property
    def is_clean(self) -> bool:
        allowed = MOST_RATIO * max(self.p95_ms_before, FLOOR_SECONDS * 1000)
        is_fast = self.idle_connections < ENOUGH_FOR_A_RATIO or self.p95_ms_during <= allowed
        return not (self.bypasses or self.failed_healthy_requests) and is_fast


def run_campaign(folder: Path, idle: int, spellings: int, framings: int, seed: int) -> Counts:
    chance, counts = random.Random(seed), Counts()
    platform = Platform(folder, words=("--env", "RATE_LIMIT_SCALE=0"))
    try:
        platform.start()
        attack = Attack(platform, chance, counts)
        attack.measure()
        counts.p95_ms_before = attack.measure()
        with ExitStack() as stack:
            counts.idle_connections = sum(1 for _ in range(idle) if attack.open_idle(stack))
            attack.open_slow(stack, min(SLOW_CLIENTS, max(idle // 10, 5)))
            attack.measure()
            counts.p95_ms_during = attack.measure()
        for _ in range(spellings):
            attack.forge_header()
        for _ in range(framings):
            attack.smuggle()
        attack.measure()
    finally:
        platform.stop()
    return counts


@dataclass
class Attack:
    platform: Platform
    chance: random.Random
    counts: Counts

    def measure(self) -> float:
        """Return the p95 of healthy requests in milliseconds."""
        seconds = []
        with requests.Session() as session:
            for _ in range(HEALTHY_REQUESTS):
                begun = time.perf_counter()
                answer = session.get(f"{self.platform.app}/healthz", timeout=30)
                seconds.append(time.perf_counter() - begun)
                self.counts.failed_healthy_requests += not answer.ok
        return round(statistics.quantiles(seconds, n=20)[-1] * 1000, 1)

    def open_idle(self, stack: ExitStack) -> bool:
        with contextlib.suppress(OSError):
            stack.enter_context(self._connect())
            return True
        return False

    def open_slow(self, stack: ExitStack, number: int) -> None:
        """Open clients that send half a request, and as many that ask for responses and never read."""
        for _ in range(number):
            writer, reader = stack.enter_context(self._connect()), stack.enter_context(self._connect())
            writer.sendall(
                b"POST /api/v1/photos HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nabc"
            )
            reader.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
            self.counts.slow_clients += 2

    def forge_header(self) -> None:
        """Ask for a cron job with a header of the platform, spelled in one of many ways."""
        name, spelling = self.chance.choice(PLATFORM_HEADERS), self.chance.choice(SPELLINGS)
        line = _spelled(name, spelling, self.chance)
        received = self._send(
            b"GET /tasks/sweep HTTP/1.1\r\nHost: tasks-backend.localhost\r\n" + line + b"\r\n"
        )
        self.counts.header_spellings += 1
        self.counts.bypasses += received.startswith(b"HTTP/1.1 2") or not received

    def smuggle(self) -> None:
        """Hide a request in the body of one whose framing can be read in two ways."""
        request = _ambiguous(self.chance)
        received = self._send(request)
        self.counts.framings += 1
        self.counts.bypasses += b'"service"' in received

    def _send(self, sent: bytes) -> bytes:
        """Send on a connection of its own, and return everything that is answered."""
        with self._connect() as sock:
            with contextlib.suppress(OSError):
                sock.sendall(sent)
                sock.shutdown(socket.SHUT_WR)
            return b"".join(_pieces(sock))

    def _connect(self) -> socket.socket:
        host, _, port = self.platform.app.removeprefix("http://").rpartition(":")
        return socket.create_connection((host, int(port)), timeout=20)


def _pieces(sock: socket.socket) -> Iterator[bytes]:
    with contextlib.suppress(OSError):
        while piece := sock.recv(65536):
            yield piece


def _spelled(name: str, spelling: str, chance: random.Random) -> bytes:
    value = "true" if "Cron" in name else "summary-email"
    written = {
        "upper": f"{name.upper()}: {value}\r\n",
        "lower": f"{name.lower()}: {value}\r\n",
        "random": f"{_random_case(name, chance)}: {value}\r\n",
        "underscores": f"{_random_case(name, chance).replace('-', '_')}: {value}\r\n",
        "space before": f" {name}: {value}\r\n",
        "space after": f"{name} : {value}\r\n",
        "tab": f"{name}:\t{value}\t\r\n",
        "folded": f"X-A: b\r\n\t{_random_case(name, chance)}: {value}\r\n",
        "twice": f"{name}: false\r\n{_random_case(name, chance)}: {value}\r\n",
    }
    return written[spelling].encode()


def _random_case(name: str, chance: random.Random) -> str:
    return "".join(chance.choice((letter.lower(), letter.upper())) for letter in name)


def _ambiguous(chance: random.Random) -> bytes:
    """Return a request with two framings, or one that servers read differently, with another one inside."""
    end = chance.choice(LINE_ENDS)
    body = b"0\r\n\r\n" + HIDDEN
    length = chance.choice(LENGTHS)
    size = len(body)
    if b"%d, %d" in length:
        length = b"%d, %d" % (5, size)
    elif b"%" in length:
        length %= size
    lines = [b"POST /healthz HTTP/1.1", b"Host: localhost", b"Content-Length: " + length]
    lines.append(chance.choice(NAMES) + b": " + chance.choice(CODINGS))
    if chance.random() < 1 / 3:
        lines.append(b"Content-Length: 5")
    chance.shuffle(rest := lines[2:])
    return end.join([*lines[:2], *rest, b"", body])


def main() -> int:
    sizes = {"idle": 10_000, "spellings": 1_000, "framings": 2_000}
    return run_campaign_command(__doc__, sizes, run_campaign)


if __name__ == "__main__":
    sys.exit(main())
