"""`make compose-test`: test the platform in containers and print the duration of each step.

Containers, networks and volumes of this run are always removed. Without a docker daemon, it prints a message
and ends with 0.
"""

import argparse
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urljoin

import requests

from tests import pictures
from tests.containers.compose_platform import (
    CONTAINERS,
    HANG_SECONDS,
    SERVICES,
    ComposePlatform,
    NoDocker,
    a_browser,
    compose_command,
)
from tests.journeys.platform import ANSWER_SECONDS, Person
from tests.journeys.test_account import find, send
from tests.waiting import eventually

TOKEN = ("python", "-m", "gaelocal", "token", "ana", "--data", "/data")
WEEKLY = "/api/cron/run?url=/tasks/summary_email/weekly"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compose", default="", help="`docker compose` or `docker-compose`")
    parser.add_argument("--profile", choices=["embedded", "google"], default="embedded")
    given = parser.parse_args()
    try:
        words = compose_command(given.compose)
    except NoDocker as reason:
        print(f"compose-test: skipped: {reason}.")
        return 0
    # Remove everything also on SIGTERM, for example at CI's time limit.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped by SIGTERM"))
    print(f"With `{' '.join(words)}`, profile {given.profile}:", flush=True)
    journey(ComposePlatform(Path(), compose=words, profile=given.profile))
    return 0


def journey(platform: ComposePlatform) -> None:
    try:
        take_it(platform)
    except BaseException:
        print(platform.logs())
        raise
    finally:
        with step("removed with all volumes"):
            platform.remove()


def take_it(platform: ComposePlatform) -> None:
    with step("images built"):
        platform.build()
    with step("started, every container healthy"):
        platform.start()
    with step("no process is root, only /tmp is writable, ports are published on this machine only"):
        look_at_containers(platform)
    with step("the front door prints the addresses to open"):
        told = platform.logs_of("front-door")
        assert f"App       {platform.app}" in told, told
        assert f"Console   {platform.addresses['console']}" in told, told
    with step("ana signs in on the website, without any name below localhost"):
        browser = signed_in(platform, "ana")
    with step("ana posts by the API, and the renditions are there"):
        ana = platform.as_("ana")
        first = posted(ana, "before everything")
    with step("a token is printed by the command line in a container"):
        ran = platform.inside("emulators", *TOKEN)
        assert ran.stdout.count(".") == 2, ran.stderr
    with step("a forged header does not reach tasks-backend"):
        forged = platform.get("/tasks/sweep", headers={"X-Appengine-Cron": "true"})
        assert forged.status_code == 403, forged.text
    with step("her archive is downloaded by a signed link of Cloud Storage"):
        fetch_archive(platform, browser)
    with step("the weekly mail arrives"):
        assert ana.ask("PATCH", "/api/v1/me", json={"summary": "weekly"}).status_code == 200
        platform.ask_console(WEEKLY, "POST")
        eventually(lambda: "ana@example.com" in str(platform.ask_console("/api/mail")))
    survive_crashes(platform, ana)
    with step("the console shows memory and requests of each service"):
        for service in SERVICES:
            eventually(partial(is_shown, platform, service), within=30)
    survive_hangs(platform, ana)
    captions = [photo["caption"] for photo in ana.stream()]
    with step("everything restarted"):
        platform.run_compose("restart", within=300)
        eventually(lambda: set(platform.health().values()) == {"healthy"}, within=300)
    with step("everything stopped and started again"):
        platform.stop()
        platform.start()
    with step(f"all {len(captions)} photos, the mail and the session are there"):
        assert [photo["caption"] for photo in ana.stream()] == captions
        assert ana.photo(first)["status"] == "ready"
        assert "ana@example.com" in str(platform.ask_console("/api/mail"))
        assert "ana" in browser.get(f"{platform.app}/settings", timeout=ANSWER_SECONDS).text
    for name, used in platform.memory().items():
        print(f"       {name:14} {used}")


