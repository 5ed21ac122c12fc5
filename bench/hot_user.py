"""Post 100 notes of one user with one commit per second: one by one, and as pending writes.

`python -m bench.hot_user` runs labs/hot-user and prints both sides. The naive side takes about 100 seconds;
on the other side memcache is killed halfway.
"""

import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from bench.figures import report
from tests.journeys.platform import ROOT, Platform
from tests.waiting import eventually

MEMCACHED = shutil.which("memcached")
PHONES = 6
POSTS = 100
WORDS = ("--fresh", "--commits-per-second", "1")
COMMITTED_SECONDS = 120.0


@dataclass
class Result:
    """`visible_after` counts from the first post, in seconds."""

    acknowledged: int = 0
    failed: int = 0
    answered_after: float = 0.0
    visible: int = 0
    visible_after: float = 0.0
    commits: int = 0
    lost: int = 0


class Memcached:
    """A memcached on a free port that can be killed."""

    def __init__(self) -> None:
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = sock.getsockname()[1]
        words = [str(MEMCACHED), "-l", "127.0.0.1", "-p", str(self.port), "-u", "root"]
        self._process = subprocess.Popen(words)
        eventually(self._answers, within=10.0)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False


@contextlib.contextmanager
def running_lab(folder: Path, memcached: Memcached) -> Iterator[Platform]:
    words = (*WORDS, "--memcache", memcached.address)
    platform = Platform(folder, words, app_folder=ROOT / "labs" / "hot-user")
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()
        memcached.kill()


def measure(lab: Platform, side: str, posts: int = POSTS, memcached: Memcached | None = None) -> Result:
    """Post from six phones at the same time; kill memcached halfway."""
    result, began = Result(), time.monotonic()

    def post(number: int) -> bool:
        if memcached and number == posts // 2:
            memcached.kill()
        answer = requests.post(f"{lab.app}/{side}", data={"text": f"post {number}"}, timeout=60)
        return bool(answer.status_code == requests.codes.created)

    with ThreadPoolExecutor(PHONES) as phones:
        answers = list(phones.map(post, range(posts)))
    result.answered_after = time.monotonic() - began
    result.acknowledged, result.failed = answers.count(True), answers.count(False)
    eventually(lambda: len(streams(lab)[side]["visible"]) >= result.acknowledged, within=60.0)
    result.visible_after = time.monotonic() - began
    eventually(lambda: _committed(lab, side) >= result.acknowledged, within=COMMITTED_SECONDS)
    stream = streams(lab)[side]
    acknowledged = {f"post {number}" for number, is_acknowledged in enumerate(answers) if is_acknowledged}
    result.lost = len(acknowledged - set(stream["visible"]))
    result.visible, result.commits = len(stream["visible"]), stream["commits"]
    return result


def streams(lab: Platform) -> Any:
    return lab.get("/streams").json()


def _committed(lab: Platform, side: str) -> int:
    stream = streams(lab)[side]
    return int(stream.get("committed", len(stream["visible"])))


def main() -> int:
    if MEMCACHED is None:
        print("memcached is not installed")
        return 0
    memcached = Memcached()
    with tempfile.TemporaryDirectory() as folder, running_lab(Path(folder), memcached) as lab:
        results = {
            "each post in a commit": measure(lab, "naive"),
            "pending writes, memcache killed": measure(lab, "pending", memcached=memcached),
        }
    for name, result in results.items():
        print(f"{name:34} {result}")
        report(f"{name}: seconds until {POSTS} posts were answered", result.answered_after)
        report(f"{name}: posts lost", result.lost, at_most=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
