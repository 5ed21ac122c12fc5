"""`make demo`: twenty pictures of five people."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from demo.__main__ import Platform, post_all
from tests.journeys.platform import ANSWER_SECONDS, ROOT
from tests.waiting import eventually

DEMO = ROOT / "demo"
MOST_BYTES = 3 * 1024 * 1024


def test_the_pictures_are_small_enough_for_the_repository() -> None:
    content = json.loads((DEMO / "people.json").read_text())
    named = [photo["file"] for photo in content["photos"]]

    files = sorted(file.name for file in (DEMO / "photos").iterdir())

    assert sorted(named) == files
    assert (len(files), len(content["people"])) == (20, 5)
    assert sum((DEMO / "photos" / name).stat().st_size for name in files) <= MOST_BYTES


class FailingApi(BaseHTTPRequestHandler):
    """The routes that the demo calls; the post number `fails_at` is not answered."""

    def do_GET(self) -> None:
        user = re.search(r"/users/([a-z]+)/photos", self.path)
        photos = [{"caption": caption} for owner, caption in self.api.posted if user and owner == user[1]]
        answer = self.path.partition("user=")[2] or json.dumps({"results": photos})
        self._answer(200, answer)

    def do_PATCH(self) -> None:
        self._answer(200, "{}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        caption = re.search(rb'name="caption"\r\n\r\n(.*?)\r\n', body)
        assert caption
        self.api.requests += 1
        if self.api.requests == self.api.fails_at:
            self._answer(503, "")
            return
        self.api.posted.append((self.headers["Authorization"].removeprefix("Bearer "), caption[1].decode()))
        self._answer(201, "{}")

    def log_message(self, *_: object) -> None:
        """Keep the output of tests short."""

    @property
    def api(self) -> "Api":
        assert isinstance(self.server, Api)
        return self.server

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


class Api(ThreadingHTTPServer):
    """Tokens are the names of their users."""

    def __init__(self, fails_at: int) -> None:
        super().__init__(("127.0.0.1", 0), FailingApi)
        self.fails_at = fails_at
        self.requests = 0
        self.posted: list[tuple[str, str]] = []


def test_an_interrupted_demo_posts_the_missing_photos_the_next_time() -> None:
    content = json.loads((DEMO / "people.json").read_text())
    with Api(fails_at=4) as api:
        threading.Thread(target=api.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{api.server_address[1]}"
        with pytest.raises(urllib.error.HTTPError):
            post_all(Platform(address, address))

        post_all(Platform(address, address))
        post_all(Platform(address, address))
        api.shutdown()

    assert api.posted == [(photo["user"], photo["caption"]) for photo in content["photos"]]


def test_the_addresses_of_a_killed_platform_are_not_used() -> None:
    with Api(fails_at=0) as api:
        address = f"http://127.0.0.1:{api.server_address[1]}"

    assert not Platform(address, address).is_running()


def test_make_demo_posts_every_picture_once(tmp_path: Path) -> None:
    ready = tmp_path / "data" / "ready.json"
    words = ["--port", "0", "--data", str(ready.parent)]

    def start() -> subprocess.Popen[bytes]:
        with (tmp_path / "output.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "demo", *words],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(90)

    def wait_for(text: str) -> None:
        eventually(lambda: text in (tmp_path / "output.log").read_text(), within=120.0)

    process = start()
    try:
        wait_for("20 photos of 5 people")
    finally:
        stop(process)
    process = start()
    try:
        wait_for("already there")
        app = json.loads(ready.read_text())["app"]
        page = requests.get(f"{app}/api/v1/photos?limit=100", timeout=ANSWER_SECONDS).json()
    finally:
        stop(process)

    assert "There are no photos yet" not in (tmp_path / "output.log").read_text()
    assert len(page["results"]) == 20
    assert len({photo["user"] for photo in page["results"]}) == 5