def survive_crashes(platform: ComposePlatform, person: Person) -> None:
    for service in (*SERVICES, "front-door", "emulators"):
        with step(f"kill -9 in {service}: restarted, and a photo is processed"):
            platform.kill_in(service)
            first_answer(platform)
            posted(person, f"after {service}")


def survive_hangs(platform: ComposePlatform, person: Person) -> None:
    for service in (*SERVICES, "front-door", "emulators", "memcached"):
        with step(f"SIGSTOP in {service}: restarted by its health check, and a photo is processed"):
            before = platform.restarts(service)
            platform.stop_in(service)
            eventually(partial(platform.is_healed, service, before), within=HANG_SECONDS)
            first_answer(platform)
            posted(person, f"after a hang of {service}")


def is_shown(platform: ComposePlatform, service: str) -> bool:
    (row,) = [row for row in platform.ask_console("/api/services") if row["service"] == service]
    return bool(row["memory"] > 10 * 1024 * 1024 and row["requests"] > 0)


def look_at_containers(platform: ComposePlatform) -> None:
    for service in CONTAINERS:
        found = platform.inspect(service)
        host = found["HostConfig"]
        assert host["ReadonlyRootfs"], service
        assert host["CapDrop"] == ["ALL"], service
        assert host["Memory"] == host["MemorySwap"] > 0, service
        assert any("no-new-privileges" in option for option in host["SecurityOpt"]), service
        published = [each for rule in found["NetworkSettings"]["Ports"].values() for each in rule or []]
        assert {each["HostIp"] for each in published} <= {"127.0.0.1"}, service
        assert not published or service in ("front-door", "emulators"), service
    for service in (*SERVICES, "front-door", "emulators"):
        assert platform.inside(service, "id", "-u").stdout.strip() == "10001", service
        assert platform.inside(service, "touch", "/app/x").returncode != 0, service
        assert platform.inside(service, "touch", "/tmp/x").returncode == 0, service


def signed_in(platform: ComposePlatform, user: str) -> requests.Session:
    browser = a_browser()
    page = browser.get(f"{platform.app}/signin", timeout=ANSWER_SECONDS)
    action = re.search(r'<form method="post" action="([^"]+)"', page.text)
    assert action, page.text
    address = urljoin(page.url, action[1].replace("&amp;", "&"))
    done = browser.post(address, data={"user": user}, timeout=ANSWER_SECONDS)
    assert done.ok, done.text
    assert user in done.text
    return browser


def posted(person: Person, caption: str) -> str:
    answer = person.post_photo(pictures.a_jpeg(width=1600, height=1200), caption=caption)
    assert answer.status_code == 201, answer.text
    photo = person.ready_photo(answer.json()["id"])
    assert photo["status"] == "ready", photo
    for rendition in photo["renditions"]:
        assert person.platform.get(rendition["url"]).content.startswith(b"\xff\xd8"), rendition
    return str(photo["id"])


def fetch_archive(platform: ComposePlatform, browser: requests.Session) -> None:
    send(browser, platform, "/settings/export")
    path = eventually(lambda: find(browser, platform, "/settings", r'href="(/settings/export/[^"]+)"'))
    archive = browser.get(f"{platform.app}{path}", timeout=ANSWER_SECONDS)
    assert archive.content.startswith(b"PK"), archive.text


def first_answer(platform: ComposePlatform) -> None:
    """Wait until the front door and every service behind it answer."""

    def answers(look: Callable[[], requests.Response]) -> bool:
        try:
            return look().ok
        except requests.RequestException:
            return False

    eventually(lambda: answers(lambda: platform.get("/readyz")))
    eventually(lambda: answers(lambda: platform.get("/api/")))


@contextmanager
def step(name: str) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print(f"FAILED {name}", flush=True)
        raise
    print(f"  ok {time.monotonic() - began:6.1f} s  {name}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
