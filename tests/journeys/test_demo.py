"""`make demo`: twenty pictures of five people."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import requests

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

    assert "There are no photos yet" in (tmp_path / "output.log").read_text()
    assert len(page["results"]) == 20
    assert len({photo["user"] for photo in page["results"]}) == 5
