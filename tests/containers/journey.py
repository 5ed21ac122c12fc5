"""`make compose-test`: the whole journey through the platform in containers, and what each step took.

Whatever happens, containers, networks and volumes of this run are gone in the end. Without a docker daemon it
says so and ends with 0: there is nothing to test then.
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
from tests.containers.composed import (
    CONTAINERS,
    HANG_SECONDS,
    SERVICES,
    Composed,
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
        print(f"compose-test: skipped, for {reason}.")
        return 0
    # What would end it without a word, as CI's time limit does, must remove everything too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to stop"))
    print(f"With `{' '.join(words)}`, profile {given.profile}:", flush=True)
    journey(Composed(Path(), compose=words, profile=given.profile))
    return 0


def journey(platform: Composed) -> None:
    try:
        take_it(platform)
    except BaseException:
        print(platform.logs())
        raise
    finally:
        with step("removed, volumes and all"):
            platform.remove()


def take_it(platform: Composed) -> None:
    with step("images built"):
        platform.build()
    with step("up, and every container healthy"):
        platform.start()
    with step("nobody is root, nothing but /tmp can be written, nothing is published beyond this machine"):
        look_at_containers(platform)
    with step("the front door tells the addresses to open"):
        told = platform.logs_of("front-door")
        assert f"App       {platform.app}" in told, told
        assert f"Console   {platform.addresses['console']}" in told, told
    with step("ana signs in on the website, without any name below localhost"):
        browser = signed_in(platform, "ana")
    with step("ana posts by the API, and the renditions are there"):
        ana = platform.as_("ana")
        first = posted(ana, "before everything")
    with step("a token is had from the command line inside"):
        ran = platform.inside("emulators", *TOKEN)
        assert ran.stdout.count(".") == 2, ran.stderr
    with step("a forged header does not reach tasks-backend"):
        forged = platform.get("/tasks/sweep", headers={"X-Appengine-Cron": "true"})
        assert forged.status_code == 403, forged.text
    with step("her archive is fetched by a signed link of Cloud Storage"):
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
    with step("everything taken down and brought up again"):
        platform.stop()
        platform.start()
    with step(f"all {len(captions)} photos, the mail and the session are there"):
        assert [photo["caption"] for photo in ana.stream()] == captions
        assert ana.photo(first)["status"] == "ready"
        assert "ana@example.com" in str(platform.ask_console("/api/mail"))
        assert "ana" in browser.get(f"{platform.app}/settings", timeout=ANSWER_SECONDS).text
    for name, used in platform.memory().items():
        print(f"       {name:14} {used}")


def survive_crashes(platform: Composed, person: Person) -> None:
    for service in (*SERVICES, "front-door", "emulators"):
        with step(f"kill -9 in {service}: back, and a photo goes all the way"):
            platform.kill_in(service)
            first_answer(platform)
            posted(person, f"after {service}")


def survive_hangs(platform: Composed, person: Person) -> None:
    for service in (*SERVICES, "front-door", "emulators", "memcached"):
        with step(f"SIGSTOP in {service}: restarted by its health check, and a photo goes all the way"):
            before = platform.restarts(service)
            platform.stop_in(service)
            eventually(partial(platform.is_healed, service, before), within=HANG_SECONDS)
            first_answer(platform)
            posted(person, f"after a hang of {service}")


def is_shown(platform: Composed, service: str) -> bool:
    (row,) = [row for row in platform.ask_console("/api/services") if row["service"] == service]
    return bool(row["memory"] > 10 * 1024 * 1024 and row["requests"] > 0)


def look_at_containers(platform: Composed) -> None:
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


def signed_in(platform: Composed, user: str) -> requests.Session:
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


def fetch_archive(platform: Composed, browser: requests.Session) -> None:
    send(browser, platform, "/settings/export")
    path = eventually(lambda: find(browser, platform, "/settings", r'href="(/settings/export/[^"]+)"'))
    archive = browser.get(f"{platform.app}{path}", timeout=ANSWER_SECONDS)
    assert archive.content.startswith(b"PK"), archive.text


def first_answer(platform: Composed) -> None:
    """Wait until the front door takes connections and every service behind it answers."""

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
