"""`gaelocal services` and gcloud on a running platform."""

import html
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import requests
from tests.appengine.backends import BACKEND, ENTRYPOINT
from tests.appengine.running import a_service

from tests.waiting import eventually

SECONDS = 60.0
needs_gcloud = pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is not installed")


@dataclass
class Platform:
    data: Path
    addresses: dict[str, Any]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gaelocal", *words, "--data", str(self.data)]
        return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)

    def says(self, *words: str) -> str:
        ran = self.run(*words)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def gcloud(self, words: str) -> str:
        line = f'eval "$({sys.executable} -m gaelocal gcloud-env --data {self.data})" && gcloud {words}'
        ran = subprocess.run(
            ["bash", "-c", line], capture_output=True, text=True, timeout=SECONDS, check=False
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def admin(self, method: str, path: str, **more: Any) -> Any:
        url = f"{self.addresses['admin']}/v1/apps/small-shop/services/{path}"
        return requests.request(method, url, timeout=SECONDS, **more).json()

    def status(self, service: str = "worker", path: str = "/", **more: Any) -> int:
        headers = {"Host": f"{service}.localhost"}
        url = f"{self.addresses['app']}{path}"
        return requests.get(url, headers=headers, timeout=SECONDS, **more).status_code

    def instances(self, service: str = "worker") -> list[dict[str, Any]]:
        rows = requests.get(f"{self.addresses['console']}/api/services", timeout=SECONDS).json()
        return [row for row in rows if row["service"] == service]

    def states(self) -> list[str]:
        return [row["state"] for row in self.instances()]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform with a backend of two instances, and a website that can call it."""
    folder, notes = tmp_path_factory.mktemp("shop"), tmp_path_factory.mktemp("notes")
    scalings = {"default": "", "worker": "manual_scaling:\n  instances: 2\ninstance_class: B1\n"}
    for name, scaling in scalings.items():
        (a_service(folder, name, scaling, ENTRYPOINT) / "main.py").write_text(BACKEND)
    ready, data = folder / "ready.json", folder / "data"
    words = ["--app", folder, "--data", data, "--ready-file", ready, "--project", "small-shop", "--port", "0"]
    command = [sys.executable, "-m", "gaelocal", *map(str, words), "--env", f"NOTES={notes}", "--no-watch"]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    try:
        eventually(lambda: ready.exists() or process.poll() is not None)
        assert ready.exists(), (folder / "output").read_text()
        yield Platform(data, json.loads(ready.read_text()))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(90)
        with_group_ended(process.pid)


def with_group_ended(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def test_the_instances_are_listed(platform: Platform) -> None:
    header, *rows = platform.says("services").splitlines()

    assert header.split()[:5] == ["SERVICE", "VERSION", "INSTANCE", "STATE", "UPTIME"]
    assert [row.split()[:4] for row in rows] == [
        ["default", "dev", "0", "running"],
        ["worker", "dev", "0", "running"],
        ["worker", "dev", "1", "running"],
    ]


def test_each_instance_of_a_backend_is_listed_with_its_own_address(platform: Platform) -> None:
    port = platform.addresses["app"].rpartition(":")[2]

    addresses = [row.split()[-1] for row in platform.says("services").splitlines()[1:]]

    assert addresses == [
        f"http://dev-dot-default.localhost:{port}",
        f"http://0-dot-dev-dot-worker.localhost:{port}",
        f"http://1-dot-dev-dot-worker.localhost:{port}",
    ]
    hosts = [address.removeprefix("http://").partition(".")[0] for address in addresses]
    assert [platform.status(host) for host in hosts] == [200] * 3


def test_a_reader_that_ends_early_causes_no_traceback(platform: Platform) -> None:
    command = [sys.executable, "-m", "gaelocal", "services", "--data", str(platform.data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()

        assert process.stderr.read() == ""
        assert process.wait(SECONDS) == 1


def test_a_service_is_stopped_and_started(platform: Platform) -> None:
    stopped = platform.says("services", "stop", "worker"), platform.states(), platform.status()
    started = platform.says("services", "start", "worker"), platform.states(), platform.status()

    assert stopped == ("worker dev is stopped\n", ["stopped", "stopped"], 404)
    assert started == ("worker dev is started\n", ["running", "running"], 200)


def test_one_instance_is_stopped_started_and_restarted(platform: Platform) -> None:
    first, second = (row["pid"] for row in platform.instances())

    platform.says("services", "stop", "worker", "--instance", "1")
    stopped = platform.states()
    platform.says("services", "start", "worker", "--instance", "1")
    eventually(lambda: platform.states() == ["running", "running"])
    platform.says("services", "restart", "worker", "--instance", "0")
    eventually(lambda: platform.states() == ["running", "running"])

    assert stopped == ["running", "stopped"]
    assert not {first, second} & {row["pid"] for row in platform.instances()}


def test_a_service_is_scaled_without_a_deployment(platform: Platform) -> None:
    said = platform.says("services", "scale", "worker", "5")
    eventually(lambda: platform.states() == ["running"] * 5)
    platform.says("services", "scale", "worker", "2")

    assert said == "worker dev has 5 instances\n"
    assert len(platform.instances()) == 2


def test_the_admin_api_changes_the_number_of_instances(platform: Platform) -> None:
    body = {"manualScaling": {"instances": 3}}
    operation = platform.admin(
        "PATCH", "worker/versions/dev", json=body, params={"updateMask": "manualScaling.instances"}
    )
    version = platform.admin("GET", "worker/versions/dev")
    eventually(lambda: platform.states() == ["running"] * 3)
    platform.says("services", "scale", "worker", "2")

    assert operation["done"]
    assert operation["metadata"]["method"] == "google.appengine.v1.Versions.UpdateVersion"
    assert version["manualScaling"] == {"instances": 3}


def test_the_usage_has_hours_and_prices(platform: Platform) -> None:
    header, default, worker, total, *notes = platform.says("usage").splitlines()

    assert header.split() == ["SERVICE", "CLASS", "RUNNING", "HOURS", "PRICE", "PER", "HOUR", "PRICE"]
    assert default.split()[:3] == ["default", "F1", "1"]
    assert worker.split()[:3] == ["worker", "B1", "2"]
    assert worker.split()[4] == "$0.05"
    assert total.startswith("total")
    assert "US dollars" in notes[0]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("scale", "default", "3"), "default has automatic scaling"),
        (("scale", "worker", "many"), "say how many instances: gaelocal services scale worker 3"),
        (("stop",), "name the service: gaelocal services stop SERVICE"),
        (("stop", "wroker"), "there is no service `wroker`; there are: default, worker"),
        (("restart", "worker", "--instance", "9"), "worker has no instance `9`"),
        (("ingress", "worker", "closed"), "say from where requests are accepted: all, internal-only"),
    ],
)
def test_a_refusal_is_one_line(platform: Platform, words: tuple[str, ...], reason: str) -> None:
    ran = platform.run("services", *words)

    assert ran.returncode == 2
    assert ran.stderr.startswith(f"gaelocal: {reason}")
    assert len(ran.stderr.splitlines()) == 1


def test_a_private_service_is_reached_by_the_project_and_its_administrators_only(platform: Platform) -> None:
    before = platform.status()
    said = platform.says("services", "ingress", "worker", "internal-only")
    outside = platform.status()
    sibling = platform.status("default", "/call/worker")
    visitor, admin = (session_of(platform, is_admin=is_admin) for is_admin in (False, True))
    signed_in = [platform.status(cookies=cookies) for cookies in (visitor, admin)]
    platform.says("services", "ingress", "worker", "all")

    assert said == "the ingress setting of worker is internal-only\n"
    assert (before, outside, sibling, signed_in) == (200, 403, 200, [403, 200])
    assert platform.status() == 200


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have only one address of this machine")
def test_a_client_is_not_taken_for_an_instance_because_of_its_port(platform: Platform) -> None:
    port = int(psutil.Process(platform.instances()[0]["pid"]).environ()["PORT"])
    platform.says("services", "ingress", "worker", "internal-only")
    app = urlsplit(platform.addresses["app"])
    client = http.client.HTTPConnection(app.hostname or "", app.port, source_address=("127.0.0.2", port))
    try:
        client.request("GET", "/", headers={"Host": "worker.localhost"})

        assert client.getresponse().status == 403
    finally:
        client.close()
        platform.says("services", "ingress", "worker", "all")


@pytest.mark.parametrize("count", [True, 2.5, "many", float("inf")])
def test_a_number_of_instances_is_a_whole_number(platform: Platform, count: object) -> None:
    mask = {"updateMask": "manualScaling.instances"}
    body = json.dumps({"manualScaling": {"instances": count}})

    refused = platform.admin("PATCH", "worker/versions/dev", data=body, params=mask)

    assert refused["error"]["status"] == "INVALID_ARGUMENT"
    assert len(platform.instances()) == 2


def session_of(platform: Platform, *, is_admin: bool) -> dict[str, str]:
    """Sign in at the address of the worker, and return the cookies of the session."""
    app, provider = platform.addresses["app"], platform.addresses["oidc"]
    host = {"Host": f"worker.localhost:{app.rpartition(':')[2]}"}
    with requests.Session() as browser:
        begun = requests.get(f"{app}/_ah/login", headers=host, allow_redirects=False, timeout=SECONDS)
        page = browser.get(begun.headers["Location"], timeout=SECONDS)
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert action
        form = {"user": "ana", **({"admin": "yes"} if is_admin else {})}
        address = f"{provider}{html.unescape(action[1])}"
        chosen = browser.post(address, data=form, allow_redirects=False, timeout=SECONDS)
    code = chosen.headers["Location"].partition("?")[2]
    ended = requests.get(
        f"{app}/_ah/login?{code}",
        headers=host,
        cookies=begun.cookies.get_dict(),
        allow_redirects=False,
        timeout=SECONDS,
    )
    return dict(ended.cookies.get_dict())


@needs_gcloud
def test_gcloud_closes_a_service_to_the_internet(platform: Platform) -> None:
    platform.gcloud("app services update worker --ingress internal-only --quiet")
    closed = platform.status()
    described = platform.gcloud("app services describe worker --format='value(networkSettings)'")
    platform.gcloud("app services update worker --ingress all --quiet")

    assert closed == 403
    assert "INGRESS_TRAFFIC_ALLOWED_INTERNAL_ONLY" in described
    assert platform.status() == 200


@needs_gcloud
def test_gcloud_stops_starts_and_replaces(platform: Platform) -> None:
    platform.gcloud("app versions stop dev --service worker --quiet")
    stopped = platform.states()
    platform.gcloud("app versions start dev --service worker --quiet")
    before = {row["pid"] for row in platform.instances()}
    listed = platform.gcloud("app instances list --service worker --version dev --format='value(id)'").split()
    platform.gcloud(f"app instances delete {listed[0]} --service worker --version dev --quiet")
    eventually(lambda: platform.states() == ["running", "running"])

    assert stopped == ["stopped", "stopped"]
    assert len(listed) == 2
    assert len(before & {row["pid"] for row in platform.instances()}) == 1


def test_a_second_interrupt_ends_everything_at_once(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "deaf").touch()
    shop, ready, output = tmp_path / "shop", tmp_path / "ready.json", tmp_path / "output"
    (a_service(shop, "default", "", ENTRYPOINT) / "main.py").write_text(BACKEND)
    words = ["--app", shop, "--ready-file", ready, "--port", "0", "--no-watch", "--env", f"NOTES={notes}"]
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "gaelocal", *map(str, words)], stdout=file, stderr=file
        )
    try:
        eventually(ready.exists)
        console = json.loads(ready.read_text())["console"]
        [row] = requests.get(f"{console}/api/services", timeout=SECONDS).json()

        process.send_signal(signal.SIGINT)
        eventually(lambda: "SIGTERM" in (notes / "events").read_text())
        eventually(lambda: process.poll() is not None or process.send_signal(signal.SIGINT))

        assert process.returncode == 130
        eventually(lambda: not psutil.pid_exists(row["pid"]))
    finally:
        process.kill()
        process.wait(SECONDS)
