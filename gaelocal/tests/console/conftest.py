"""Consoles for tests: with small fixed components for the JSON API, with real emulators for the panels."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page
from tests.chromium import WAIT_MILLISECONDS, Chromium
from tests.console.content import fill
from tests.console.world import World
from tests.serving_thread import serving

from gaelocal.appengine.usage_reports import UsageReports
from gaelocal.console import Console, ConsoleParts
from gaelocal.console.datastore.client import RemoteDatastoreCalls
from gaelocal.ports import listening_socket
from gaelocal.storage.browser import StorageBrowser
from gaelocal.supervision import Health

Row = dict[str, Any]
"""For every condition in a browser; the five seconds of `expect` are too few on a busy machine."""


def a_mail(mail_id: int, subject: str = "Your day", html: str = "<h1>Sea</h1>") -> Row:
    return {
        "id": mail_id,
        "to": "ana@example.com",
        "from": "mail@example.com",
        "subject": subject,
        "text": "Sea",
        "html": html,
        "headers": {"Subject": subject, "List-Unsubscribe": "<https://example.com/u>"},
        "attachments": [],
        "received": "2026-11-20T09:00:00.000000Z",
    }


class Mailbox:
    def __init__(self) -> None:
        self.kept = [a_mail(2, "Second", "<script>document.title='run'</script><p>Sea</p>"), a_mail(1)]

    def messages(self, limit: int | None = None, to: str = "") -> list[Row]:
        return [mail for mail in self.kept if to in mail["to"]][:limit]

    def message(self, mail_id: int) -> Row:
        found = [mail for mail in self.kept if mail["id"] == mail_id]
        if not found:
            raise LookupError(f"no mail {mail_id}")
        return found[0] | {"source": "Subject: Söa\r\n\r\nSea"}

    def clear(self) -> None:
        self.kept.clear()


class Tasks:
    def queues(self) -> list[Row]:
        return [
            {
                "name": "renditions",
                "state": "RUNNING",
                "tasks": 12,
                "running": 4,
                "completed_last_minute": 63,
                "oldest_eta": "2026-11-20T09:00:00+00:00",
                "dead": 1,
                "rate": 20.0,
                "bucket_size": 20,
                "max_concurrent": 4,
                "target": "tasks-backend",
            }
        ]

    def tasks(self, queue: str) -> list[Row]:
        return [self._task(queue, "waiting")]

    def dead(self, queue: str) -> list[Row]:
        return [self._task(queue, "dead")]

    def _task(self, queue: str, state: str) -> Row:
        if queue != "renditions":
            raise LookupError(f"there is no queue `{queue}`")
        return {
            "name": "t1",
            "state": state,
            "attempts": 1,
            "last_status": 500,
            "method": "POST",
            "url": "/tasks/",
        }


class Scheduler:
    def __init__(self) -> None:
        self.ran: list[str] = []

    def jobs(self) -> list[Row]:
        return [
            {
                "url": "/tasks/summary_email/daily",
                "description": "the daily mail",
                "schedule": "every day 09:00",
                "timezone": "UTC",
                "target": "tasks-backend",
                "running": False,
                "last_run": {"time": "2026-11-20T09:00:00Z", "status": 200},
                "missed": {"count": 2, "first": "2026-11-18T09:00:00Z", "last": "2026-11-19T09:00:00Z"},
                "next_run": "2026-11-21T09:00:00Z",
            }
        ]

    async def run(self, url: str) -> Row:
        if url != "/tasks/summary_email/daily":
            raise LookupError(f"cron.yaml names no job {url}")
        self.ran.append(url)
        return {"url": url, "status": 200}


class Logs:
    def entries(self, severity: str | None = None, limit: int = 200, **wanted: str | None) -> list[Row]:
        asked = {"severity": severity, "limit": limit, **wanted}
        return [
            {
                "timestamp": "2026-11-20T09:00:00.123Z",
                "severity": severity or "INFO",
                "service": wanted["service"] or "default",
                "version": "canary",
                "message": "<img src=x onerror=alert(1)>",
                "trace": wanted["trace"] or "abc",
                "request_id": wanted["request_id"] or "def",
                "fields": asked,
            }
        ]


class Engine:
    def __init__(self) -> None:
        self.logs = Logs()
        self.usage = UsageReports()

    def instances(self) -> list[Row]:
        instance = {
            "version": "v1",
            "share": 0.25,
            "address": "http://v1-dot-default.localhost:8080",
            "instance": "0",
            "index": 0,
            "state": "running",
            "pid": 7,
            "requests": 5,
            "started": "2026-11-20T08:00:00Z",
        }
        return [
            instance | {"service": name, "memory": 66 * 2**20, "memory_limit": 384 * 2**20, "cpu": 1.5}
            for name in ("default", "api-backend")
        ]


class Memcache:
    def stats(self) -> Row:
        return {"curr_items": 3, "get_hits": 9}


class Storage:
    @property
    def browser(self) -> StorageBrowser:
        raise NotImplementedError("the JSON API does not show objects")


@pytest.fixture
def parts() -> ConsoleParts:
    return ConsoleParts(
        mail=Mailbox(),
        tasks=Tasks(),
        scheduler=Scheduler(),
        engine=Engine(),
        memcache=Memcache(),
        datastore=RemoteDatastoreCalls("127.0.0.1:1"),
        storage=Storage(),
        health=Health(),
        addresses={"app": "http://127.0.0.1:8080", "smtp": "127.0.0.1:1025", "project": "photo-timeline"},
    )


@pytest.fixture
def console(parts: ConsoleParts) -> Iterator[Console]:
    with serving(Console(listening_socket(0, "--console-port"), parts)) as running:
        yield running


class Api:
    def __init__(self, console: Console) -> None:
        self.url = console.url

    def __call__(self, method: str, path: str, **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(method, self.url + path, headers=named, timeout=60)


@pytest.fixture
def api(console: Console) -> Api:
    return Api(console)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The console of real emulators with the content of `fill`; tests add content of their own."""
    with World(tmp_path_factory.mktemp("world")).running() as world:
        fill(world)
        yield world


@pytest.fixture
def page(chromium: Chromium, browser: Browser, world: World) -> Iterator[Page]:
    """A page of 1,280 pixels; addresses are relative to the console."""
    page = chromium.open_page(viewport={"width": 1280, "height": 900}, base_url=world.url)
    page.context.set_default_timeout(WAIT_MILLISECONDS)
    yield page
    page.context.close()
