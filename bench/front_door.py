"""Requests per second through the front door ÷ directly to gunicorn, for a constant response."""

import asyncio
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from bench.figures import report
from gaelocal.appengine import AppEngine

CONNECTIONS = 16
SECONDS = 2
ROUNDS = 3
AIM = 0.75
APP_YAML = """
runtime: python313
entrypoint: gunicorn -b :$PORT --threads 8 --timeout 0 --no-control-socket main:app
"""
MAIN = """
CONTENT = b'{"answer": "always the same"}'
HEADERS = [("Content-Type", "application/json"), ("Content-Length", str(len(CONTENT)))]


def app(environ, start_response):
    start_response("200 OK", HEADERS)
    return [CONTENT]
"""


async def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "app.yaml").write_text(APP_YAML)
        (Path(folder) / "main.py").write_text(MAIN)
        engine = AppEngine(Path(folder), 0, "bench", {}, Path(folder) / "data", terminal=None)
        try:
            await engine.start()
            ratios = [await measure(engine) for _ in range(ROUNDS)]
        finally:
            await engine.stop()
    report("requests per second through the front door ÷ directly", statistics.median(ratios), at_least=AIM)
    return 0


async def measure(engine: AppEngine) -> float:
    straight = await load(str(engine.instances()[0]["url"]))
    through = await load(engine.url)
    ratio = through / straight
    print(f"directly {straight:7.0f}/s    through the front door {through:7.0f}/s    ratio {ratio:.2f}")
    return ratio


async def load(url: str) -> float:
    wrk = shutil.which("wrk")
    words = (wrk, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", url) if wrk else (sys.executable, __file__, url)
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    match = re.search(rb"Requests/sec:\s*([\d.]+)", output)
    if match is None or b"Non-2xx" in output or b"Socket errors" in output:
        raise SystemExit(f"the load on {url} failed: {output.decode()}")
    return float(match[1])


async def load_without_wrk(url: str) -> None:
    host, _, port = url.removeprefix("http://").partition(":")
    until = time.monotonic() + SECONDS
    counts = await asyncio.gather(*(one_connection(host, int(port), until) for _ in range(CONNECTIONS)))
    print(f"Requests/sec: {sum(counts) / SECONDS}")


async def one_connection(host: str, port: int, until: float) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    count = 0
    while time.monotonic() < until:
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        count += 1
    writer.close()
    return count


if __name__ == "__main__":
    sys.exit(uvloop.run(load_without_wrk(sys.argv[1]) if len(sys.argv) > 1 else main()))
