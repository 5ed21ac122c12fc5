"""Google's unmodified appengine-python-standard, in an environment of its own, on the whole platform."""

import json
import signal
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.waiting import eventually

PROGRAM = Path(__file__).with_name("google_package.py.txt")
PACKAGES = ("appengine-python-standard==3.1.0", "flask", "gunicorn")
IMPORTS = "import flask, google.appengine.api.taskqueue, google.appengine.ext.ndb"

pytestmark = pytest.mark.slow


@dataclass
class Platform:
    app: str
    console: str

    def get(self, path: str) -> Any:
        return requests.get(f"{self.app}{path}", timeout=60).json()


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("google") / "venv"
    venv.create(folder, with_pip=True, symlinks=True)
    python = folder / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "-q", *PACKAGES]
    installed = subprocess.run(install, capture_output=True, text=True, timeout=600, check=False)
    if installed.returncode:
        pytest.skip(f"pip cannot install appengine-python-standard: {installed.stderr.strip()[-200:]}")
    tried = [str(python), "-c", IMPORTS]
    imported = subprocess.run(tried, capture_output=True, text=True, timeout=600, check=False)
    if imported.returncode:
        pytest.skip(f"appengine-python-standard does not run on this Python: {imported.stderr[-200:]}")
    return folder


@pytest.fixture(scope="module")
def platform(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("bundled")
    (folder / "app.yaml").write_text("runtime: python313\napp_engine_apis: true\n")
    (folder / "main.py").write_text(PROGRAM.read_text())
    (folder / ".venv").symlink_to(environment)
    ready = folder / "ready.json"
    command = [sys.executable, "-m", "gaelocal", str(folder), "--port", "0", "--ready-file", str(ready)]
    process = subprocess.Popen([*command, "--project", "bundled-test"], stdout=subprocess.DEVNULL)
    try:
        eventually(ready.exists)
        addresses = json.loads(ready.read_text())
        yield Platform(addresses["app"].replace("127.0.0.1", "localhost"), addresses["console"])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(90)


def test_ndb_and_db_work_on_the_local_datastore(platform: Platform) -> None:
    assert platform.get("/ndb") == {
        "round trip": True,
        "structured": ["x"],
        "moment": ["x"],
        "list": ["x"],
        "none": ["x"],
        "projection": [3],
        "pages": [10, 10, 5],
        "batches": 25,
        "offset": [20, 21],
        "transactions": [1, 2, None],
        "ids": 5,
        "namespace": 1,
        "db": [None, 1],
        "gone": [None, None],
    }


def test_the_other_services_work_and_what_is_missing_is_named(platform: Platform) -> None:
    seen = platform.get("/rest")

    assert seen.pop("search").endswith("modules, taskqueue, user")
    assert seen.pop("twice").startswith("TaskAlreadyExistsError")
    assert seen.pop("no queue").startswith("UnknownQueueError")
    assert seen == {
        "memcache": [{"a": 1}, 2],
        "modules": [["default"], "dev"],
        "identity": "bundled-test.appspot.com",
        "signature": 256,
        "login": f"{platform.app}/_ah/login?continue=%2Fhere",
    }


def test_tasks_run_once_each_with_the_namespace_they_were_made_in(platform: Platform) -> None:
    expected = [
        "deferred",
        "o",
        "task of namespace in 'space'",
        "task of queue in ''",
        "task of transaction in ''",
        "task of transaction in ''",
    ]

    eventually(lambda: platform.get("/notes")["notes"] == expected)


def test_mail_goes_to_the_mail_catcher(platform: Platform) -> None:
    mails = requests.get(f"{platform.console}/api/mail", timeout=60).json()

    assert {mail["subject"] for mail in mails} == {"Hello"}
    assert mails[0]["text"].strip() == "plain"
    assert mails[0]["html"].strip() == "<b>rich</b>"
    assert "cy@x.org" in mails[0]["recipients"]
    assert "Bcc" not in mails[0]["headers"]


def test_an_upload_becomes_a_blob_that_can_be_read_served_and_deleted(platform: Platform) -> None:
    content = bytes(range(256)) + b"\r\n--\n\r"
    form = {"note": (None, "hello"), "file": ("sea.png", content, "image/png")}

    told = requests.post(platform.get("/upload-address")["address"], files=form, timeout=60).json()
    key = told["key"]
    whole = requests.get(f"{platform.app}/blob/{key}", timeout=60)
    part = requests.get(f"{platform.app}/blob/{key}", headers={"Range": "bytes=5-9"}, timeout=60)
    image = requests.get(f"{told['image']}=s32", timeout=60)
    left = requests.post(f"{platform.app}/erase/{key}", timeout=60).json()

    assert told["told"] == ["sea.png", "image/png", len(content)]
    assert (told["kept"], told["info"]) == ("1", "sea.png")
    assert bytes.fromhex(told["read"]) == whole.content == image.content == content
    assert (whole.headers["Content-Type"], part.status_code, part.content) == (
        "image/png",
        206,
        content[5:10],
    )
    assert left == {"left": False}
    assert requests.get(f"{platform.app}/blob/{key}", timeout=60).status_code == 404
