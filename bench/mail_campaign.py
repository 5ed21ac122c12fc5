"""Send summary emails to 1,000 users while tasks-backend is killed 50 times; count duplicates and losses.

The weekly job runs once; the daily one twice concurrently and once more at the end. A tenth of the users
want no emails. `make mail-campaign` runs everything; `ARGS="--users 100 --kills 5"` is shorter.
"""

import random
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import requests

from bench.campaigns import kill, run_from_command_line, wait_for_empty_queues
from tests import pictures
from tests.journeys.platform import Platform
from tests.waiting import eventually
from timeline.backends import connect, disconnect
from timeline.digests.retention import in_state
from timeline.digests.send_records import State
from timeline.interfaces import Backends, Entity
from timeline.settings import Settings

DAILY, WEEKLY = "/tasks/summary_email/daily", "/tasks/summary_email/weekly"
WISHES = ["daily"] * 5 + ["weekly"] * 4 + ["off"]
ZONES = ("UTC", "Europe/Vienna", "Pacific/Honolulu", "Asia/Kathmandu", "America/Sao_Paulo")
SEEDED_AT_ONCE = 400
SHORTEST_PAUSE, LONGEST_PAUSE = 0.3, 2.5  # seconds between two kills
DRAIN_SECONDS = 1800.0


@dataclass
class Outcome:
    """The result of a campaign; `uncertain` emails are listed by the platform and may have arrived or not."""

    users: int = 0
    kills: int = 0
    wanted: int = 0
    arrived: int = 0
    uncertain: int = 0
    uncertain_and_arrived: int = 0
    missing: int = 0
    missing_and_not_listed: int = 0
    duplicates: int = 0
    unwanted: int = 0
    recorded_as_sent: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.missing_and_not_listed or self.duplicates or self.unwanted) and self.arrived > 0


def run_campaign(folder: Path, users: int, kills: int, seed: int) -> Outcome:
    """Start a platform with users, run the jobs while killing processes, and compare mailbox and records."""
    platform = Platform(folder)
    platform.start()
    try:
        with backends_of(platform) as backends:
            wishes = seed_users(backends, users)
            post_a_photo(platform)
            outcome = Outcome(users=users)
            assert emails_of(platform) == Counter(), "a mail before any job"
            outcome.kills = send_while_killing(platform, kills, random.Random(seed))
            fire(platform, DAILY)
            wait_for_empty_queues(platform, DRAIN_SECONDS)
            count(outcome, wishes, emails_of(platform), backends)
    finally:
        platform.stop()
    return outcome


@contextmanager
def backends_of(platform: Platform) -> Iterator[Backends]:
    addresses = platform.addresses
    settings = Settings(
        google_cloud_project=addresses["project"], datastore_emulator_host=addresses["datastore"]
    )
    backends = connect(settings)
    try:
        yield backends
    finally:
        disconnect(backends)


def seed_users(backends: Backends, users: int) -> dict[str, str]:
    """Write users to the Datastore; return the summary setting of each email address."""
    now = datetime.now(UTC)
    rows = [a_user(number, now) for number in range(users)]
    for start in range(0, users, SEEDED_AT_ONCE):
        backends.entities.put(*rows[start : start + SEEDED_AT_ONCE])
    return {row.values["email"]: row.values["summary"] for row in rows}


def a_user(number: int, now: datetime) -> Entity:
    handle = f"reader-{number:05}"
    values = {
        "display_name": f"Reader {number}",
        "email": f"{handle}@example.com",
        "summary": WISHES[number % len(WISHES)],
        "timezone": ZONES[number % len(ZONES)],
        "created": now,
    }
    return Entity(("User", handle), values, frozenset({"summary"}))


def post_a_photo(platform: Platform) -> None:
    """Post a photo, so that the summaries have content."""
    poster = platform.as_("poster")
    answer = poster.post_photo(pictures.a_jpeg(), caption="the sea")
    answer.raise_for_status()
    assert poster.ready_photo(answer.json()["id"])["status"] == "ready"


def send_while_killing(platform: Platform, kills: int, chance: random.Random) -> int:
    """Start the jobs, kill processes until the queues are empty, and return the number of kills."""
    with ThreadPoolExecutor(4) as starters:
        killed = starters.submit(kill_repeatedly, platform, kills, chance)
        list(starters.map(lambda url: fire(platform, url), (WEEKLY, DAILY, DAILY)))
        wait_for_empty_queues(platform, DRAIN_SECONDS)
        return killed.result()


def fire(platform: Platform, url: str) -> None:
    """Start a job as cron does, and repeat it until the service accepts it."""

    def started() -> bool:
        answer = platform.ask_console(f"/api/cron/run?url={url}", "POST")
        return bool(answer["status"] == requests.codes.ok)

    eventually(started)


def kill_repeatedly(platform: Platform, kills: int, chance: random.Random) -> int:
    waiting, done = threading.Event(), 0
    while done < kills:
        waiting.wait(chance.uniform(SHORTEST_PAUSE, LONGEST_PAUSE))
        done += kill_once(platform, chance)
    return done


def kill_once(platform: Platform, chance: random.Random) -> int:
    """Kill one or all processes of tasks-backend; return 0 if it has none at the moment."""
    found = [process for pid in pids_of(platform, "tasks-backend") for process in family(pid)]
    victims = found if chance.random() < 0.5 else found[-1:]
    for victim in victims:
        kill(victim.pid)
    return bool(victims)


def pids_of(platform: Platform, service: str) -> list[int]:
    instances = platform.ask_console("/api/services")
    return [one["pid"] for one in instances if one["service"] == service and one["pid"]]


def family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def emails_of(platform: Platform) -> Counter[str]:
    return Counter(mail["to"] for mail in platform.ask_console("/api/mail"))


def count(outcome: Outcome, wishes: dict[str, str], arrived: Counter[str], backends: Backends) -> None:
    wanted = {email for email, wish in wishes.items() if wish != "off"}
    uncertain = addresses_in(backends, "uncertain")
    missing = wanted - set(arrived)
    outcome.wanted = len(wanted)
    outcome.arrived = len(wanted & set(arrived))
    outcome.uncertain = len(uncertain)
    outcome.uncertain_and_arrived = len(uncertain & set(arrived))
    outcome.missing = len(missing)
    outcome.missing_and_not_listed = len(missing - uncertain)
    outcome.duplicates = sum(times - 1 for times in arrived.values())
    outcome.unwanted = len(set(arrived) - wanted)
    outcome.recorded_as_sent = len(addresses_in(backends, "sent"))


def addresses_in(backends: Backends, state: State) -> set[str]:
    return {f"{handle}@example.com" for handle, _ in in_state(backends, state)}


def main() -> int:
    return run_from_command_line(__doc__, {"users": 1000, "kills": 50}, run_campaign)


if __name__ == "__main__":
    sys.exit(main())
