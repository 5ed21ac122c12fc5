"""Send summary emails to 1,000 users while tasks-backend is killed 50 times; count duplicates and losses.

The weekly job runs once; the daily one twice concurrently and once more at the end. A tenth of the users
want no emails. `make mail-campaign` runs everything; `ARGS="--users 100 --kills 5"` is shorter.
"""

import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import requests

from bench.campaigns import backends_of, kill, run_from_command_line
from bench.remaining_work import wait_until_idle
from tests import pictures
from tests.journeys.platform import Platform
from tests.waiting import eventually
from timeline.digests.retention import in_state
from timeline.digests.send_records import State
from timeline.interfaces import Backends, Entity

DAILY, WEEKLY = "/tasks/summary_email/daily", "/tasks/summary_email/weekly"
WISHES = ["daily"] * 5 + ["weekly"] * 4 + ["off"]
ZONES = ("UTC", "Europe/Vienna", "Pacific/Honolulu", "Asia/Kathmandu", "America/Sao_Paulo")
SEEDED_AT_ONCE = 400
MAIL_QUEUES = ("summary-email", "email")
MOST_EMAILS_BETWEEN_KILLS = 3
"""On average half of it, and as many arrive until the kill: 200 kills are spread over 900 emails."""
LONGEST_PAUSE = 20.0
"""A service that has sent nothing for so long is killed too, for example while it starts."""
LOOK_SECONDS = 0.05
IDLE_SECONDS = 120.0
DRAIN_SECONDS = 1800.0
"""After the last kill. An email waits as long again as all its failed attempts took together (queue.yaml)."""


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
            wait_until_idle(platform, DRAIN_SECONDS)
            count(outcome, wishes, emails_of(platform), backends)
    finally:
        platform.stop()
    return outcome


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
    """Post a photo, so that the summaries have content, and wait for its WebP renditions."""
    poster = platform.as_("poster")
    answer = poster.post_photo(pictures.a_jpeg(), caption="the sea")
    answer.raise_for_status()
    assert poster.ready_photo(answer.json()["id"])["status"] == "ready"
    wait_until_idle(platform, IDLE_SECONDS)


def send_while_killing(platform: Platform, kills: int, chance: random.Random) -> int:
    """Start the jobs, kill processes, wait until the work is done, and return the number of kills."""
    has_started = threading.Event()
    with ThreadPoolExecutor(4) as threads:
        killed = threads.submit(kill_repeatedly, platform, kills, has_started, chance)
        try:
            list(threads.map(lambda url: fire(platform, url), (WEEKLY, DAILY, DAILY)))
        finally:
            has_started.set()
        done = killed.result()
    wait_until_idle(platform, DRAIN_SECONDS)
    return done


def fire(platform: Platform, url: str) -> None:
    """Start a job as cron does, and repeat it until the service accepts it."""

    def started() -> bool:
        answer = platform.ask_console(f"/api/cron/run?url={url}", "POST")
        return bool(answer["status"] == requests.codes.ok)

    eventually(started)


def kill_repeatedly(
    platform: Platform, kills: int, has_started: threading.Event, chance: random.Random
) -> int:
    """Kill after every few emails, so that the kills are spread over all of them on a machine of any speed.

    Kills in a fixed rhythm would hit a slow service only while it starts, and no email would be sent. The
    first kill interrupts the start of the jobs, all others a task of the emails. End early if all emails are
    sent. Return the number of kills.
    """
    done = kill_once(platform, chance)
    while done < kills:
        next_kill = newest_email(platform) + chance.randrange(MOST_EMAILS_BETWEEN_KILLS + 1)
        latest = time.monotonic() + LONGEST_PAUSE
        while newest_email(platform) < next_kill and time.monotonic() < latest:
            time.sleep(LOOK_SECONDS)
        queues = [queue for queue in platform.ask_console("/api/queues") if queue["name"] in MAIL_QUEUES]
        if has_started.is_set() and not any(queue["tasks"] for queue in queues):
            return done
        is_running = any(queue["running"] for queue in queues)
        if is_running and kill_once(platform, chance):
            done += 1
    return done


def newest_email(platform: Platform) -> int:
    """Return the number of the last email; they are numbered from 1."""
    emails = platform.ask_console("/api/mail?limit=1")
    return emails[0]["id"] if emails else 0


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
