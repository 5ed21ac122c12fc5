"""The command line of the Python client with the running platform."""

import json
import os
import re
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from tests import pictures
from tests.journeys.platform import ROOT, Platform

SOURCE = ROOT / "clients" / "python" / "src"
TYPED_SECONDS = 120


class Shell:
    """A terminal with its own state folder."""

    def __init__(self, platform: Platform, home: Path) -> None:
        self.platform = platform
        self.home = home

    def environment(self) -> dict[str, str]:
        given = {"PHOTO_TIMELINE_HOME": str(self.home), "PYTHONPATH": str(SOURCE), "BROWSER": "true"}
        return {**os.environ, **given}

    def type(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "photo_timeline", *words],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=TYPED_SECONDS,
            check=False,
        )

    def sign_in_as(self, user: str) -> None:
        token = self.platform.as_(user).token
        done = self.type("--url", self.platform.app, "--token", token, "login")
        assert done.returncode == 0, done.stderr


@pytest.fixture
def shell(platform: Platform, tmp_path: Path) -> Shell:
    return Shell(platform, tmp_path / "home")


def some_files(folder: Path, count: int) -> list[str]:
    files = [folder / f"{number}.jpg" for number in range(count)]
    for number, file in enumerate(files):
        file.write_bytes(pictures.a_jpeg(width=80 + number, height=60))
    return [str(file) for file in files]


def test_photos_are_posted_and_read(shell: Shell, tmp_path: Path) -> None:
    shell.sign_in_as("cli-ana")

    posted = shell.type("post", "--caption", "from a terminal", *some_files(tmp_path, 3))
    listed = shell.type("stream", "--json")

    assert posted.returncode == 0, posted.stderr
    photos = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [photo["caption"] for photo in photos] == ["from a terminal"] * 3
    assert all(photo["id"] in posted.stdout for photo in photos)


def test_a_user_without_a_token_is_told_to_log_in(shell: Shell) -> None:
    done = shell.type("whoami")

    assert (done.returncode, done.stdout) == (3, "")
    assert "photo-timeline login" in done.stderr


def test_an_unavailable_server_prints_no_traceback(shell: Shell) -> None:
    done = shell.type("--url", "http://127.0.0.1:1", "--token", "x", "--tries", "2", "stream", "somebody")

    assert done.returncode == 4
    assert "Traceback" not in done.stderr


def test_login_opens_a_browser(shell: Shell) -> None:
    words = [sys.executable, "-m", "photo_timeline", "--url", shell.platform.app, "login"]
    with subprocess.Popen(
        words, env=shell.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        watchdog = threading.Timer(TYPED_SECONDS, process.kill)
        watchdog.start()
        try:
            assert process.stderr is not None
            process.stderr.readline()
            sign_in_at(process.stderr.readline().strip(), "cli-ben")
            said, _ = process.communicate()
        finally:
            watchdog.cancel()

    assert process.returncode == 0
    assert "as cli-ben" in said
    assert json.loads(shell.type("whoami").stdout)["user"] == "cli-ben"


def sign_in_at(address: str, user: str) -> None:
    """Sign in at the page that the command opens."""
    browser = requests.Session()
    page = browser.get(address, timeout=60)
    action = re.search(r'<form[^>]*action="([^"]*)"', page.text)
    assert action is not None
    where = urljoin(page.url, action[1].replace("&amp;", "&"))
    assert "Signed in" in browser.post(where, data={"user": user}, timeout=60).text


def test_an_export_is_downloaded(shell: Shell, tmp_path: Path) -> None:
    shell.sign_in_as("cli-cleo")
    shell.type("post", *some_files(tmp_path, 2))

    done = shell.type("export", str(tmp_path / "all.zip"))

    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.testzip() is None
        assert len([name for name in archive.namelist() if name.endswith(".jpg")]) == 2


def test_sync_updates_a_folder(shell: Shell, tmp_path: Path) -> None:
    shell.sign_in_as("cli-dora")
    shell.type("post", *some_files(tmp_path, 2))
    person = shell.platform.as_("cli-dora")
    photos = [person.ready_photo(photo["id"]) for photo in person.stream()]
    mirror = tmp_path / "mirror"

    first = shell.type("sync", str(mirror))
    person.ask("DELETE", f"/api/v1/photos/{photos[0]['id']}")
    second = shell.type("sync", str(mirror))

    assert (first.returncode, first.stdout) == (0, "2 changed\n")
    assert second.returncode == 0, second.stderr
    assert f"{photos[0]['id']}.jpg removed" in second.stderr
    assert [file.name for file in mirror.glob("*.jpg")] == [f"{photos[1]['id']}.jpg"]
