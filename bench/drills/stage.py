"""The platform of a drill, the proxies that inject its failure, and the printed report."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from gaelocal.ports import free_port
from tests import pictures
from tests.faults.faults import Switch
from tests.faults.http_proxy import HttpProxy
from tests.faults.tcp_proxy import TcpProxy
from tests.journeys.platform import Person, Platform
from tests.waiting import eventually

T = TypeVar("T")
WITHIN = 120.0
LINES_SHOWN = 4


@dataclass
class Stage:
    """`pauses`: wait for Enter while the failure lasts, so that the console can be looked at."""

    folder: Path
    pauses: bool = False
    platform: Platform = field(init=False)
    ana: Person = field(init=False)
    storage: Switch = field(default_factory=Switch)
    memcache: Switch = field(default_factory=Switch)
    smtp: Switch = field(default_factory=Switch)
    failed: int = 0
    drop_cache_connections: Callable[[], None] = field(init=False)

    def say(self, text: str) -> None:
        print(f"  {text}", flush=True)

    def check(self, text: str, *, holds: bool) -> None:
        print(f"  {'ok   ' if holds else 'FAILS'}  {text}", flush=True)
        self.failed += not holds

    def look(self, page: str, lines: list[str]) -> None:
        """Show what the console says, and wait for Enter if the learner wants to look at it."""
        print(f"  The console ({self.platform.console}{page}) says:", flush=True)
        for line in lines[:LINES_SHOWN] or ["nothing"]:
            print(f"      {line[:150]}", flush=True)
        if self.pauses:
            input("  Press Enter to go on. ")

    def post(self, caption: str, image: bytes | None = None) -> tuple[Any, float]:
        """Post a photo as ana; return the answer and the seconds."""
        begun = time.monotonic()
        answer = self.ana.post_photo(image or pictures.a_jpeg(640, 480), caption=caption)
        return answer, time.monotonic() - begun

    def is_in_stream(self, photo_id: str) -> bool:
        return photo_id in {photo["id"] for photo in self.ana.stream()}

    def until(self, look: Callable[[], T]) -> T:
        return eventually(look, within=WITHIN)

    def log_lines(self, service: str, text: str) -> list[str]:
        entries = self.platform.ask_console(f"/api/logs?service={service}")
        return [
            f"{entry['severity']} {entry['message']}" for entry in entries if text in str(entry["message"])
        ]

    def queue_lines(self, name: str) -> list[str]:
        queues = self.platform.ask_console("/api/queues")
        return [f"queue {q['name']}: {q['tasks']} tasks" for q in queues if q["name"] == name]


@contextmanager
def a_stage(folder: Path, *, pauses: bool = False, data: Path | None = None) -> Iterator[Stage]:
    """Start the platform; Cloud Storage, memcached and the mail server are behind proxies."""
    stage = Stage(folder, pauses)
    ports = {name: free_port(0, "") for name in ("storage", "memcache", "smtp")}
    with ExitStack() as stack:
        storage = stack.enter_context(HttpProxy(f"http://127.0.0.1:{ports['storage']}", stage.storage))
        memcache = stack.enter_context(TcpProxy(f"127.0.0.1:{ports['memcache']}", stage.memcache))
        smtp = stack.enter_context(TcpProxy(f"127.0.0.1:{ports['smtp']}", stage.smtp))
        words = [word for name, port in ports.items() for word in (f"--{name}-port", str(port))]
        words += [
            "--env",
            f"STORAGE_EMULATOR_HOST={storage.url}",
            "--env",
            f"MEMCACHE_HOST={memcache.address}",
        ]
        words += ["--env", f"SMTP_PORT={smtp.address.rpartition(':')[2]}"]
        stage.platform = Platform(data or folder, words=tuple(words))
        stack.callback(stage.platform.stop)
        stage.platform.start()
        stage.drop_cache_connections = memcache.drop_all
        stage.ana = stage.platform.as_("ana")
        stage.ana.ask("GET", "/api/v1/me").raise_for_status()
        yield stage
