"""Check the health of a container, report its memory to the console, and end a container that hangs.

    python -I -S health.py PORT PATH [--alive=PATH] [--report=HOST:PORT]

The exit status is 0 when `http://127.0.0.1:PORT/PATH` answers 200. Docker restarts a container that ends, not
one that is unhealthy: so this ends the container when the process gives no answer at all, neither at PATH nor
at the path of `--alive`, and uses no CPU time, for 20 seconds. A process that is busy has ten minutes, the
longest time that App Engine gives a request.

It speaks HTTP by hand, because it runs every few seconds in every container, and a web client takes ten times
as long to import as the whole check.
"""

import contextlib
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path

ANSWER_SECONDS = 4.0
HUNG_SECONDS = 20.0
BUSY_SECONDS = 600.0
BUSY_CPU = 0.5
"""Seconds of CPU time between two checks. A stopped or deadlocked process uses less."""
NOTE = Path("/tmp/unanswered.json")  # noqa: S108 - the container's own memory, gone when it ends
PROC = Path("/proc")
INIT = "docker-init"
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
OK, UNHEALTHY = 0, 1


def ask(port: int, path: str) -> int:
    """Return the status of the answer; 0 for a refused or broken connection.

    Raises:
        TimeoutError: there was no answer.
    """
    request = f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n"
    try:
        return exchange("127.0.0.1", port, request)
    except TimeoutError:
        raise
    except OSError:
        return 0


def exchange(host: str, port: int, request: str) -> int:
    with socket.create_connection((host, port), timeout=ANSWER_SECONDS) as connection:
        connection.sendall(request.encode())
        status = connection.recv(64).split(b" ")[1:2]
    return int(status[0]) if status and status[0].isdigit() else 0


def is_silent(port: int, path: str) -> bool:
    try:
        ask(port, path)
    except TimeoutError:
        return True
    return False


def is_hung(now: float, cpu: float, note: Path = NOTE) -> bool:
    """Note another check without an answer; return whether the process hangs.

    The note holds the time of the first such check, the last time with CPU use, and the CPU time then.
    """
    try:
        first, active, used = json.loads(note.read_text())
    except (OSError, ValueError):
        first, active, used = now, now, cpu
    if cpu - used > BUSY_CPU:
        active, used = now, cpu
    note.write_text(json.dumps([first, active, used]))
    return bool(now - active >= HUNG_SECONDS or now - first >= BUSY_SECONDS)


def processes() -> list[Path]:
    """Return all processes of the container but its init and this check."""
    found = [folder for folder in PROC.iterdir() if folder.name.isdigit()]
    return [folder for folder in found if int(folder.name) not in (1, os.getpid())]


def usage() -> dict[str, float]:
    """Return bytes of memory, seconds of CPU time, and the start of the container."""
    memory, cpu = 0, 0.0
    for process in processes():
        with contextlib.suppress(OSError, IndexError):
            memory += int((process / "statm").read_text().split()[1]) * PAGE
            after_name = (process / "stat").read_text().rpartition(")")[2].split()
            cpu += (int(after_name[11]) + int(after_name[12])) / TICKS
    return {"memory": memory, "cpu": cpu, "started": started()}


def started() -> float:
    boot = next(line for line in (PROC / "stat").read_text().splitlines() if line.startswith("btime"))
    ticks = int((PROC / "1" / "stat").read_text().rpartition(")")[2].split()[19])
    return float(boot.split()[1]) + ticks / TICKS


def report(to: str) -> None:
    """Send the usage to the console; errors are ignored, because they do not affect the health."""
    host, _, port = to.rpartition(":")
    usage_report = {"service": os.environ["GAE_SERVICE"], "instance": socket.gethostname(), **usage()}
    body = json.dumps(usage_report)
    head = f"POST /api/services/usage HTTP/1.0\r\nHost: {to}\r\nContent-Type: application/json\r\n"
    with contextlib.suppress(OSError):
        exchange(host, int(port), f"{head}Content-Length: {len(body)}\r\n\r\n{body}")


def end_container() -> None:
    """Kill every process of the container, and continue its init process, which may be stopped too."""
    if (PROC / "1" / "comm").read_text().strip() != INIT:
        return  # outside a container this would kill all processes of the user
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    os.kill(1, signal.SIGCONT)


def check(port: int, path: str, alive: str) -> int:
    try:
        status = ask(port, path)
    except TimeoutError:
        if is_silent(port, alive) and is_hung(time.monotonic(), usage()["cpu"]):
            print("no answer and no CPU time: killing the container's processes, so that docker restarts it")  # noqa: T201 - docker shows it
            end_container()
        return UNHEALTHY
    NOTE.unlink(missing_ok=True)
    return OK if status == 200 else UNHEALTHY  # noqa: PLR2004 - the one status that is well


def main(words: list[str]) -> int:
    options = dict(word.removeprefix("--").split("=", 1) for word in words if word.startswith("--"))
    port, path = (word for word in words if not word.startswith("--"))
    if to := options.get("report"):
        report(to)
    return check(int(port), path, options.get("alive", path))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
